import {
  type Cluster,
  type JobId,
  type KillCause,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  type TaskId,
  type TaskOutcome,
  TaskState,
} from '../model/index.js';
import type { StopOptions } from '../policies/contract.js';
import { EventClass, type EventQueue } from './event-queue.js';
import type { CheckpointRecord } from './failures/checkpoint-record.js';
import type { HiddenTaskState } from './hidden-task-state.js';
import type { RunTimes } from './run-times.js';

/** The running tasks; see Execution. */
export interface StoppableTasks {
  readonly now: Micros;
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly observer: Observer;
  readonly runTimes: RunTimes;
  /** Whether the attempt of this running task has ended without detection. */
  isStopped(task: TaskId): boolean;
  /** Time for which the current attempt ran. */
  ranFor(task: TaskId): Micros;
  end(task: TaskId, outcome: TaskOutcome): void;
  attemptEnded(task: TaskId, machine: MachineId, cause: KillCause): void;
}

/** A stop that is not complete. */
interface Stop {
  /** Order number of the event at which the task is gone. */
  readonly order: number;
  readonly cause: KillCause;
  /** How it ends for good; undefined if it waits again. */
  readonly leavesAs: TaskOutcome | undefined;
  /** When it began to write a checkpoint for the stop; NaN without one. */
  readonly savesAt: Micros;
}

/** How running tasks stop before their end: told to stop, with their grace, or removed at once. A gang stops as a whole. */
export class TaskStops {
  private readonly run: StoppableTasks;
  private readonly events: EventQueue;
  private readonly checkpoints: CheckpointRecord | undefined;
  private readonly stops = new Map<TaskId, Stop>();
  /** Gangs of which a member has stopped, with the first cause, while `killTogether` runs. */
  private broken: Map<JobId, KillCause> | undefined;

  constructor(run: StoppableTasks, events: EventQueue, checkpoints: CheckpointRecord | undefined) {
    this.run = run;
    this.events = events;
    this.checkpoints = checkpoints;
  }

  /** Handles an event of a task with this order number. Returns false if it does not complete a stop. */
  due(task: TaskId, order: number): boolean {
    if (this.stops.size === 0) return false;
    const stop = this.stops.get(task);
    if (stop?.order !== order) return false;
    this.remove(task, stop.cause, stop.savesAt);
    return true;
  }

  /** The task has ended. */
  forget(task: TaskId): void {
    if (this.stops.size > 0) this.stops.delete(task);
  }

  /**
   * Asks a running task, and the other running members of its gang, to stop. A task uses its whole grace, because traces do not
   * say how long tasks take to stop. With `save` it stops working and leaves after its checkpoint. Without grace, it ends by an event
   * of this instant.
   */
  stop(task: TaskId, options: StopOptions, cause: KillCause): void {
    const { jobs, tasks } = this.run.cluster;
    const job = tasks.job[task];
    if (tasks.state[task] === TaskState.running) this.tell(task, options, cause);
    if (jobs.gang[job] === 0) return;
    for (let member = jobs.allTasks.first[job]; member !== NONE; member = jobs.allTasks.next[member])
      if (tasks.state[member] === TaskState.running) this.tell(member, options, causeOfRest(cause));
  }

  /** Tells a running or stopping task that is no longer needed to end. It is gone by an event of this instant, and counts as finished. */
  retire(task: TaskId): void {
    const { cluster, now, observer } = this.run;
    if (cluster.tasks.state[task] === TaskState.running) {
      cluster.stop(task, now);
      observer.taskStopping(task, now, now);
    }
    const order = this.events.add(now, EventClass.taskEnd, task);
    this.stops.set(task, { order, cause: 'preempted', leavesAs: 'finished', savesAt: Number.NaN });
  }

  private tell(task: TaskId, { grace, save = false, requeue = true }: StopOptions, cause: KillCause): void {
    const { cluster, now, observer, truth } = this.run;
    const cost = save ? this.checkpoints?.termsOf(task)?.cost : undefined;
    const goneBy = now + (grace ?? cost ?? 0);
    const saves = cost !== undefined && now + cost <= goneBy;
    cluster.stop(task, goneBy);
    if (saves) truth.endOrder[task] = Number.NaN;
    const order = this.events.add(saves ? now + cost : goneBy, EventClass.taskEnd, task);
    const leavesAs = requeue ? undefined : 'killed';
    this.stops.set(task, { order, cause, leavesAs, savesAt: saves ? now : Number.NaN });
    observer.taskStopping(task, goneBy, now);
  }

  /**
   * Removes a running or stopping task from its machine at once. It becomes pending again, unless it was to leave for good. The other
   * members of its gang run on if they are enough for its minimum. Otherwise they stop too, and the gang starts again as a whole.
   */
  kill(task: TaskId, cause: KillCause): void {
    const { jobs, tasks } = this.run.cluster;
    const job = tasks.job[task];
    this.remove(task, cause, Number.NaN);
    if (jobs.gang[job] === 0 || jobs.running[job] === 0) return;
    if (this.broken === undefined) this.removeRest(job, cause);
    else if (!this.broken.has(job)) this.broken.set(job, cause);
  }

  /** Removes several tasks for one reason. Members of a gang that `kills` does not remove itself follow it. */
  killTogether(kills: () => void): void {
    if (this.broken !== undefined) {
      kills();
      return;
    }
    const broken = new Map<JobId, KillCause>();
    this.broken = broken;
    kills();
    this.broken = undefined;
    for (const [job, cause] of broken) this.removeRest(job, cause);
  }

  /** Removes the running members of a gang if they are too few, by machine. A member that ends at this instant is left to its own end. */
  private removeRest(job: JobId, cause: KillCause): void {
    const { jobs, machines, tasks } = this.run.cluster;
    if (jobs.running[job] >= jobs.leastRunning(job)) return;
    const rest: TaskId[] = [];
    for (let machine = 0; machine < machines.count && rest.length < jobs.running[job]; machine++)
      for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
        if (tasks.job[task] === job && tasks.state[task] === TaskState.running) rest.push(task);
    for (const task of rest) if (!this.endsNow(task)) this.remove(task, causeOfRest(cause), Number.NaN);
  }

  private endsNow(task: TaskId): boolean {
    const { cluster, now } = this.run;
    const started = cluster.tasks.started[task];
    return !this.run.isStopped(task) && started < now && started + this.run.runTimes.attempt(task) === now;
  }

  private remove(task: TaskId, cause: KillCause, savesAt: Micros): void {
    const { cluster, now, observer, truth } = this.run;
    const leavesAs = this.stops.size === 0 ? undefined : this.stops.get(task)?.leavesAs;
    if (leavesAs !== undefined) {
      this.run.end(task, leavesAs);
      return;
    }
    this.stops.delete(task);
    const machine = cluster.tasks.machine[task];
    truth.endOrder[task] = Number.NaN;
    const kept = this.checkpoints?.keep(task, savesAt);
    // What a service did is not lost, and need not be repeated.
    const isEndless = !Number.isFinite(truth.duration[task]);
    const time = isEndless ? this.run.ranFor(task) : kept?.time;
    if (time !== undefined) observer.workKept(task, time, now);
    cluster.attained.attemptEnds(task, kept?.work ?? 0, now);
    cluster.kill(task);
    this.run.attemptEnded(task, machine, cause);
  }
}

/** Why the other members of a gang stop. The policy and the operator stop a gang as one unit. */
function causeOfRest(cause: KillCause): KillCause {
  return cause === 'preempted' || cause === 'restarted' ? cause : 'gang';
}
