import {
  type Cluster,
  type DeviceMask,
  type FrameworkId,
  type FreeTable,
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
import type { Verdict } from '../policies/contract.js';
import { EventClass, type EventClassCode, type EventQueue } from './event-queue.js';
import type { ActualMachineState } from './failures/actual-machine-state.js';
import { type CheckpointTerms, keptWork, timeWithCheckpoints } from './failures/checkpoints.js';
import type { HiddenTaskState } from './hidden-task-state.js';
import type { UsageMeter } from './usage-meter.js';

/** Subject of the timer event that calls a scheduler at a reservation. */
export const RESERVATION_DUE = -1;

/** What decisions act upon. */
export interface World {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  /** So many times as long a task takes on a machine that it does not prefer, where it prefers some; at least 1. */
  readonly remoteSlowdown: number;
  /** The machines as they really are; left out where none can fail unseen. */
  readonly machines?: ActualMachineState | undefined;
  /** Of a framework whose tasks keep checkpoints; left out where none does. */
  readonly checkpoints?: ((framework: FrameworkId) => CheckpointTerms | undefined) | undefined;
}

/** What the simulation tells its architecture; see Architecture. */
export interface ExecutionListener {
  /** A task is pending again after it was killed. */
  taskRequeued(task: TaskId, now: Micros): void;
  /** A pending task is about to leave the queue, to start where it was or not at all. */
  taskLeaves(task: TaskId): void;
  /** A task of the framework ended or was killed on the machine, which has room again. */
  taskStopped(framework: FrameworkId, machine: MachineId, now: Micros): void;
  /** Is the framework's scheduler gone, so that nothing of it starts? Left out where none ever is. */
  isAbsent?(framework: FrameworkId): boolean;
}

/**
 * What becomes of decisions in virtual time: tasks start, end, are killed and abandoned; the ledger, the event queue, the
 * usage meter and the observer are kept in step. Architectures decide, this carries out.
 */
export class Execution {
  now: Micros = 0;
  /** True when a scheduling pass is due at this instant. */
  passWanted = false;
  readonly cluster: Cluster;
  readonly observer: Observer;
  readonly truth: HiddenTaskState;
  private readonly remoteSlowdown: number;
  private readonly machines: ActualMachineState | undefined;
  private readonly checkpoints: World['checkpoints'];
  private readonly events: EventQueue;
  private readonly usage: UsageMeter;
  private listener: ExecutionListener | undefined;
  private usageStep: Micros = Number.POSITIVE_INFINITY;

  constructor(world: World, events: EventQueue, usage: UsageMeter) {
    this.cluster = world.cluster;
    this.truth = world.truth;
    this.observer = world.observer;
    this.remoteSlowdown = world.remoteSlowdown;
    this.machines = world.machines;
    this.checkpoints = world.checkpoints;
    this.events = events;
    this.usage = usage;
  }

  listen(listener: ExecutionListener): void {
    this.listener = listener;
  }

  /** An event of the architecture's own, at `time`. */
  schedule(time: Micros, kind: EventClassCode, subject: number): void {
    this.events.add(time, kind, subject);
  }

  /** The scheduler is called again at `time`. */
  wakeAt(time: Micros): void {
    this.schedule(time, EventClass.decision, RESERVATION_DUE);
  }

  /** Starts a pending task now, or says why not. */
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
    const end = this.now + this.runTime(task);
    this.truth.endOrder[task] = Number.isFinite(end)
      ? this.events.add(end, EventClass.taskEnd, task)
      : Number.NaN;
    this.observer.taskStarted(task, this.now);
    this.changeUsage(task, tasks.framework[task], 1);
  }

  /** How long the attempt that starts now will last: to its end, its failure, or its limit. */
  private runTime(task: TaskId): Micros {
    const { tasks } = this.cluster;
    const fails = tasks.attempts[task] === 1 ? this.truth.failAfter[task] : Number.POSITIVE_INFINITY;
    return Math.min(this.workTime(task), fails, tasks.estimate[task]);
  }

  /** How long the task's work takes where it runs. */
  private workTime(task: TaskId): Micros {
    const { rules, tasks } = this.cluster;
    const terms = this.checkpoints?.(tasks.framework[task]);
    const work = this.truth.duration[task];
    const duration = terms === undefined ? work : timeWithCheckpoints(work, terms);
    if (this.remoteSlowdown === 1 || rules.prefers(task, tasks.machine[task])) return duration;
    return Math.round(duration * this.remoteSlowdown);
  }

  /** The event with this order number about this task has come. An event of an attempt that was killed is passed over. */
  taskEndDue(task: TaskId, order: number): void {
    if (this.truth.endOrder[task] !== order) return;
    const { tasks } = this.cluster;
    if (this.machines?.isCut(tasks.machine[task]) === true) {
      this.truth.endedUnseen[task] = 1;
      this.stopSilently(task);
      return;
    }
    this.reachEnd(task);
  }

  private reachEnd(task: TaskId): void {
    const { tasks } = this.cluster;
    const ran = this.runTime(task);
    if (ran === this.workTime(task)) this.end(task, 'finished');
    else if (ran === tasks.estimate[task]) this.end(task, 'timed-out');
    else this.kill(task, 'failed');
  }

  /**
   * Ends a task that has reached its user's estimate, without telling the architecture yet, and returns true; other tasks
   * stay. See Simulation, `each`.
   */
  endAtEstimate(task: TaskId, order: number): boolean {
    const { estimate, machine } = this.cluster.tasks;
    if (this.truth.endOrder[task] !== order || this.runTime(task) !== estimate[task]) return false;
    if (this.machines?.isCut(machine[task]) === true) return false;
    this.end(task, this.workTime(task) === estimate[task] ? 'finished' : 'timed-out', false);
    return true;
  }

  /** Tells the architecture of a task that was ended by `endAtEstimate`. */
  tellStopped(framework: FrameworkId, machine: MachineId): void {
    this.listener?.taskStopped(framework, machine, this.now);
  }

  private end(task: TaskId, outcome: TaskOutcome, tells = true): void {
    const { tasks, jobs } = this.cluster;
    const machine = tasks.machine[task];
    const framework = tasks.framework[task];
    const job = tasks.job[task];
    this.truth.endOrder[task] = Number.NaN;
    this.cluster.finish(task, outcome !== 'finished');
    this.stopUsing(task, framework);
    this.observer.taskEnded(task, machine, outcome, this.now);
    if (jobs.unfinished[job] === 0) this.observer.jobEnded(job, this.now);
    this.cluster.forget(task);
    if (tells) this.listener?.taskStopped(framework, machine, this.now);
  }

  /** A running task is stopped for good, by its operator or because it is needed no longer: it has done its work. */
  retire(task: TaskId): void {
    this.end(task, 'finished');
  }

  /** Gives a running task another demand (quanta per dimension) where it runs; false where too little is free there. */
  resize(task: TaskId, demand: ArrayLike<number>): boolean {
    const { classes, tasks } = this.cluster;
    const before = tasks.taskClass[task];
    const after = classes.acquire({
      demand,
      gpuCount: classes.gpuCount[before],
      gpuMilliEach: classes.gpuMilliEach[before],
      constraint: classes.constraint[before],
    });
    const refusal = this.cluster.tryResize(task, after);
    classes.release(refusal === undefined ? before : after);
    if (refusal !== undefined) return false;
    this.observer.taskResized(task, before, this.now);
    return true;
  }

  /** What a running task uses now, in quanta per dimension; NaN where its trace does not say. */
  usageOf(task: TaskId, now: Micros): Float64Array {
    return this.usage.usageOf(task, now);
  }

  /** A load curve that is written while the run goes on has another value; see workloads/scaled-application.ts. */
  usageWritten(framework: FrameworkId, now: Micros): void {
    this.usage.report(framework, now);
  }

  /** Stops a running task; it is pending again. */
  kill(task: TaskId, cause: KillCause): void {
    const { tasks } = this.cluster;
    const machine = tasks.machine[task];
    const framework = tasks.framework[task];
    this.truth.endOrder[task] = Number.NaN;
    if (this.checkpoints !== undefined) this.keepWork(task);
    this.cluster.kill(task);
    this.stopUsing(task, framework);
    this.observer.taskKilled(task, machine, cause, this.now);
    this.listener?.taskRequeued(task, this.now);
    this.listener?.taskStopped(framework, machine, this.now);
  }

  /** The attempt is over: what it wrote down by its last checkpoint need not be done again. */
  private keepWork(task: TaskId): void {
    const { rules, tasks } = this.cluster;
    const terms = this.checkpoints?.(tasks.framework[task]);
    if (terms === undefined) return;
    const stopped = this.truth.stopped[task];
    const ran = (Number.isNaN(stopped) ? this.now : stopped) - tasks.started[task];
    const slowdown = rules.prefers(task, tasks.machine[task]) ? 1 : this.remoteSlowdown;
    const kept = keptWork(this.truth.duration[task], ran / slowdown, terms);
    this.truth.duration[task] -= kept;
    this.observer.workKept(task, kept, this.now);
  }

  // Machines that fail unseen

  /** The machine of a running task went off: the attempt is over, and the master does not know. */
  silence(task: TaskId): void {
    this.truth.endedUnseen[task] = 0;
    if (Number.isNaN(this.truth.stopped[task])) this.stopSilently(task);
  }

  /** Does the attempt of this running task exist no more? */
  isStopped(task: TaskId): boolean {
    return !Number.isNaN(this.truth.stopped[task]);
  }

  /** The master hears of an attempt that ended while it could not be told; false when it has not ended. */
  deliverEnd(task: TaskId): boolean {
    if (this.truth.endedUnseen[task] === 0) return false;
    this.reachEnd(task);
    return true;
  }

  /** A task whose machine is back, or whose operator restarts it, starts there again at once, where the ledger allows it. */
  restartInPlace(task: TaskId, cause: KillCause = 'lost'): void {
    const { tasks, free } = this.cluster;
    const machine = tasks.machine[task];
    const devices = tasks.devices[task];
    this.kill(task, cause);
    if (this.listener?.isAbsent?.(tasks.framework[task]) === true) return;
    if (this.cluster.refusal(task, machine, free, devices) !== undefined) return;
    this.listener?.taskLeaves(task);
    this.start(task, machine, free, devices);
  }

  private stopSilently(task: TaskId): void {
    this.truth.endOrder[task] = Number.NaN;
    this.changeUsage(task, this.cluster.tasks.framework[task], -1);
    this.markStopped(task);
  }

  private markStopped(task: TaskId): void {
    this.truth.endOrder[task] = Number.NaN;
    this.truth.stopped[task] = this.now;
    this.observer.taskSilenced(task, this.now);
  }

  private stopUsing(task: TaskId, framework: FrameworkId): void {
    if (Number.isNaN(this.truth.stopped[task])) this.changeUsage(task, framework, -1);
    this.truth.stopped[task] = Number.NaN;
    this.truth.endedUnseen[task] = 0;
  }

  /** A pending task leaves. The architecture has taken it out of its queue. */
  withdraw(task: TaskId, outcome: 'abandoned' | 'rejected'): void {
    const { tasks, jobs } = this.cluster;
    const job = tasks.job[task];
    this.cluster.withdraw(task);
    this.observer.taskEnded(task, NONE, outcome, this.now);
    if (jobs.unfinished[job] === 0) this.observer.jobEnded(job, this.now);
    this.cluster.forget(task);
  }

  /** What a scheduler is told of an action; the observer is told of one that was refused, as it was asked for. */
  answer(refusal: Refusal | undefined, action: PlacementAction, task: TaskId, machine: MachineId): Verdict {
    if (refusal === undefined) return 'done';
    this.observer.refused(refusal, action, task, machine, this.now);
    return refusal;
  }

  exists(task: TaskId): boolean {
    return (
      task >= 0 && task < this.cluster.tasks.bound && this.cluster.tasks.state[task] !== TaskState.unused
    );
  }

  isRunning(task: TaskId): boolean {
    return this.exists(task) && this.cluster.tasks.state[task] === TaskState.running;
  }

  isPending(task: TaskId): boolean {
    return this.exists(task) && this.cluster.tasks.state[task] === TaskState.pending;
  }

  private changeUsage(task: TaskId, framework: FrameworkId, sign: 1 | -1): void {
    this.usage.change(task, framework, sign, this.now);
    if (sign === 1 && this.truth.curve[task] !== 0) this.scheduleUsageStep();
  }

  /** The steps of the load curves in use have come. */
  usageStepDue(): void {
    // An event that was added for this step before an earlier one took its place: the step is done, or is planned anew.
    if (this.now < this.usageStep) return;
    this.usage.step(this.now);
    this.usageStep = Number.POSITIVE_INFINITY;
    this.scheduleUsageStep();
  }

  private scheduleUsageStep(): void {
    const next = this.usage.nextStep(this.now);
    if (next >= this.usageStep) return;
    this.usageStep = next;
    this.events.add(next, EventClass.sample, USAGE_STEP);
  }
}

/** Subject of the sample event that moves usage along its curves; others of that class are of control loops. */
export const USAGE_STEP = 0;
