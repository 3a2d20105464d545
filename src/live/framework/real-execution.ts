import {
  type Cluster,
  type DeviceMask,
  FOREVER,
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
} from '../../model/index.js';
import type { StopOptions, Verdict } from '../../policies/contract.js';
import type { PlacementBackend } from '../../policies/hosting/placement-actions.js';
import { type TaskStatus, TERMINAL_STATES } from '../wire/messages.js';
import type { Work, WorkListener } from './work.js';

/** Callbacks of an execution to its framework. */
export interface ExecutionHost {
  readonly now: () => Micros;
  /** How long a command may run on that is stopped without a grace, as far as the host knows. */
  readonly usualGrace: Micros;
  /** Schedules a call of the scheduler. */
  wakeAt(time: Micros): void;
  /** Asks the master to end an attempt. `grace`: how long its command may run on; the master's own default without it. */
  kill(attempt: string, grace?: Micros): void;
  /** Queues a task again after a delay. */
  requeue(task: TaskId, after: Micros): void;
  /** Called when a claim is full, or has ended. */
  claimChanged(): void;
  /** Called when the resources of a task are free again. */
  stopped(machine: MachineId): void;
}

/** An attempt of a task; the master sees the attempt id as the task id. */
interface Attempt {
  readonly id: string;
  readonly task: TaskId;
  /** restart: told to stop, then it waits again. remove: told to stop for good. cancel: its owner withdrew it. */
  intent: 'run' | 'restart' | 'remove' | 'cancel';
  /** Why it was told to stop. */
  cause: KillCause;
}

/** Lost with the agent or before the launch: not a failure of the task. States other than TASK_LOST require PARTITION_AWARE. */
const LOST_STATES: ReadonlySet<string> = new Set([
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_UNREACHABLE',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_UNKNOWN',
]);

/** Executes decisions on real agents and keeps the ledger, the observer and the tasks of the master consistent. */
export class RealExecution implements PlacementBackend {
  readonly cluster: Cluster;
  readonly observer: Observer;
  readonly power = undefined;
  /** Number of tasks that ended or were killed so far. */
  ends = 0;
  private readonly host: ExecutionHost;
  private readonly listener: WorkListener;
  private readonly works = new Map<TaskId, Work>();
  private readonly attemptOf = new Map<TaskId, Attempt>();
  private readonly attempts = new Map<string, Attempt>();
  private readonly failures = new Map<TaskId, number>();
  private launches = new Map<MachineId, TaskId[]>();
  private attemptCount = 0;

  constructor(cluster: Cluster, observer: Observer, listener: WorkListener, host: ExecutionHost) {
    this.cluster = cluster;
    this.observer = observer;
    this.listener = listener;
    this.host = host;
    cluster.claims.changed = () => host.claimChanged();
  }

  get now(): Micros {
    return this.host.now();
  }

  wakeAt(time: Micros): void {
    this.host.wakeAt(time);
  }

  /** Assigns a pending task its command. */
  assign(task: TaskId, work: Work): void {
    this.works.set(task, work);
    this.failures.set(task, 0);
  }

  workOf(task: TaskId): Work {
    return this.works.get(task) as Work;
  }

  /** The id of the running attempt, which the master uses as the task id. */
  attemptIdOf(task: TaskId): string {
    return (this.attemptOf.get(task) as Attempt).id;
  }

  /** The task of a current attempt. */
  taskOfAttempt(attempt: string): TaskId | undefined {
    return this.attempts.get(attempt)?.task;
  }

  /** The current attempt; undefined while the task does not run. */
  currentAttempt(task: TaskId): string | undefined {
    return this.attemptOf.get(task)?.id;
  }

  start(task: TaskId, machine: MachineId, from: FreeTable, devices: DeviceMask): Refusal | undefined {
    const refusal = this.cluster.tryStart(task, machine, this.now, from, devices);
    if (refusal === undefined) this.begin(task);
    return refusal;
  }

  startHeld(task: TaskId): void {
    this.cluster.startHeld(task, this.now);
    this.begin(task);
  }

