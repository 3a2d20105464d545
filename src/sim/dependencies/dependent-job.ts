import { type JobId, type Micros, NONE, type TaskId, type TaskOutcome } from '../../model/index.js';
import type { JobGraph } from '../../workloads/job-graph.js';
import type { HeldRow } from './held-rows.js';

/** Called at ends, while the row of the ledger can be read. */
export interface EndListener {
  /** A task has ended for good. */
  taskEnded(task: TaskId, outcome: TaskOutcome): void;
  /** The last task of a job has ended. */
  jobEnded(job: JobId): void;
}

/** A job that other jobs follow. It is remembered after its end. */
export interface FollowedJob {
  readonly name: string | number;
  /** NaN before its end. */
  end: Micros;
  /** Has any of its tasks started? Valid after its end. */
  hasRun: boolean;
  /** Jobs that wait for its end, in order of arrival. */
  readonly followers: DependentJob[];
}

/** The rows of a job with dependencies, by index in order of the trace. */
export class DependentJob {
  readonly name: string | number;
  /** Its row in the ledger; NONE before a task is submitted. */
  job: JobId = NONE;
  /** The job that it follows; undefined if it follows none. */
  preceding: FollowedJob | undefined;
  thinkTime: Micros = 0;
  /** The record for the jobs that follow it; undefined if there are none. */
  followed: FollowedJob | undefined;
  /** By row: where it is held; NONE once it is submitted. */
  readonly held: HeldRow[];
  /** Number of rows that are not submitted. */
  unsubmitted: number;
  /** Rows to submit now. */
  ready: number[] = [];
  /** Rows that can never run; they are submitted and end at once. */
  lost: number[] = [];
  /** Why, for the first of them. */
  lostReason = '';
  /** An event that submits its ready and lost rows is pending. */
  isScheduled = false;
  /** undefined if its tasks do not depend on each other. */
  readonly graph: JobGraph | undefined;
  /** By row: the rows that must finish first. */
  private readonly waits: Int32Array;
  /** By row: submitted tasks that have not finished. */
  private readonly unfinished: Int32Array;
  private readonly isLost: Uint8Array;

  constructor(name: string | number, rows: number, graph: JobGraph | undefined) {
    this.name = name;
    this.graph = graph;
    this.held = new Array<HeldRow>(rows).fill(NONE);
    this.unsubmitted = rows;
    this.waits = new Int32Array(rows);
    this.unfinished = new Int32Array(rows);
    this.isLost = new Uint8Array(rows);
    for (let row = 0; row < rows; row++) {
      this.waits[row] = graph?.parents[row].length ?? 0;
      if (this.waits[row] === 0) this.ready.push(row);
    }
  }

  taskSubmitted(row: number): void {
    this.unfinished[row]++;
  }

  /** A task of the row has ended for good. Returns whether rows are ready or lost. */
  taskEnded(row: number, outcome: TaskOutcome): boolean {
    const children = this.graph?.children[row];
    if (children === undefined || children.length === 0) return false;
    if (outcome !== 'finished') {
      this.lose(children, `a task that it depends on did not finish (${outcome})`);
      return this.lost.length > 0;
    }
    if (--this.unfinished[row] > 0) return false;
    for (const child of children) if (--this.waits[child] === 0) this.ready.push(child);
    return this.ready.length > 0;
  }

  /** None of its rows can run. */
  loseAll(reason: string): void {
    this.ready = [];
    this.lose([...this.held.keys()], reason);
  }

  private lose(rows: readonly number[], reason: string): void {
    const open = [...rows];
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      if (this.isLost[row] === 1) continue;
      this.isLost[row] = 1;
      this.lost.push(row);
      open.push(...(this.graph?.children[row] ?? []));
    }
    if (this.lostReason === '') this.lostReason = reason;
  }

  /** Why rows of it are still held at the end of a run. */
  whyHeld(): string {
    if (this.job !== NONE || this.preceding === undefined)
      return 'tasks that they depend on have not finished';
    return Number.isNaN(this.preceding.end)
      ? `the job that it follows, ${this.preceding.name}, has not ended`
      : `the think time after job ${this.preceding.name} is not over`;
  }
}
