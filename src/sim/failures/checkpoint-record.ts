import {
  type CheckpointFacts,
  type Cluster,
  type FrameworkId,
  isInRoom,
  type Micros,
  type TaskId,
} from '../../model/index.js';
import type { HiddenTaskState } from '../hidden-task-state.js';
import type { RunTimes } from '../run-times.js';
import { type CheckpointTerms, doneWork, keptWork, lastCheckpoint } from './checkpoints.js';

/** What the checkpoints of tasks depend on. */
export interface CheckpointSetup {
  readonly cluster: Cluster;
  readonly truth: HiddenTaskState;
  readonly runTimes: RunTimes;
  /** Checkpoint settings of a framework. */
  readonly terms: (framework: FrameworkId) => CheckpointTerms | undefined;
}

/** What an attempt leaves behind. */
export interface KeptWork {
  /** Work that need not be repeated, as time on its machine without slowdown. */
  readonly work: Micros;
  /** Time of the attempt that is not lost: that of this work, and that of writing checkpoints. */
  readonly time: Micros;
}

/** Checkpoints of the tasks of a run: what a master knows of them, and what of the work they keep. */
export class CheckpointRecord implements CheckpointFacts {
  private readonly setup: CheckpointSetup;
  private readonly clock: { readonly now: Micros };
  /** When the last checkpoint of an earlier attempt ended, by task. */
  private readonly earlier = new Map<TaskId, Micros>();

  constructor(setup: CheckpointSetup, clock: { readonly now: Micros }) {
    this.setup = setup;
    this.clock = clock;
  }

  /** The settings of a task that writes checkpoints: one that ends by itself. */
  termsOf(task: TaskId): CheckpointTerms | undefined {
    const { cluster, truth, terms } = this.setup;
    return Number.isFinite(truth.duration[task]) ? terms(cluster.tasks.framework[task]) : undefined;
  }

  savesOnStop(task: TaskId): boolean {
    return this.setup.cluster.tasks.job[task] !== undefined && this.termsOf(task) !== undefined;
  }

  last(task: TaskId): Micros {
    const { cluster, runTimes } = this.setup;
    const { tasks } = cluster;
    const before = this.earlier.get(task) ?? Number.NaN;
    const isPlaced = isInRoom(tasks.state[task]);
    const terms = isPlaced ? this.termsOf(task) : undefined;
    if (terms === undefined) return before;
    const slowdown = runTimes.slowdown(task);
    const time = lastCheckpoint(runTimes.plainWork(task), this.ran(task, Number.NaN) / slowdown, terms);
    return Number.isNaN(time) ? before : tasks.started[task] + Math.round(time * slowdown);
  }

  /**
   * The attempt is over. Work up to its last checkpoint need not be repeated. `savesAt`: when it began to write a checkpoint
   * for its stop; NaN without one. Returns undefined for a framework without checkpoints.
   */
  keep(task: TaskId, savesAt: Micros): KeptWork | undefined {
    const { cluster, runTimes, truth, terms: termsOf } = this.setup;
    const terms = termsOf(cluster.tasks.framework[task]);
    if (terms === undefined) return undefined;
    const isSaved = !Number.isNaN(savesAt) && Number.isNaN(truth.stopped[task]);
    const last = isSaved ? this.clock.now : this.last(task);
    if (!Number.isNaN(last)) this.earlier.set(task, last);
    const slowdown = runTimes.slowdown(task);
    const ran = this.ran(task, savesAt) / slowdown;
    const work = runTimes.plainWork(task);
    const done = doneWork(work, ran, terms);
    const kept = isSaved ? done : keptWork(work, ran, terms);
    runTimes.workDone(task, kept);
    return { work: kept, time: this.ran(task, Number.NaN) - Math.round((done - kept) * slowdown) };
  }

  /** The task has ended. */
  forget(task: TaskId): void {
    this.earlier.delete(task);
  }

  private ran(task: TaskId, savesAt: Micros): Micros {
    const { cluster, truth } = this.setup;
    const stopped = truth.stopped[task];
    const end = Number.isNaN(savesAt) ? this.clock.now : savesAt;
    return (Number.isNaN(stopped) ? end : stopped) - cluster.tasks.started[task];
  }
}
