import { FOREVER, type Micros } from '../micros.js';
import { grown, NONE, setFact } from './columns.js';
import type { FrameworkId } from './framework.js';
import { NO_RULE, type PlacementRuleId } from './placement-rule.js';
import { type TaskId, TaskLists } from './task-lists.js';

/** Index of a job's row. Rows are reused after the job has ended. */
export type JobId = number;

/** Tasks submitted together. All tasks of a gang start at one instant, or none does. */
export interface JobSpec {
  /** Id of the job in the trace. */
  readonly name: string | number;
  readonly framework: FrameworkId;
  readonly submitted: Micros;
  readonly gang?: boolean;
  /** Of a gang: with fewer running members it restarts as a whole; 0 or left out for all of them. */
  readonly minimum?: number;
  /** Its placement rule; none when left out. */
  readonly rule?: PlacementRuleId;
  /** Who submitted it; left out when unknown. */
  readonly user?: string | undefined;
  /** The user's group, and the queue it was submitted to; left out when unknown. */
  readonly group?: string | undefined;
  readonly queue?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** When it should be done; FOREVER when left out. */
  readonly deadline?: Micros;
}

/** The current jobs, one row each. Times are Micros; NaN until they are known. */
export class JobTable {
  readonly name: (string | number)[] = [];
  readonly user: (string | undefined)[] = [];
  readonly group: (string | undefined)[] = [];
  readonly queue: (string | undefined)[] = [];
  readonly labels: (Readonly<Record<string, string>> | undefined)[] = [];
  /** NONE in an unused row. */
  framework = new Int32Array(64).fill(NONE);
  submitted = new Float64Array(64);
  /** FOREVER without one. */
  deadline = new Float64Array(64);
  /** Since when none of its tasks runs. Valid while none runs. */
  waitingSince = new Float64Array(64);
  /** First start of any of its tasks. */
  started = new Float64Array(64);
  /** The start that the scheduler has promised; NaN without a promise. */
  promised = new Float64Array(64);
  /** 1 for a gang. */
  gang = new Uint8Array(64);
  /** Its placement rule; NO_RULE for none. */
  rule = new Int32Array(64);
  /** Number of tasks submitted so far. */
  tasks = new Int32Array(64);
  /** Number of tasks that have not reached a final state. */
  unfinished = new Int32Array(64);
  /** Number of tasks that are still in the task table and refer to this row. */
  retained = new Int32Array(64);
  pending = new Int32Array(64);
  running = new Int32Array(64);
  /** Number of tasks that have started at least once. */
  everStarted = new Int32Array(64);
  /** Number of tasks in a pending queue. */
  queued = new Int32Array(64);
  /** Number of tasks that ended without success (timed out, lost, abandoned, rejected). */
  unsuccessful = new Int32Array(64);
  /** The tasks of each job that have not ended, in order of submission. */
  readonly allTasks = new TaskLists();
  /** Those that do not run, the longest wait first; `pending` is their number. */
  readonly pendingTasks = new TaskLists();
  /** Jobs with tasks that are submitted later, when the tasks that they depend on have finished. */
  readonly growing = new Set<JobId>();
  /** Upper bound of all rows used so far. */
  bound = 0;
  /** Number of jobs in the table now. */
  live = 0;

  /** Least number of running members of gangs, 0 for all. Undefined while no gang has had one. */
  private minimum: Int32Array | undefined;
  private readonly unused: JobId[] = [];

  add(spec: JobSpec): JobId {
    const id = this.unused.pop() ?? this.bound++;
    this.reserve(id + 1);
    this.name[id] = spec.name;
    setFact(this.user, id, spec.user);
    setFact(this.group, id, spec.group);
    setFact(this.queue, id, spec.queue);
    setFact(this.labels, id, spec.labels);
    this.framework[id] = spec.framework;
    this.submitted[id] = spec.submitted;
    this.deadline[id] = spec.deadline ?? FOREVER;
    this.waitingSince[id] = spec.submitted;
    this.started[id] = Number.NaN;
    this.promised[id] = Number.NaN;
    this.gang[id] = spec.gang === true ? 1 : 0;
    this.setMinimum(id, spec.minimum ?? 0);
    this.rule[id] = spec.rule ?? NO_RULE;
    this.tasks[id] = 0;
    this.unfinished[id] = 0;
    this.retained[id] = 0;
    this.pending[id] = 0;
    this.running[id] = 0;
    this.everStarted[id] = 0;
    this.queued[id] = 0;
    this.unsuccessful[id] = 0;
    this.live++;
    return id;
  }

  /** Have all of its tasks ended, and will none be submitted any more? */
  hasEnded(id: JobId): boolean {
    return this.unfinished[id] === 0 && (this.growing.size === 0 || !this.growing.has(id));
  }

  private setMinimum(id: JobId, minimum: number): void {
    if (minimum === 0 && this.minimum === undefined) return;
    this.minimum = grown(this.minimum ?? new Int32Array(0), Math.max(id + 1, this.tasks.length));
    this.minimum[id] = minimum;
  }

  /** Do the other members of the gang run on when it loses one? */
  isElastic(id: JobId): boolean {
    return (this.minimum?.[id] ?? 0) > 0;
  }

  /** Fewest tasks that may run: all that have not ended for a gang without a minimum, 0 for independent tasks. */
  leastRunning(id: JobId): number {
    if (this.gang[id] === 0) return 0;
    return Math.min(this.minimum?.[id] || this.unfinished[id], this.unfinished[id]);
  }

  /** The job has one more task, which is pending. */
  taskSubmitted(id: JobId, task: TaskId): void {
    this.tasks[id]++;
    this.unfinished[id]++;
    this.retained[id]++;
    this.allTasks.append(id, task);
    this.waitsAgain(id, task);
  }

  /** A task of the job is pending, behind the others. */
  waitsAgain(id: JobId, task: TaskId): void {
    this.pending[id]++;
    this.pendingTasks.append(id, task);
  }

  /** A pending task of the job starts, or leaves. */
  notPending(id: JobId, task: TaskId): void {
    this.pending[id]--;
    this.pendingTasks.remove(id, task);
  }

  taskStarted(id: JobId, task: TaskId, now: Micros): void {
    this.notPending(id, task);
    this.running[id]++;
    if (Number.isNaN(this.started[id])) this.started[id] = now;
  }

  /** Frees the row of a job that has ended. */
  remove(id: JobId): void {
    this.framework[id] = NONE;
    this.unused.push(id);
    this.live--;
  }

  private reserve(length: number): void {
    if (this.tasks.length >= length) return;
    this.framework = grown(this.framework, length, NONE);
    this.submitted = grown(this.submitted, length);
    this.deadline = grown(this.deadline, length);
    this.waitingSince = grown(this.waitingSince, length);
    this.started = grown(this.started, length);
    this.promised = grown(this.promised, length);
    this.gang = grown(this.gang, length);
    this.rule = grown(this.rule, length);
    this.tasks = grown(this.tasks, length);
    this.unfinished = grown(this.unfinished, length);
    this.retained = grown(this.retained, length);
    this.pending = grown(this.pending, length);
    this.running = grown(this.running, length);
    this.everStarted = grown(this.everStarted, length);
    this.queued = grown(this.queued, length);
    this.unsuccessful = grown(this.unsuccessful, length);
  }
}
