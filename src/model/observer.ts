import type { Column } from './ledger/columns.js';
import type { FrameworkId } from './ledger/framework.js';
import type { JobId } from './ledger/job.js';
import type { MachineId, MachineState } from './ledger/machine.js';
import type { Refusal } from './ledger/refusal.js';
import type { TaskId, TaskOutcome } from './ledger/task.js';
import type { TaskClassId } from './ledger/task-classes.js';
import type { Micros } from './micros.js';

/** Sums over the running tasks of a framework: in quanta, one entry per dimension. */
export interface LimitReview {
  /** Original demand. */
  readonly asked: Column;
  /** Current limits. */
  readonly limit: Column;
  /** Usage without limits; NaN when that of a task is unknown. */
  readonly used: Column;
  /** The part of `used` above the limit of its task; NaN like `used`. */
  readonly beyond: Column;
  /** Number of limits that could not be raised now, because too little was free on the machine. */
  readonly refused: number;
}

/** Needed and actual numbers of instances of an application that scales. */
export interface ScalingState {
  /** The class of all its instances. */
  readonly taskClass: TaskClassId;
  /** Number of instances that its load would keep fully busy. */
  readonly load: number;
  /** Number of instances that its load needs at the target utilization. */
  readonly needed: number;
  /** Number of instances that its controller requests. */
  readonly wanted: number;
  /** Number of instances on a machine. */
  readonly started: number;
  /** Number of these that take load. */
  readonly serving: number;
  /** The serving instances are busier than the tolerance of the controller allows. */
  readonly isShort: boolean;
}

/**
 * Callbacks for each change of the ledger, right after the change. The rows of the given tasks and jobs can be read
 * during the call. Metrics, logs and recordings are observers. Observers change nothing.
 */
export interface Observer {
  runStarted(now: Micros): void;
  /** The run is over. Pending and running tasks stay in the ledger. */
  runEnded(now: Micros): void;
  jobSubmitted(job: JobId, now: Micros): void;
  taskSubmitted(task: TaskId, now: Micros): void;
  taskStarted(task: TaskId, now: Micros): void;
  /** A running task is stopping. It keeps its room until `taskKilled` or `taskEnded`, which is expected by `goneBy`. */
  taskStopping(task: TaskId, goneBy: Micros, now: Micros): void;
  /** The task was stopped on this machine and is pending again. */
  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void;
  /** The class of a running task, and so its limits, changed from `before`. */
  taskResized(task: TaskId, before: TaskClassId, now: Micros): void;
  /**
   * Demands, limits and usage of the running tasks of a framework under vertical scaling. `limits` is valid only during
   * the call.
   */
  limitsReviewed(framework: FrameworkId, limits: LimitReview, now: Micros): void;
  /** The task left for good. `machine` is NONE if it did not run at the end. */
  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void;
  /** The task is replaced by another one, which is submitted but not started. The old task ends right after this call. */
  taskReplaced(task: TaskId, by: TaskId, now: Micros): void;
  /** The policy rejects the job for this reason. Its tasks end right after this call. */
  jobRejected(job: JobId, reason: string, now: Micros): void;
  /** These many tasks of the job can never run, for this reason. They end right after this call. */
  jobImpossible(job: JobId, tasks: number, reason: string, now: Micros): void;
  /** The run is over, because nothing can happen any more, and these many tasks of the job still wait. */
  jobStuck(job: JobId, tasks: number, reason: string, now: Micros): void;
  /** These many tasks of the job cannot run, because what they depend on did not finish. They end right after this call. */
  jobNotRun(job: JobId, tasks: number, reason: string, now: Micros): void;
  /** The run is over before these many tasks of a job were submitted. The job has no row if none of its tasks was. */
  notSubmitted(job: string | number, tasks: number, reason: string, now: Micros): void;
  /**
   * The job was submitted, and some of its tasks depend on others. Its longest chain of run times takes `length`: hidden
   * from policies.
   */
  criticalPathKnown(job: JobId, length: Micros, now: Micros): void;
  /** The last task of the job has ended. */
  jobEnded(job: JobId, now: Micros): void;
  machineChanged(machine: MachineId, state: MachineState, now: Micros): void;
  /**
   * The machine was added to the cluster or removed from it, or has another capacity or other attributes. `before` is its capacity until
   * now, empty when it was absent. `machineChanged` follows if its state is another one.
   */
  machineRevised(machine: MachineId, revision: MachineRevision, before: Column, now: Micros): void;
  /** A cloud machine was ordered. Its cost starts now. */
  machineOrdered(machine: MachineId, now: Micros): void;
  /** The cloud machine was returned, or the cloud interrupted it. */
  machineGivenBack(machine: MachineId, now: Micros): void;
  /**
   * A machine in service failed or was shut down. The master may not have detected it. `cause` is a word for the statistics. A machine
   * that is already off does not fail again.
   */
  machineFailed(machine: MachineId, cause: string, now: Micros): void;
  /** The actual state of the machine changed. The master may not have detected it. Outages that overlap are one change. */
  actualStateChanged(machine: MachineId, state: ActualState, now: Micros): void;
  /** The master has detected that the machine is gone since `since`: `now - since` is the time from a failure to its detection. */
  machineNoticed(machine: MachineId, since: Micros, now: Micros): void;
  /** The attempt of a running task stopped with its machine, or never began there. The ledger still counts it as running. */
  taskSilenced(task: TaskId, now: Micros): void;
  /**
   * Time (Micros) of an attempt that is not lost: work that need not be repeated, and the writing of checkpoints. `taskKilled`
   * for this attempt follows.
   */
  workKept(task: TaskId, kept: Micros, now: Micros): void;
  /** The machine's disk is lost, and with it the volume of this running task. */
  volumeLost(task: TaskId, now: Micros): void;
  /** From now on, tasks on the machine cannot be reached by anyone, or can be reached again. */
  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void;
  /**
   * The actual usage of the framework's tasks changed. `used` has one amount in quanta per dimension; copy it. It is NaN, from then on,
   * when the usage of a task is unknown.
   */
  usageChanged(framework: FrameworkId, used: Float64Array, now: Micros): void;
  /**
   * From now on, the tasks on the machine would use more than it has by these amounts, in quanta per dimension; zeros when they no longer
   * would. They get equal shares of what they would use. `beyond` is not changed after the call.
   */
  usageExceeds(machine: MachineId, beyond: Float64Array, now: Micros): void;
  /** The needed or actual instances of a scaled application changed. `provision` is valid only during the call. */
  provisionChanged(framework: FrameworkId, application: number, provision: ScalingState, now: Micros): void;
  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void;
  /** An offer ended after it was open for `held`. */
  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void;
  /**
   * The decision of a scheduler ends now, after this decision time. The scheduler belongs to one framework, or to all
   * (NONE). `ordinal` is its index among the schedulers of the framework; left out if there is only one.
   */
  decided(framework: FrameworkId, decisionTime: Micros, now: Micros, ordinal?: number): void;
  /** A scheduler that serves one job at a time has ended an attempt. `attempt` is valid only during the call. */
  attempted(attempt: Attempt, now: Micros): void;
  /** A scheduling pass is over. The instant is over too, unless more passes follow. */
  passEnded(now: Micros): void;
  /**
   * These rounds of offers happened, and none of their offers or passes is reported one by one. An observer that needs each of
   * them does not have this method; then no rounds are left out.
   */
  roundsRepeated?: ((rounds: OfferRounds) => void) | undefined;
  /** An action of a policy was refused. `task` and `machine` are the requested ones, NONE if the action has none. */
  refused(refusal: Refusal, action: PlacementAction, task: TaskId, machine: MachineId, now: Micros): void;
}

