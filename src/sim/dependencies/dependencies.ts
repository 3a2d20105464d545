import {
  type Cluster,
  grown,
  InputError,
  type JobId,
  type Micros,
  NONE,
  type TaskId,
  type TaskOutcome,
} from '../../model/index.js';
import { isMistake, type JobGraph, jobGraph } from '../../workloads/job-graph.js';
import type { TaskBatch, Trace } from '../../workloads/trace.js';
import type { Admission, ArrivalSink } from '../admission.js';
import { EventClass, type EventQueue } from '../event-queue.js';
import type { Execution } from '../execution.js';
import { DependentJob, type EndListener, type FollowedJob } from './dependent-job.js';
import { HeldRows } from './held-rows.js';

/** Inputs of Dependencies. */
export interface DependenciesSetup {
  readonly trace: Trace;
  readonly cluster: Cluster;
  readonly admission: Admission;
  readonly execution: Execution;
  readonly events: EventQueue;
  /** Receives the tasks that are submitted. */
  readonly sink: ArrivalSink;
}

/** A row of the trace. */
interface RowPlace {
  readonly batch: TaskBatch;
  readonly row: number;
}

/** Rows of one job that arrive at one instant. */
interface ArrivingJob {
  readonly rows: RowPlace[];
  /** Its row in the ledger, if rows without dependencies came first; NONE otherwise. */
  readonly job: JobId;
}

/**
 * Holds rows back until the tasks and jobs that they depend on have ended. Then it submits them by an arrival event: at the
 * instant of that end, or after the think time. Rows that can never run are submitted too, and end at once as `not-run`. Rows
 * without dependencies, of jobs that no job follows, do not come here.
 */
export class Dependencies implements EndListener {
  private readonly setup: DependenciesSetup;
  private readonly rows: HeldRows;
  private arriving: ArrivingJob | undefined;
  /** Jobs with rows that are not submitted, in order of arrival. */
  private readonly waiting = new Set<DependentJob>();
  private readonly byJob = new Map<JobId, DependentJob>();
  private readonly followed = new Map<string | number, FollowedJob>();
  /** By task: its row in its job, plus 1; 0 for other tasks. */
  private rowOfTask = new Int32Array(0);
  /** By subject of an arrival event. */
  private readonly dueJobs: DependentJob[] = [];
  private readonly unusedSubjects: number[] = [];

  constructor(setup: DependenciesSetup) {
    this.setup = setup;
    this.rows = new HeldRows(setup.trace.space.size);
  }

  // Arrivals

  /** Takes a row of the trace that arrives now. Returns false for a row that is to be submitted at once. */
  take(batch: TaskBatch, row: number, now: Micros): boolean {
    if (this.arriving !== undefined) {
      this.arriving.rows.push({ batch, row });
      return true;
    }
    if (batch.dependencies[row] === undefined && !this.isFollowed(batch.job[row])) return false;
    this.arriving = { rows: [{ batch, row }], job: this.setup.admission.continued(batch, row, now) };
    return true;
  }

  /** The next row of the trace, or undefined after the last one. If it belongs to another job, the arriving job is complete. */
  nextIs(batch: TaskBatch | undefined, row: number): void {
    if (this.arriving === undefined) return;
    const [first] = this.arriving.rows;
    const isSameJob =
      batch !== undefined &&
      batch.job[row] === first.batch.job[first.row] &&
      batch.submit[row] === first.batch.submit[first.row] &&
      batch.framework[row] === first.batch.framework[first.row];
    if (isSameJob) return;
    const { arriving } = this;
    this.arriving = undefined;
    this.jobArrives(arriving);
  }

  private jobArrives({ rows, job }: ArrivingJob): void {
    const [{ batch, row }] = rows;
    const name = batch.job[row];
    const { follows, thinkTime = 0 } = batch.dependencies[row] ?? {};
    const preceding = follows === undefined ? undefined : this.followed.get(follows);
    if (follows !== undefined && preceding === undefined)
      throw new InputError({}, `job "${name}" follows job "${follows}", which is not above it in the trace`);
    const dependent = new DependentJob(name, rows.length, graphOf(rows));
    if (this.isFollowed(name)) {
      dependent.followed = { name, end: Number.NaN, hasRun: false, followers: [] };
      this.followed.set(name, dependent.followed);
    }
    if (preceding === undefined) {
      this.enters(dependent, job === NONE ? this.addJob(rows[0]) : job);
      this.submitRoots(dependent, rows);
    } else {
      for (let i = 0; i < rows.length; i++) this.hold(dependent, i, rows[i]);
      dependent.preceding = preceding;
      dependent.thinkTime = thinkTime;
      if (Number.isNaN(preceding.end)) preceding.followers.push(dependent);
      else this.precedingEnded(dependent, preceding);
    }
  }

  private submitRoots(dependent: DependentJob, rows: readonly RowPlace[]): void {
    const roots = dependent.ready;
    dependent.ready = [];
    for (let i = 0, root = 0; i < rows.length; i++) {
      if (roots[root] !== i) this.hold(dependent, i, rows[i]);
      else {
        root++;
        this.submit(dependent, i, rows[i]);
      }
    }
  }

  private hold(dependent: DependentJob, index: number, { batch, row }: RowPlace): void {
    dependent.held[index] = this.rows.add(batch, row);
    this.waiting.add(dependent);
  }

  private isFollowed(job: string | number): boolean {
    return this.setup.trace.followed?.has(job) === true;
  }

  // Ends

