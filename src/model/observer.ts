import type { Column } from './ledger/columns.js';
import type { FrameworkId } from './ledger/framework.js';
import type { JobId } from './ledger/job.js';
import type { MachineId, MachineState } from './ledger/machine.js';
import type { Refusal } from './ledger/refusal.js';
import type { TaskId, TaskOutcome } from './ledger/task.js';
import type { TaskClassId } from './ledger/task-classes.js';
import type { Micros } from './micros.js';

/** Limits of the running tasks of a framework, summed: in quanta, one entry per dimension. */
export interface LimitReview {
  /** What they asked for when they were submitted. */
  readonly asked: Column;
  /** What they have now. */
  readonly limit: Column;
  /** What they use, had they no limit. */
  readonly used: Column;
  /** Of it, what lies beyond the limit of its task. */
  readonly beyond: Column;
  /** Limits that could not be raised now, because too little was free on the machine. */
  readonly refused: number;
}

/** What an application that scales needs, and has: numbers of instances. */
export interface ScalingState {
  /** All of its instances ask for the same. */
  readonly taskClass: TaskClassId;
  /** Instances that its load would keep fully busy. */
  readonly load: number;
  /** Instances that its load needs at the target utilization. */
  readonly needed: number;
  /** Instances that its controller asks for. */
  readonly wanted: number;
  /** Instances that have room on a machine. */
  readonly started: number;
  /** Of these, those that take load. */
  readonly serving: number;
  /** Those that serve are busier than the tolerance of the controller allows. */
  readonly isShort: boolean;
}

/**
 * What a host reports while it runs: each change of the ledger, right after it was made. Rows of tasks and jobs that are
 * named can be read during the call. Metrics, logs and recordings are observers; they change nothing.
 */
export interface Observer {
  runStarted(now: Micros): void;
  /** The run is over; tasks that are pending or running stay in the ledger. */
  runEnded(now: Micros): void;
  jobSubmitted(job: JobId, now: Micros): void;
  taskSubmitted(task: TaskId, now: Micros): void;
  taskStarted(task: TaskId, now: Micros): void;
  /** The task was stopped on this machine and is pending again. */
  taskKilled(task: TaskId, machine: MachineId, cause: KillCause, now: Micros): void;
  /** A running task has another class, and with it other limits; it had `before`. */
  taskResized(task: TaskId, before: TaskClassId, now: Micros): void;
  /** What the running tasks of a framework under vertical scaling ask for, have and use; to be read during the call. */
  limitsReviewed(framework: FrameworkId, limits: LimitReview, now: Micros): void;
  /** The task left for ever; `machine` is NONE when it did not run at the end. */
  taskEnded(task: TaskId, machine: MachineId, outcome: TaskOutcome, now: Micros): void;
  /** A task goes on as another one, which was submitted to take its place and has not started; it ends right after this. */
  taskReplaced(task: TaskId, by: TaskId, now: Micros): void;
  /** The last task of the job has ended. */
  jobEnded(job: JobId, now: Micros): void;
  machineChanged(machine: MachineId, state: MachineState, now: Micros): void;
  /** A machine of a cloud was ordered; from now on it is paid for. */
  machineOrdered(machine: MachineId, now: Micros): void;
  /** It was given back, or taken back. */
  machineGivenBack(machine: MachineId, now: Micros): void;
  /** The machine failed, or was taken down; the master may not know yet. `cause` is a word for the statistics. */
  machineFailed(machine: MachineId, cause: string, now: Micros): void;
  /** The master has learnt that the machine was gone, since `since`. */
  machineNoticed(machine: MachineId, since: Micros, now: Micros): void;
  /** The attempt of a running task has stopped with its machine, or never began there; the ledger still counts it as running. */
  taskSilenced(task: TaskId, now: Micros): void;
  /** The attempt that is about to be told as killed leaves so much work (Micros) behind that need not be done again. */
  workKept(task: TaskId, kept: Micros, now: Micros): void;
  /** The machine's disk is lost, and with it the volume of this running task. */
  volumeLost(task: TaskId, now: Micros): void;
  /** From now on, or no longer, nobody can reach what runs on the machine. */
  machineIsolated(machine: MachineId, isIsolated: boolean, now: Micros): void;
  /** What the framework's tasks really use changed; `used` holds one amount in quanta per dimension, to be copied. */
  usageChanged(framework: FrameworkId, used: Float64Array, now: Micros): void;
  /** What an application of the framework that scales needs, or has, changed; `provision` is to be read during the call. */
  provisionChanged(framework: FrameworkId, application: number, provision: ScalingState, now: Micros): void;
  offerMade(framework: FrameworkId, machine: MachineId, now: Micros): void;
  /** An offer ended; `held` is how long it was out. */
  offerEnded(framework: FrameworkId, machine: MachineId, end: OfferEnd, held: Micros, now: Micros): void;
  /**
   * A scheduler (of one framework, or NONE for the one of all) spent this long on a decision that ends now. `ordinal` tells
   * the schedulers of one framework apart, counted from 0; left out where there is one.
   */
  decided(framework: FrameworkId, decisionTime: Micros, now: Micros, ordinal?: number): void;
  /** A scheduler that serves one job at a time is through with it; `attempt` is to be read during the call. */
  attempted(attempt: Attempt, now: Micros): void;
  /** A scheduling pass is over, and with it an instant, unless more passes follow. */
  passEnded(now: Micros): void;
  /** A policy asked for what cannot be. `task` and `machine` are as it named them, NONE where the action has none. */
  refused(refusal: Refusal, action: PlacementAction, task: TaskId, machine: MachineId, now: Micros): void;
}

/** One go of a scheduler at one job. */
export interface Attempt {
  readonly job: JobId;
  /** The framework whose scheduler it was, or NONE for the one of all; and which of its schedulers. */
  readonly framework: FrameworkId;
  readonly ordinal: number;
  /** Counted from 1; tasks that come again after all were placed begin a new count. */
  readonly number: number;
  /** How long the job stood in line before this attempt. */
  readonly waited: Micros;
  /** How long the scheduler thought about it. */
  readonly decisionTime: Micros;
  /** Tasks that were placed; under offers they start when the offer is answered. */
  readonly placed: number;
  /** Claims that lost to another scheduler. */
  readonly conflicts: number;
  /** Tasks of the job that still wait. */
  readonly left: number;
}

/**
 * preempted: by its policy. failed: the attempt failed and is tried again. lost: its machine went. restarted: by its operator. revoked: it ran in room that
 * others had not used, and now do. interrupted: the cloud took its machine back.
 */
export type KillCause = 'preempted' | 'failed' | 'lost' | 'restarted' | 'revoked' | 'interrupted';

/**
 * How an offer ended. accepted: offers on which a task was started, and what was left went back. declined: nothing of it was used.
 * rescinded: the master took it back.
 */
export type OfferEnd = 'accepted' | 'declined' | 'rescinded';

/** What a scheduler can ask for; see PlacementSink in policies/contract.ts. */
export type PlacementAction =
  | 'start'
  | 'hold'
  | 'release'
  | 'startGang'
  | 'kill'
  | 'reserve'
  | 'drain'
  | 'decline';