  private begin(task: TaskId): void {
    const machine = this.cluster.tasks.machine[task] as MachineId;
    const id = `${this.workOf(task).name}.${this.attemptCount++}`;
    const attempt: Attempt = { id, task, intent: 'run', cause: 'preempted' };
    this.attempts.set(attempt.id, attempt);
    this.attemptOf.set(task, attempt);
    this.launches.set(machine, [...(this.launches.get(machine) ?? []), task]);
    this.observer.taskStarted(task, this.now);
  }

  /** The tasks that were started since the last call, by machine, in order. */
  takeLaunches(): ReadonlyMap<MachineId, readonly TaskId[]> {
    const launches = this.launches;
    this.launches = new Map();
    return launches;
  }

  reject(task: TaskId, reason: string): void {
    this.cluster.withdraw(task);
    this.listener.failed(task, `rejected by the policy: ${reason}`, true);
    this.leave(task, NONE, 'rejected');
  }

  /**
   * The task, and the other running members of its gang, keep their room until the terminal status of their command arrives. The
   * scheduler is called at the end of the grace.
   */
  stop(task: TaskId, { grace = 0, requeue = true }: StopOptions, cause: KillCause): void {
    const goneBy = this.now + grace;
    for (const member of this.runningWith(task)) this.tellToStop(member, requeue, cause, grace, goneBy);
    if (grace > 0 && Number.isFinite(grace)) this.host.wakeAt(goneBy);
  }

  /** The task, and the other members of its gang, as far as they run. */
  private runningWith(task: TaskId): readonly TaskId[] {
    const { jobs, tasks } = this.cluster;
    const job = tasks.job[task] as JobId;
    const running = this.isRunning(task) ? [task] : [];
    if (jobs.gang[job] === 0) return running;
    for (let member = jobs.allTasks.first[job] as TaskId; member !== NONE; ) {
      if (member !== task && this.isRunning(member)) running.push(member);
      member = jobs.allTasks.next[member] as TaskId;
    }
    return running;
  }

  /** Without a grace, the kill policy of the task applies, or the default of its agent. */
  private tellToStop(
    task: TaskId,
    requeue: boolean,
    cause: KillCause,
    grace: Micros | undefined,
    goneBy: Micros,
  ): void {
    const attempt = this.attemptOf.get(task);
    if (attempt === undefined || attempt.intent !== 'run') return;
    attempt.intent = requeue ? 'restart' : 'remove';
    attempt.cause = cause;
    this.cluster.stop(task, goneBy);
    this.observer.taskStopping(task, goneBy, this.now);
    this.host.kill(attempt.id, grace);
  }

  /**
   * A member of a gang is gone. The others are of no use alone: they stop as well. The gang starts again as a whole, or it has failed
   * for good with its member.
   */
  private stopRest(task: TaskId, restarts: boolean, cause: KillCause): void {
    if (this.cluster.jobs.gang[this.cluster.tasks.job[task] as JobId] === 0) return;
    const ofRest = cause === 'preempted' || cause === 'restarted' ? cause : 'gang';
    const goneBy = this.now + this.host.usualGrace;
    for (const member of this.runningWith(task))
      if (member !== task) this.tellToStop(member, restarts, ofRest, undefined, goneBy);
  }

  /** Cancels a task. @returns whether it was pending and was removed immediately. */
  cancel(task: TaskId): boolean {
    const attempt = this.attemptOf.get(task);
    if (attempt === undefined) {
      this.cluster.withdraw(task);
      this.leave(task, NONE, 'abandoned');
      return true;
    }
    attempt.intent = 'cancel';
    this.host.kill(attempt.id);
    return false;
  }

