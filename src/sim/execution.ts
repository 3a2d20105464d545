import {
  type Cluster,
  type DeviceMask,
  FOREVER,
  type FrameworkId,
  type FreeTable,
  isInRoom,
  type JobId,
  type KillCause,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  type PlacementAction,
  type Refusal,
  type TaskId,
  type TaskOutcome,
  TaskState,
} from '../model/index.js';
import type { Explanations, ServiceFacts, StopOptions, Verdict } from '../policies/contract.js';
import { type Measurements, NO_SERVICES } from '../policies/hosting/measured-views.js';
import type { PowerSwitch } from '../policies/hosting/placement-actions.js';
import type { EndListener } from './dependencies/dependent-job.js';
import { EventClass, type EventClassCode, type EventQueue } from './event-queue.js';
import type { Explainer } from './explain/explainer.js';
import type { ActualMachineState } from './failures/actual-machine-state.js';
import { CheckpointRecord } from './failures/checkpoint-record.js';
import type { CheckpointTerms } from './failures/checkpoints.js';
import type { HiddenTaskState } from './hidden-task-state.js';
import { RunTimes } from './run-times.js';
import { TaskStops } from './task-stops.js';
import { UsageEvents } from './usage-events.js';
import type { UsageMeter } from './usage-meter.js';
import type { ProfiledAttempt } from './usage-profiles.js';
import { UsageSamples } from './usage-samples.js';

/** Subject of the timer event that calls a scheduler at a reservation. */
export const WAKE_UP = -1;

/** Objects that decisions act on. */
export interface World {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  /** Factor by which a task takes longer on a machine outside its preferences; at least 1. */
  readonly remoteSlowdown: number;
  /** The services of the run; left out if there are none. */
  readonly services?: ServiceFacts | undefined;
  /** Actual states of the machines; left out if no machine can fail undetected. */
  readonly machines?: ActualMachineState | undefined;
  /** Checkpoint settings of a framework; left out if no framework has any. */
  readonly checkpoints?: ((framework: FrameworkId) => CheckpointTerms | undefined) | undefined;
}

/** Callbacks of an architecture; see Architecture. */
export interface ExecutionListener {
  /** A task was killed and is pending again. */
  taskRequeued(task: TaskId, now: Micros): void;
  /** A pending task will leave the queue: it starts on its old machine, or never. */
  taskLeaves(task: TaskId): void;
  /** A task of the framework ended or was killed on the machine, which has room again. */
  taskStopped(framework: FrameworkId, machine: MachineId, now: Micros): void;
  /** The claim of the job is full, or it has ended. */
  claimChanged?(job: JobId): void;
  /** Whether the framework has no scheduler, so that none of its tasks start. Left out if this never happens. */
  isAbsent?(framework: FrameworkId): boolean;
}

/**
 * Carries out decisions in simulated time: tasks start, end, are killed and are abandoned. Keeps the ledger, the event
 * queue, the usage meter and the observer consistent. Architectures make the decisions.
 */
export class Execution {
  now: Micros = 0;
  /** True when a scheduling pass is due at this instant. */
  passWanted = false;
  readonly cluster: Cluster;
  readonly observer: Observer;
  readonly truth: HiddenTaskState;
  /** What schedulers may know of it: samples, with their delay. */
  readonly measured: Measurements;
  /** Set by the simulation, which connects it with failures. */
  power: PowerSwitch | undefined;
  /** Called when a task has left a machine, before the architecture may use its room. Set while a machine is to shrink. */
  roomFreed: ((machine: MachineId) => void) | undefined;
  dependencies: EndListener | undefined;
  /** Set before the architecture is made, if a user asked why jobs wait. */
  explainer: Explainer | undefined;
  readonly runTimes: RunTimes;
  private readonly machines: ActualMachineState | undefined;
  private readonly checkpoints: CheckpointRecord | undefined;
  private readonly events: EventQueue;
  readonly usage: UsageEvents;
  private listener: ExecutionListener | undefined;
  private readonly stops: TaskStops;

