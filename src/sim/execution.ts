import {
  type Cluster,
  type DeviceMask,
  FOREVER,
  type FrameworkId,
  type FreeTable,
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
import type { Verdict } from '../policies/contract.js';
import { EventClass, type EventClassCode, type EventQueue } from './event-queue.js';
import type { ActualMachineState } from './failures/actual-machine-state.js';
import { type CheckpointTerms, keptWork, timeWithCheckpoints } from './failures/checkpoints.js';
import type { HiddenTaskState } from './hidden-task-state.js';
import type { UsageMeter } from './usage-meter.js';

/** Subject of the timer event that calls a scheduler at a reservation. */
export const WAKE_UP = -1;

/** Objects that decisions act on. */
export interface World {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  /** Factor by which a task takes longer on a machine outside its preferences; at least 1. */
  readonly remoteSlowdown: number;
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
  private readonly remoteSlowdown: number;
  private readonly machines: ActualMachineState | undefined;
  private readonly checkpoints: World['checkpoints'];
  private readonly events: EventQueue;
  private readonly usage: UsageMeter;
  private listener: ExecutionListener | undefined;
  /** Gangs of which a member has stopped, with the first cause, while `killTogether` runs. */
  private broken: Map<JobId, KillCause> | undefined;
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
    const end = this.now + this.runTime(task);
    this.truth.endOrder[task] = Number.isFinite(end)
      ? this.events.add(end, EventClass.taskEnd, task)
      : Number.NaN;
    this.observer.taskStarted(task, this.now);
    this.changeUsage(task, tasks.framework[task], 1);
  }

  /** Length of the attempt that starts now, until the task ends, fails or reaches its limit. */
  private runTime(task: TaskId): Micros {
    const { tasks } = this.cluster;
    const fails = tasks.attempts[task] === 1 ? this.truth.failAfter[task] : Number.POSITIVE_INFINITY;
    return Math.min(this.workTime(task), fails, tasks.timeLimit[task]);
  }

  /** Time that the task's work takes on its machine. */
  private workTime(task: TaskId): Micros {
    const { rules, tasks } = this.cluster;
    const terms = this.checkpoints?.(tasks.framework[task]);
    const work = this.truth.duration[task];
    const duration = terms === undefined ? work : timeWithCheckpoints(work, terms);
    if (this.remoteSlowdown === 1 || rules.prefers(task, tasks.machine[task])) return duration;
    return Math.round(duration * this.remoteSlowdown);
  }

  /** Handles an end event with this order number. Events of killed attempts are skipped. */
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
    else if (ran === tasks.timeLimit[task]) this.end(task, 'timed-out');
    else this.kill(task, 'failed');
  }

  /**
   * Ends a task that has reached its time limit and returns true. Other tasks are not changed. The architecture
   * gets the callback later; see Simulation, `each`.
   */
  endAtTimeLimit(task: TaskId, order: number): boolean {
    const { timeLimit, machine } = this.cluster.tasks;
    if (this.truth.endOrder[task] !== order || this.runTime(task) !== timeLimit[task]) return false;
    if (this.machines?.isCut(machine[task]) === true) return false;
    this.end(task, this.workTime(task) === timeLimit[task] ? 'finished' : 'timed-out', false);
    return true;
  }

  /** Calls the architecture for a task that `endAtTimeLimit` ended. */
  tellStopped(framework: FrameworkId, machine: MachineId): void {
    this.listener?.taskStopped(framework, machine, this.now);
  }

  private end(task: TaskId, outcome: TaskOutcome, tells = true): void {
    const { tasks, jobs } = this.cluster;
    const machine = tasks.machine[task];
    const framework = tasks.framework[task];
    const job = tasks.job[task];
    this.truth.endOrder[task] = Number.NaN;
    this.cluster.attained.attemptEnds(task, outcome === 'finished' ? FOREVER : 0, this.now);
    this.cluster.finish(task, outcome !== 'finished');
    this.stopUsing(task, framework);
    this.observer.taskEnded(task, machine, outcome, this.now);
    if (jobs.unfinished[job] === 0) this.observer.jobEnded(job, this.now);
    this.cluster.forget(task);
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
    });
    const refusal = this.cluster.tryResize(task, after);
    classes.release(refusal === undefined ? before : after);
    if (refusal !== undefined) return false;
    this.cluster.attained.resized(task, before, this.now);
    this.observer.taskResized(task, before, this.now);
    return true;
  }

  /** Current usage of a running task, in quanta; NaN if its trace has no usage. */
  used(task: TaskId, dimension: number): number {
    return this.usage.usedBy(task, dimension, this.now);
  }

  /** A load curve that changes during the run has a new value; see workloads/scaled-application.ts. */
  usageWritten(framework: FrameworkId, now: Micros): void {
    this.usage.report(framework, now);
  }

  /**
   * Stops a running task. It becomes pending again. If it belongs to a gang, the other running members stop too: they are of no
   * use alone, and the gang starts again as a whole.
   */
  kill(task: TaskId, cause: KillCause): void {
    const job = this.cluster.tasks.job[task];
    this.stop(task, cause);
    if (this.cluster.jobs.gang[job] === 0 || this.cluster.jobs.running[job] === 0) return;
    if (this.broken === undefined) this.stopRest(job, cause);
    else if (!this.broken.has(job)) this.broken.set(job, cause);
  }

  /** Stops several tasks for one reason. Members of a gang that `stops` does not stop itself follow it. */
  killTogether(stops: () => void): void {
    if (this.broken !== undefined) {
      stops();
      return;
    }
    const broken = new Map<JobId, KillCause>();
    this.broken = broken;
    stops();
    this.broken = undefined;
    for (const [job, cause] of broken) this.stopRest(job, cause);
  }

  /** Stops the running members of a gang, by machine. A member that ends at this instant is left to its own end. */
  private stopRest(job: JobId, cause: KillCause): void {
    const { jobs, machines, tasks } = this.cluster;
    const rest: TaskId[] = [];
    for (let machine = 0; machine < machines.count && rest.length < jobs.running[job]; machine++)
      for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
        if (tasks.job[task] === job && tasks.state[task] === TaskState.running) rest.push(task);
    // The policy and the operator stop a gang as one unit.
    const ofRest = cause === 'preempted' || cause === 'restarted' ? cause : 'gang';
    for (const task of rest) if (!this.endsNow(task)) this.stop(task, ofRest);
  }

  private endsNow(task: TaskId): boolean {
    const { started } = this.cluster.tasks;
    return (
      !this.isStopped(task) && started[task] < this.now && started[task] + this.runTime(task) === this.now
    );
  }

  private stop(task: TaskId, cause: KillCause): void {
    const { tasks } = this.cluster;
    const machine = tasks.machine[task];
    const framework = tasks.framework[task];
    this.truth.endOrder[task] = Number.NaN;
    const kept = this.checkpoints === undefined ? 0 : this.keepWork(task);
    this.cluster.attained.attemptEnds(task, kept, this.now);
    this.cluster.kill(task);
    this.stopUsing(task, framework);
    this.observer.taskKilled(task, machine, cause, this.now);
    this.listener?.taskRequeued(task, this.now);
    this.listener?.taskStopped(framework, machine, this.now);
  }

  /** After an attempt, work up to its last checkpoint need not be repeated. Returns this work. */
  private keepWork(task: TaskId): Micros {
    const { rules, tasks } = this.cluster;
    const terms = this.checkpoints?.(tasks.framework[task]);
    if (terms === undefined) return 0;
    const stopped = this.truth.stopped[task];
    const ran = (Number.isNaN(stopped) ? this.now : stopped) - tasks.started[task];
    const slowdown = rules.prefers(task, tasks.machine[task]) ? 1 : this.remoteSlowdown;
    const kept = keptWork(this.truth.duration[task], ran / slowdown, terms);
    this.truth.duration[task] -= kept;
    this.observer.workKept(task, kept, this.now);
    return kept;
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

  /** Reports an attempt that ended while its machine was unreachable. Returns false if it has not ended. */
  deliverEnd(task: TaskId): boolean {
    if (this.truth.endedUnseen[task] === 0) return false;
    this.reachEnd(task);
    return true;
  }

  /** Restarts a task on its machine at once if the ledger allows it, after the machine returns or by an operator. */
  restartInPlace(task: TaskId, cause: KillCause = 'lost'): void {
    const { tasks, free, jobs } = this.cluster;
    const machine = tasks.machine[task];
    const devices = tasks.devices[task];
    const job = tasks.job[task];
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

  /** Removes a pending task. The architecture has already removed it from its queue. */
  withdraw(task: TaskId, outcome: 'abandoned' | 'rejected'): void {
    const { tasks, jobs } = this.cluster;
    const job = tasks.job[task];
    this.cluster.withdraw(task);
    this.observer.taskEnded(task, NONE, outcome, this.now);
    if (jobs.unfinished[job] === 0) this.observer.jobEnded(job, this.now);
    this.cluster.forget(task);
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

  /** Handles a step of the load curves in use. */
  usageStepDue(): void {
    // A stale event: an earlier step replaced it. The step is done, or is scheduled again.
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

/** Subject of the sample event that updates usage along its curves. Other subjects of that class belong to control loops. */
export const USAGE_STEP = 0;