  /** @returns false for a stale attempt that should not run. */
  statusArrived({ task_id, state, healthy, reason, message = '' }: TaskStatus): boolean {
    const attempt = this.attempts.get(task_id.value);
    if (attempt === undefined) return TERMINAL_STATES.has(state);
    const { task, intent } = attempt;
    if (state === 'TASK_RUNNING') this.listener.running(task, healthy);
    if (state === 'TASK_FINISHED') this.finish(task, 'finished');
    else if (LOST_STATES.has(state)) this.lose(attempt, state);
    else if (!TERMINAL_STATES.has(state)) return true;
    else if (intent === 'restart') this.restart(attempt, attempt.cause);
    else if (intent === 'remove') this.finish(task, 'killed');
    else if (intent === 'cancel') this.finish(task, 'abandoned');
    else if (reason === 'REASON_MAX_COMPLETION_TIME_REACHED') this.timeOut(task, message);
    else this.fail(attempt, state === 'TASK_ERROR', `${state}: ${message}`);
    return true;
  }

  /** The ids of all current attempts. */
  attemptIds(): readonly string[] {
    return [...this.attempts.keys()];
  }

  private fail(attempt: Attempt, isHopeless: boolean, message: string): void {
    const { task } = attempt;
    const failures = (this.failures.get(task) as number) + 1;
    this.failures.set(task, failures);
    const isOver = isHopeless || failures > this.workOf(task).retries;
    this.listener.failed(task, message, isOver);
    // It is not restarted; the outcome `lost` means exactly this.
    if (isOver) {
      this.stopRest(task, false, 'failed');
      this.finish(task, 'lost');
    } else this.restart(attempt, 'failed');
  }

  /** It reached its time limit: as in the simulator, it does not start again. */
  private timeOut(task: TaskId, message: string): void {
    this.listener.failed(task, message, true);
    this.stopRest(task, false, 'failed');
    this.finish(task, 'timed-out');
  }

  private lose(attempt: Attempt, state: string): void {
    if (attempt.intent === 'cancel') {
      this.finish(attempt.task, 'abandoned');
      return;
    }
    this.listener.lost(attempt.task, state);
    if (attempt.intent === 'remove') this.finish(attempt.task, 'killed');
    else this.restart(attempt, 'lost');
  }

  private restart({ id, task }: Attempt, cause: KillCause): void {
    const machine = this.cluster.tasks.machine[task] as MachineId;
    this.attempts.delete(id);
    this.attemptOf.delete(task);
    this.cluster.attained.attemptEnds(task, 0, this.now);
    this.cluster.kill(task);
    this.ends++;
    this.observer.taskKilled(task, machine, cause, this.now);
    this.host.requeue(task, cause === 'failed' ? this.workOf(task).backoff : 0);
    this.stopRest(task, true, cause);
    this.host.stopped(machine);
  }

  private finish(task: TaskId, outcome: TaskOutcome): void {
    const machine = this.cluster.tasks.machine[task] as MachineId;
    this.cluster.attained.attemptEnds(task, outcome === 'finished' ? FOREVER : 0, this.now);
    this.cluster.finish(task, outcome !== 'finished');
    this.leave(task, machine, outcome);
    this.host.stopped(machine);
  }

  private leave(task: TaskId, machine: MachineId, outcome: TaskOutcome): void {
    const { tasks, jobs } = this.cluster;
    const job = tasks.job[task] as number;
    this.ends++;
    this.observer.taskEnded(task, machine, outcome, this.now);
    if (jobs.hasEnded(job)) this.observer.jobEnded(job, this.now);
    this.listener.ended(task);
    const attempt = this.attemptOf.get(task);
    if (attempt !== undefined) this.attempts.delete(attempt.id);
    this.attemptOf.delete(task);
    this.works.delete(task);
    this.failures.delete(task);
    this.cluster.forget(task);
  }

  answer(refusal: Refusal | undefined, action: PlacementAction, task: TaskId, machine: MachineId): Verdict {
    if (refusal === undefined) return 'done';
    this.observer.refused(refusal, action, task, machine, this.now);
    return refusal;
  }

  exists(task: TaskId): boolean {
    const { tasks } = this.cluster;
    return task >= 0 && task < tasks.bound && tasks.state[task] !== TaskState.unused;
  }

  isPending(task: TaskId): boolean {
    return this.exists(task) && this.cluster.tasks.state[task] === TaskState.pending;
  }

  isRunning(task: TaskId): boolean {
    return this.exists(task) && this.cluster.tasks.state[task] === TaskState.running;
  }
}