  constructor(world: World, events: EventQueue, usage: UsageMeter) {
    this.cluster = world.cluster;
    this.truth = world.truth;
    this.observer = world.observer;
    this.runTimes = new RunTimes(
      world,
      world.checkpoints === undefined ? undefined : (task) => this.checkpoints?.termsOf(task),
    );
    this.machines = world.machines;
    this.events = events;
    this.usage = new UsageEvents(usage, events);
    const samples = new UsageSamples(this, usage);
    this.measured = {
      usage: samples,
      usageVersion: () => samples.latest(),
      services: world.services ?? NO_SERVICES,
    };
    const terms = world.checkpoints;
    if (terms !== undefined)
      this.checkpoints = new CheckpointRecord({ ...world, terms, runTimes: this.runTimes }, this);
    this.cluster.checkpoints = this.checkpoints;
    this.stops = new TaskStops(this, events, this.checkpoints);
    this.cluster.claims.changed = (job) => {
      this.passWanted = true;
      this.listener?.claimChanged?.(job);
    };
  }

  get explanations(): Explanations | undefined {
    return this.explainer?.causes;
  }

  listen(listener: ExecutionListener): void {
    this.listener = listener;
  }

  /** Schedules an architecture's own event. */
  schedule(time: Micros, kind: EventClassCode, subject: number): void {
    this.events.add(time, kind, subject);
  }

  /** Schedules a call of the scheduler. */
  wakeAt(time: Micros): void {
    this.schedule(time, EventClass.decision, WAKE_UP);
  }

  /** Starts a pending task now, or returns the reason for the refusal. */
  start(task: TaskId, machine: MachineId, from: FreeTable, devices: DeviceMask): Refusal | undefined {
    const refusal = this.cluster.tryStart(task, machine, this.now, from, devices);
    if (refusal === undefined) this.begin(task);
    return refusal;
  }

  /** Starts a held task now. */
  startHeld(task: TaskId): void {
    this.cluster.startHeld(task, this.now);
    this.begin(task);
  }

  private begin(task: TaskId): void {
    const { tasks } = this.cluster;
    // The master has not yet detected that this machine is off, so the start message is lost.
    if (this.machines?.answers(tasks.machine[task]) === false) {
      this.observer.taskStarted(task, this.now);
      this.markStopped(task);
      return;
    }
    const end = this.now + this.runTimes.attempt(task);
    this.truth.endOrder[task] = Number.isFinite(end)
      ? this.events.add(end, EventClass.taskEnd, task)
      : Number.NaN;
    this.observer.taskStarted(task, this.now);
    this.usage.start(task, tasks.framework[task], this.now, this.profiledAttempt(task, end));
  }

  /** The facts of an attempt that begins, if its usage changes over time. */
  private profiledAttempt(task: TaskId, end: Micros): ProfiledAttempt | undefined {
    if (this.truth.profiles.size === 0 || !this.truth.profiles.has(task)) return undefined;
    const remaining = this.truth.duration[task];
    const isScaled = remaining > 0 && Number.isFinite(remaining);
    return {
      framework: this.cluster.tasks.framework[task],
      began: this.now,
      end,
      remaining,
      pace: isScaled ? this.runTimes.work(task) / remaining : 1,
    };
  }

  /** Handles an end event with this order number. Events of killed attempts are skipped. */
  taskEndDue(task: TaskId, order: number): void {
    if (this.stops.due(task, order) || this.truth.endOrder[task] !== order) return;
    if (this.machines?.isCut(this.cluster.tasks.machine[task]) === true) {
      this.truth.endedUnseen[task] = 1;
      this.stopSilently(task);
      return;
    }
    this.reachEnd(task);
  }

  private reachEnd(task: TaskId): void {
    const ran = this.runTimes.attempt(task);
    const isPlanned = this.runTimes.plannedFailure(task) !== FOREVER;
    if (!isPlanned && ran === this.runTimes.work(task)) this.end(task, 'finished');
    else if (ran === this.cluster.tasks.timeLimit[task]) this.end(task, 'timed-out');
    else {
      if (isPlanned) this.truth.failures.get(task)?.happened(this.cluster.tasks.attempts[task]);
      this.kill(task, 'failed');
    }
  }

