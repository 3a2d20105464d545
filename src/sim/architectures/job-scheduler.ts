import {
  type FrameworkId,
  type FreeTable,
  grown,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  PendingQueue,
  type TaskId,
  type TaskTable,
} from '../../model/index.js';
import type { PlacementSink, Random, Scheduler } from '../../policies/contract.js';
import type { PlacementHost } from '../../policies/hosting/placement-actions.js';
import { type HostedView, schedulingView } from '../../policies/hosting/scheduling-view.js';
import type { Execution } from '../execution.js';
import { JobLine, type WaitingJobs } from './waiting-jobs.js';

/** How a scheduler that serves one job at a time sees the cell, and how what it places comes about. */
export interface CellAccess {
  /** What it sees. */
  readonly table: FreeTable;
  readonly actions: PlacementSink;
  /** Tasks that the last call started, and claims of it that conflicted. */
  readonly placed: number;
  readonly conflicts: number;
  /** The scheduler begins to think. */
  begin(): void;
  /** The scheduler is about to be called. */
  open(): void;
  /** The call is over. `lost` is told of each task that was placed in vain: it waits again. */
  close(lost: (task: TaskId) => void): void;
}

/** A number per machine that is raised whenever something is placed there: who knows an older one knows too little. */
export class PlacementNumbers {
  current = new Int32Array(0);

  /** The numbers as they are now, for later comparison, in `copy` or a larger column. */
  copyTo(copy: Int32Array<ArrayBuffer>, machines: number): Int32Array<ArrayBuffer> {
    this.current = grown(this.current, machines);
    const target = grown(copy, this.current.length);
    target.set(this.current);
    return target;
  }

  raise(machine: MachineId): void {
    this.current[machine]++;
  }
}

/** Whose jobs a scheduler serves, and what it decides by. */
export interface JobSchedulerParts {
  /** Its framework, or NONE when it serves all; and which of the framework's schedulers it is. */
  readonly framework: FrameworkId;
  readonly ordinal: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly access: (queue: PendingQueue, host: PlacementHost) => CellAccess;
}

/** A scheduler that serves one job at a time: its line of jobs, the job it thinks about, and what it sees of the cell. */
export class JobScheduler {
  readonly framework: FrameworkId;
  readonly ordinal: number;
  readonly line = new JobLine();
  readonly access: CellAccess;
  isThinking = false;
  /** The job it thinks about; NONE when all of its tasks left meanwhile. */
  job: JobId = NONE;
  /** How long it thinks about it, and how long the job stood in line. */
  decisionTime: Micros = 0;
  waited: Micros = 0;

  private readonly waiting: WaitingJobs;
  private readonly queue: PendingQueue;
  private readonly scheduler: Scheduler;
  private readonly view: HostedView;
  private readonly lost: (task: TaskId) => void;
  private endsSeen = 0;

  constructor(execution: Execution, waiting: WaitingJobs, parts: JobSchedulerParts) {
    const { cluster } = execution;
    this.framework = parts.framework;
    this.ordinal = parts.ordinal;
    this.waiting = waiting;
    this.scheduler = parts.scheduler;
    this.queue = new PendingQueue(cluster.tasks, cluster.jobs);
    this.access = parts.access(this.queue, {
      queueOf: (task) => (this.mayTouch(cluster.tasks, task) ? this.queue : undefined),
      taskPlaced: () => {},
      decline: () => 'not-offered',
      machineLeaves: () => {},
    });
    this.lost = (task) => waiting.add(task);
    this.view = schedulingView(cluster, this.queue, this.access.table, parts.random);
  }

  /** Places what waits of the job; the rest waits on. `ends` counts the ends of tasks so far. */
  place(job: JobId, ends: number, now: Micros): void {
    const { view, access, waiting } = this;
    view.now = now;
    view.endedSince = ends - this.endsSeen;
    this.endsSeen = ends;
    waiting.moveTo(this.queue, job);
    access.open();
    this.scheduler.schedule(view, access.actions);
    access.close(this.lost);
    waiting.takeBack(this.queue);
  }

  /** It may act on the tasks of the job at hand, and on running ones of its framework. */
  private mayTouch(tasks: TaskTable, task: TaskId): boolean {
    if (this.framework !== NONE && tasks.framework[task] !== this.framework) return false;
    return tasks.enqueueSeq[task] > 0 || !this.waiting.has(task);
  }
}