  taskEnded(task: TaskId, outcome: TaskOutcome): void {
    if (task >= this.rowOfTask.length || this.rowOfTask[task] === 0) return;
    const row = this.rowOfTask[task] - 1;
    this.rowOfTask[task] = 0;
    const { cluster, execution } = this.setup;
    const dependent = this.byJob.get(cluster.tasks.job[task]);
    if (dependent?.taskEnded(row, outcome) === true) this.schedule(dependent, execution.now);
  }

  jobEnded(job: JobId): void {
    if (this.byJob.size === 0) return;
    const followed = this.byJob.get(job)?.followed;
    this.byJob.delete(job);
    if (followed === undefined) return;
    followed.end = this.setup.execution.now;
    followed.hasRun = this.setup.cluster.jobs.everStarted[job] > 0;
    for (const follower of followed.followers) this.precedingEnded(follower, followed);
    followed.followers.length = 0;
  }

  private precedingEnded(follower: DependentJob, { name, end, hasRun }: FollowedJob): void {
    const { now } = this.setup.execution;
    if (hasRun) {
      this.schedule(follower, Math.max(now, end + follower.thinkTime));
      return;
    }
    follower.loseAll(`the job that it follows, ${name}, never ran`);
    this.schedule(follower, now);
  }

  private schedule(dependent: DependentJob, time: Micros): void {
    if (dependent.isScheduled) return;
    dependent.isScheduled = true;
    const subject = this.unusedSubjects.pop() ?? this.dueJobs.length;
    this.dueJobs[subject] = dependent;
    this.setup.events.add(time, EventClass.arrival, subject);
  }

  /** An event of `schedule` is due. */
  due(subject: number): void {
    const dependent = this.dueJobs[subject];
    this.unusedSubjects.push(subject);
    dependent.isScheduled = false;
    const { ready, lost } = dependent;
    dependent.ready = [];
    dependent.lost = [];
    if (dependent.job === NONE) this.enters(dependent, this.addJob(this.placeOf(dependent.held[0])));
    for (const row of ready) this.submit(dependent, row, this.placeOf(dependent.held[row]));
    if (lost.length > 0) this.endLost(dependent, lost);
  }

  /** Rows that can never run are submitted, and end at once. */
  private endLost(dependent: DependentJob, rows: readonly number[]): void {
    const { admission, execution } = this.setup;
    const { now, observer } = execution;
    const tasks: TaskId[] = [];
    for (const row of rows) {
      const place = this.placeOf(dependent.held[row]);
      admission.admit(
        place.batch,
        place.row,
        { taskArrived: (task) => tasks.push(task) },
        now,
        dependent.job,
      );
      this.submitted(dependent, row);
    }
    observer.jobNotRun(dependent.job, tasks.length, dependent.lostReason, now);
    for (const task of tasks) execution.withdraw(task, 'not-run');
  }

  // Submissions

  private placeOf(held: number): RowPlace {
    return { batch: this.rows.batchOf(held), row: this.rows.rowOf(held) };
  }

  private addJob({ batch, row }: RowPlace): JobId {
    return this.setup.admission.addJob(batch, row, this.setup.execution.now);
  }

  /** The job is in the ledger. */
  private enters(dependent: DependentJob, job: JobId): void {
    const { cluster, execution } = this.setup;
    const { graph } = dependent;
    dependent.job = job;
    this.byJob.set(job, dependent);
    cluster.jobs.growing.add(job);
    if (graph !== undefined) execution.observer.criticalPathKnown(job, graph.criticalPath, execution.now);
  }

  private submit(dependent: DependentJob, index: number, { batch, row }: RowPlace): void {
    const { admission, execution, sink } = this.setup;
    const taskArrived = (task: TaskId, now: Micros): void => {
      this.rowOfTask = grown(this.rowOfTask, task + 1);
      this.rowOfTask[task] = index + 1;
      dependent.taskSubmitted(index);
      sink.taskArrived(task, now);
    };
    admission.admit(batch, row, { taskArrived }, execution.now, dependent.job);
    this.submitted(dependent, index);
  }

  private submitted(dependent: DependentJob, index: number): void {
    const held = dependent.held[index];
    dependent.held[index] = NONE;
    if (held !== NONE) this.rows.remove(held);
    dependent.unsubmitted--;
    if (dependent.unsubmitted > 0) return;
    this.waiting.delete(dependent);
    this.setup.cluster.jobs.growing.delete(dependent.job);
  }

  /** The run is over. Reports what was not submitted. */
  runEnds(): void {
    const { observer, now } = this.setup.execution;
    for (const dependent of this.waiting) {
      let tasks = 0;
      for (const held of dependent.held) {
        if (held === NONE) continue;
        const { batch, row } = this.placeOf(held);
        tasks += batch.tasks[row];
      }
      observer.notSubmitted(dependent.name, tasks, dependent.whyHeld(), now);
    }
  }
}

/** undefined if no task depends on another one. @throws InputError */
function graphOf(rows: readonly RowPlace[]): JobGraph | undefined {
  const all = rows.map(({ batch, row }) => ({
    dependencies: batch.dependencies[row],
    duration: batch.duration[row],
  }));
  if (all.every(({ dependencies }) => (dependencies?.after?.length ?? 0) === 0)) return undefined;
  const graph = jobGraph(all);
  const name = rows[0].batch.job[rows[0].row];
  if (isMistake(graph))
    throw InputError.expected({ field: 'after' }, graph.found, `${graph.expected} (job "${name}")`);
  if (rows.some(({ batch, row }) => batch.gang[row] === 1))
    throw new InputError(
      { field: 'after' },
      `job "${name}" is a gang, whose tasks start at one instant, so none can depend on another`,
    );
  return graph;
}