  /**
   * Ends a task that has reached its time limit and returns true. Other tasks are not changed. The architecture
   * gets the callback later; see Simulation, `each`.
   */
  endAtTimeLimit(task: TaskId, order: number): boolean {
    const { timeLimit, machine } = this.cluster.tasks;
    if (this.truth.endOrder[task] !== order || this.runTimes.attempt(task) !== timeLimit[task]) return false;
    if (this.machines?.isCut(machine[task]) === true) return false;
    const isDone =
      this.runTimes.plannedFailure(task) === FOREVER && this.runTimes.work(task) === timeLimit[task];
    this.end(task, isDone ? 'finished' : 'timed-out', false);
    return true;
  }

  /** Calls the architecture for a task that `endAtTimeLimit` ended. */
  tellStopped(framework: FrameworkId, machine: MachineId): void {
    this.listener?.taskStopped(framework, machine, this.now);
  }

  /** Ends a placed task for good. Without `tells`, the architecture gets the callback later. */
  end(task: TaskId, outcome: TaskOutcome, tells = true): void {
    const { tasks } = this.cluster;
    const machine = tasks.machine[task];
    const framework = tasks.framework[task];
    this.truth.endOrder[task] = Number.NaN;
    this.cluster.attained.attemptEnds(task, outcome === 'finished' ? FOREVER : 0, this.now);
    this.stops.forget(task);
    this.checkpoints?.forget(task);
    this.cluster.finish(task, outcome !== 'finished');
    this.stopUsing(task, framework);
    this.roomFreed?.(machine);
    this.leaves(task, machine, outcome);
    if (tells) this.listener?.taskStopped(framework, machine, this.now);
  }

  /** Ends a running task for good, by its operator or because it is no longer needed. It counts as finished. */
  retire(task: TaskId): void {
    this.end(task, 'finished');
  }

  /** Changes the demand of a running task in place (quanta per dimension). Returns false if its machine has too little free. */
  resize(task: TaskId, demand: ArrayLike<number>): boolean {
    const { classes, tasks } = this.cluster;
    const before = tasks.taskClass[task];
    const after = classes.acquire({
      demand,
      gpuCount: classes.gpuCount[before],
      gpuMilliEach: classes.gpuMilliEach[before],
      constraint: classes.constraint[before],
      speedClass: classes.speedClass[before],
    });
    const refusal = this.cluster.tryResize(task, after);
    classes.release(refusal === undefined ? before : after);
    if (refusal !== undefined) return false;
    this.cluster.attained.resized(task, before, this.now);
    this.observer.taskResized(task, before, this.now);
    this.usage.meter.resized(task, this.now);
    return true;
  }

  /** Current usage of a running task, in quanta; NaN if its trace has no usage. */
  used(task: TaskId, dimension: number): number {
    return this.usage.meter.usedBy(task, dimension, this.now);
  }

  /** A load curve that changes during the run has a new value; see workloads/scaled-application.ts. */
  usageWritten(framework: FrameworkId, now: Micros): void {
    this.usage.meter.curvesWritten(framework, now);
  }

  /** Since when a machine has not been able to report; FOREVER if it can. */
  unreachableSince(machine: MachineId): Micros {
    return this.machines?.cutSince(machine) ?? FOREVER;
  }

  // Stops; see TaskStops

  /** Tells a running task, and the rest of its gang, to stop. The scheduler is called when it is gone. */
  stop(task: TaskId, options: StopOptions, cause: KillCause): void {
    this.stops.stop(task, options, cause);
  }

  /** Tells a placed task that is no longer needed to end. It is gone by an event of this instant. */
  retireSoon(task: TaskId): void {
    this.stops.retire(task);
  }

  /** Removes a running or stopping task, and the rest of its gang, at once. */
  kill(task: TaskId, cause: KillCause): void {
    this.stops.kill(task, cause);
  }

  /** Removes several tasks for one reason. */
  killTogether(kills: () => void): void {
    this.stops.killTogether(kills);
  }

  /** An attempt has ended, and its task is pending again. */
  attemptEnded(task: TaskId, machine: MachineId, cause: KillCause): void {
    const framework = this.cluster.tasks.framework[task];
    this.stopUsing(task, framework);
    this.roomFreed?.(machine);
    this.observer.taskKilled(task, machine, cause, this.now);
    this.listener?.taskRequeued(task, this.now);
    this.listener?.taskStopped(framework, machine, this.now);
  }

  // Undetected machine failures