/**
 * The actual state of a machine. The master may not have detected it.
 * - answering: it runs, and the master can reach it.
 * - cut: it runs, and the master cannot reach it.
 * - off: it does not run.
 */
export type ActualState = 'answering' | 'cut' | 'off';

/** What became of a machine; see `machineRevised`. */
export type MachineRevision = 'added' | 'removed' | 'updated';

/** Rounds of offers in equal periods. Each offer was declined at the instant at which it was made, and nothing else happened. */
export interface OfferRounds {
  /** Start of the first period. */
  readonly from: Micros;
  readonly period: Micros;
  readonly periods: number;
  /** Number of offers in each period. */
  readonly offers: number;
  /** The ends of scheduling passes in each period: times since its start, ascending. */
  readonly passes: readonly Micros[];
  /** Number of offers made in each of these passes. */
  readonly offersByPass: readonly number[];
}

/** One attempt of a scheduler to place a job. */
export interface Attempt {
  readonly job: JobId;
  /** The framework of the scheduler, or NONE if it serves all frameworks; and its index among them. */
  readonly framework: FrameworkId;
  readonly ordinal: number;
  /** Counted from 1. The count restarts after all tasks were placed. */
  readonly number: number;
  /** Time that the job waited in the queue before this attempt. */
  readonly waited: Micros;
  /** Decision time of the scheduler for this attempt. */
  readonly decisionTime: Micros;
  /** Number of placed tasks. Under offers, they start when the offer is answered. */
  readonly placed: number;
  /** Number of claims that conflicted with another scheduler. */
  readonly conflicts: number;
  /** Number of the job's tasks that still wait. */
  readonly left: number;
}

/**
 * Cause of a kill.
 * - preempted: by the policy.
 * - failed: the attempt failed and is retried.
 * - lost: its machine was lost.
 * - restarted: by its operator.
 * - revoked: it used revocable resources that their owner needs again.
 * - interrupted: the cloud interrupted its machine.
 * - gang: another member of its gang stopped, and a gang restarts as a whole.
 */
export type KillCause = 'preempted' | 'failed' | 'lost' | 'restarted' | 'revoked' | 'interrupted' | 'gang';

/**
 * End of an offer.
 * - accepted: a task was started on it, and the rest was returned.
 * - declined: none of it was used.
 * - rescinded: the master revoked it.
 */
export type OfferEnd = 'accepted' | 'declined' | 'rescinded';

/** Actions of a scheduler; see PlacementSink in policies/contract.ts. */
export type PlacementAction =
  | 'start'
  | 'gather'
  | 'startGang'
  | 'preempt'
  | 'forgo'
  | 'kill'
  | 'promise'
  | 'reject'
  | 'wakeAt'
  | 'remember'
  | 'drain'
  | 'undrain'
  | 'powerOff'
  | 'powerOn'
  | 'decline';
