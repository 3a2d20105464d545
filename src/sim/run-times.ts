import { type Cluster, FOREVER, type MachineId, type Micros, NONE, type TaskId } from '../model/index.js';
import { type CheckpointTerms, timeWithCheckpoints } from './failures/checkpoints.js';
import type { HiddenTaskState } from './hidden-task-state.js';

/** What run times depend on. */
export interface RunTimeTerms {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  /** Factor by which a task takes longer on a machine outside its preferences; at least 1. */
  readonly remoteSlowdown: number;
}

/**
 * Times of work on machines. A trace gives the work of a task, and the points of it at which attempts fail, as times on a
 * machine of the reference type. On another machine they are divided by its speed, and a slowdown stretches them. Limits and costs of
 * checkpoints are times of the clock.
 */
export class RunTimes {
  private readonly terms: RunTimeTerms;
  /** Checkpoint settings of a task; undefined when it writes none, and for a run without checkpoints. */
  private readonly checkpoints: ((task: TaskId) => CheckpointTerms | undefined) | undefined;
  /** Slowdowns of running tasks whose machine got other attributes, by their start. */
  private readonly kept = new Map<TaskId, { readonly started: Micros; readonly slowdown: number }>();

  constructor(terms: RunTimeTerms, checkpoints: ((task: TaskId) => CheckpointTerms | undefined) | undefined) {
    this.terms = terms;
    this.checkpoints = checkpoints;
  }

  /** Do all tasks take as long as their trace says, on any machine? */
  private get arePlain(): boolean {
    return (
      this.checkpoints === undefined && this.terms.remoteSlowdown === 1 && !this.terms.cluster.speeds.areInUse
    );
  }

  /** Length of the current attempt, until the task ends, fails or reaches its limit. */
  attempt(task: TaskId): Micros {
    const { cluster, truth } = this.terms;
    const { attempts, timeLimit } = cluster.tasks;
    if (truth.failures.size === 0 && this.arePlain) {
      const end = Math.min(truth.duration[task], timeLimit[task]);
      return attempts[task] === 1 ? Math.min(end, truth.failAfter[task]) : end;
    }
    const planned = this.plannedFailure(task);
    if (planned !== FOREVER) return Math.min(planned, timeLimit[task]);
    const failAfter = attempts[task] === 1 ? truth.failAfter[task] : FOREVER;
    // Compared as work: checkpoints and slowdowns make the attempt longer, and it finishes all the same.
    const fails = failAfter < truth.duration[task] ? this.timeUntil(failAfter, task) : FOREVER;
    return Math.min(this.work(task), fails, timeLimit[task]);
  }

  /** After how long the current attempt fails as it did in the trace, also after its work would be done; FOREVER if it does not. */
  plannedFailure(task: TaskId): Micros {
    const { cluster, truth } = this.terms;
    if (truth.failures.size === 0) return FOREVER;
    const after = truth.failures.get(task)?.after(cluster.tasks.attempts[task]) ?? FOREVER;
    return after === FOREVER ? FOREVER : this.timeUntil(after, task);
  }

  /** How long the task takes on its machine to a point of its work, without checkpoints. */
  private timeUntil(point: Micros, task: TaskId): Micros {
    return Math.round(timeOf(point, this.speed(task)) * this.slowdown(task));
  }

  /** Time that the task's work takes on its machine. */
  work(task: TaskId): Micros {
    if (this.arePlain) return this.terms.truth.duration[task];
    const terms = this.checkpoints?.(task);
    const work = this.plainWork(task);
    const duration = terms === undefined ? work : timeWithCheckpoints(work, terms);
    const slowdown = this.slowdown(task);
    return slowdown === 1 ? duration : Math.round(duration * slowdown);
  }

  /** As `work`, without slowdown and checkpoints. */
  plainWork(task: TaskId, machine: MachineId = this.terms.cluster.tasks.machine[task]): Micros {
    return timeOf(this.terms.truth.duration[task], this.speed(task, machine));
  }

  /** So much less is left of the work of a placed task, after `time` of it on its machine. */
  workDone(task: TaskId, time: Micros): void {
    const { duration } = this.terms.truth;
    const speed = this.speed(task);
    duration[task] -= speed === 1 ? time : Math.min(duration[task], Math.floor(time * speed));
  }

  /** Factor by which the task takes longer on its machine, because it prefers others. */
  slowdown(task: TaskId): number {
    const { cluster, remoteSlowdown } = this.terms;
    if (remoteSlowdown === 1) return 1;
    const { machine, started } = cluster.tasks;
    const kept = this.kept.get(task);
    if (kept !== undefined && kept.started === started[task]) return kept.slowdown;
    return cluster.rules.prefers(task, machine[task]) ? 1 : remoteSlowdown;
  }

  /** The attributes of the machine are about to change. Its tasks are as slow as before. */
  keepSlowdowns(machine: MachineId): void {
    if (this.terms.remoteSlowdown === 1) return;
    const { machines, tasks } = this.terms.cluster;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      this.kept.set(task, { started: tasks.started[task], slowdown: this.slowdown(task) });
  }

  private speed(task: TaskId, machine: MachineId = this.terms.cluster.tasks.machine[task]): number {
    const { speeds, tasks } = this.terms.cluster;
    return speeds.areInUse ? speeds.of(machine, tasks.taskClass[task]) : 1;
  }
}

/** Work at a speed. It is rounded, but never to 0. */
function timeOf(work: Micros, speed: number): Micros {
  return speed === 1 || work === 0 ? work : Math.max(1, Math.round(work / speed));
}