  /** The machine of a running task stopped. The attempt ends, and the master has not detected it. */
  silence(task: TaskId): void {
    this.truth.endedUnseen[task] = 0;
    if (Number.isNaN(this.truth.stopped[task])) this.stopSilently(task);
  }

  /** Whether the attempt of this running task has ended without detection. */
  isStopped(task: TaskId): boolean {
    return !Number.isNaN(this.truth.stopped[task]);
  }

  /** Time for which the current attempt of this placed task ran. */
  ranFor(task: TaskId): Micros {
    const stopped = this.truth.stopped[task];
    return (Number.isNaN(stopped) ? this.now : stopped) - this.cluster.tasks.started[task];
  }

  /** Reports an attempt that ended while its machine was unreachable. Returns false if it has not ended. */
  deliverEnd(task: TaskId): boolean {
    if (this.truth.endedUnseen[task] === 0) return false;
    this.reachEnd(task);
    return true;
  }

  /** Restarts a task on its machine at once if the ledger allows it, after the machine returns or by an operator. */
  restartInPlace(task: TaskId, cause: KillCause = 'lost'): void {
    const { tasks, free, jobs } = this.cluster;
    const [machine, devices, job] = [tasks.machine[task], tasks.devices[task], tasks.job[task]];
    this.kill(task, cause);
    // A gang starts as a whole, where the policy finds room for it.
    if (jobs.gang[job] === 1 && (jobs.pending[job] > 1 || jobs.running[job] > 0)) return;
    if (this.listener?.isAbsent?.(tasks.framework[task]) === true) return;
    if (this.cluster.refusal(task, machine, free, devices) !== undefined) return;
    this.listener?.taskLeaves(task);
    this.start(task, machine, free, devices);
  }

  private stopSilently(task: TaskId): void {
    this.truth.endOrder[task] = Number.NaN;
    this.usage.meter.stop(task, this.cluster.tasks.framework[task], this.now);
    this.markStopped(task);
  }

  private markStopped(task: TaskId): void {
    this.truth.endOrder[task] = Number.NaN;
    this.truth.stopped[task] = this.now;
    this.observer.taskSilenced(task, this.now);
  }

  private stopUsing(task: TaskId, framework: FrameworkId): void {
    if (Number.isNaN(this.truth.stopped[task])) this.usage.meter.stop(task, framework, this.now);
    this.truth.stopped[task] = Number.NaN;
    this.truth.endedUnseen[task] = 0;
  }

  /** Removes a pending task. The architecture has already removed it from its queue. */
  withdraw(task: TaskId, outcome: 'abandoned' | 'rejected' | 'not-run'): void {
    this.cluster.withdraw(task);
    this.leaves(task, NONE, outcome);
  }

  private leaves(task: TaskId, machine: MachineId, outcome: TaskOutcome): void {
    const { cluster, dependencies, now, observer } = this;
    const job = cluster.tasks.job[task];
    observer.taskEnded(task, machine, outcome, now);
    dependencies?.taskEnded(task, outcome);
    if (cluster.jobs.hasEnded(job)) {
      observer.jobEnded(job, now);
      dependencies?.jobEnded(job);
    }
    cluster.forget(task);
  }

  /** The policy rejects a pending task, which is in no queue any more. */
  reject(task: TaskId): void {
    this.withdraw(task, 'rejected');
  }

  /** The verdict for a scheduler. The observer gets each refused action as it was requested. */
  answer(refusal: Refusal | undefined, action: PlacementAction, task: TaskId, machine: MachineId): Verdict {
    if (refusal === undefined) return 'done';
    this.observer.refused(refusal, action, task, machine, this.now);
    return refusal;
  }

  exists(task: TaskId): boolean {
    const { bound, state } = this.cluster.tasks;
    return task >= 0 && task < bound && state[task] !== TaskState.unused;
  }

  isRunning(task: TaskId): boolean {
    return this.exists(task) && this.cluster.tasks.state[task] === TaskState.running;
  }

  /** Whether the task is in a room: running or stopping. */
  isPlaced(task: TaskId): boolean {
    return this.exists(task) && isInRoom(this.cluster.tasks.state[task]);
  }

  isPending(task: TaskId): boolean {
    return this.exists(task) && this.cluster.tasks.state[task] === TaskState.pending;
  }
}
