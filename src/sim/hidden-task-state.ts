import { grown, type Micros, type TaskId } from '../model/index.js';
import type { TaskBatch } from '../workloads/trace.js';
import { failuresOf } from '../workloads/trace-attempts.js';
import { ProfiledUsage, usedAmount } from './usage-profiles.js';

/** State of each current task that only the simulation can read; rows are task ids. Policies never see this table. */
export class HiddenTaskState {
  /** Run time of an attempt, Micros. */
  duration = new Float64Array(256);
  /** Time until the first attempt fails if it has not finished by then; FOREVER if it does not fail. */
  failAfter = new Float64Array(256);
  /** `used[task * dims + dimension]`: actual usage at curve value 1, in quanta; NaN where the trace does not say it. */
  used: Float64Array;
  /** Does the trace give a usage above 0 for any task so far? */
  isUsageGiven = false;
  /** Usage over time; `used` then has the current step. Tasks with constant usage have no entry. */
  readonly profiles = new Map<TaskId, ProfiledUsage>();
  /** Failures of tasks with attempts in the trace. Other tasks have no entry. */
  readonly failures = new Map<TaskId, PlannedFailures>();
  /** Index of the load curve of its usage. */
  curve = new Int32Array(256);
  /** Order number of the event that ends the running attempt; NaN if there is none. */
  endOrder = new Float64Array(256);
  /** When the attempt stopped, if the master has not detected it yet; NaN otherwise. */
  stopped = new Float64Array(256).fill(Number.NaN);
  /** 1 if the attempt ended while its machine was unreachable. */
  endedUnseen = new Uint8Array(256);
  private readonly dims: number;

  constructor(dims: number) {
    this.dims = dims;
    this.used = new Float64Array(256 * dims);
  }

  /** Sets the state of a new task from a row of the trace. */
  set(task: TaskId, batch: TaskBatch, row: number): void {
    this.begin(task);
    this.duration[task] = batch.duration[row];
    this.failAfter[task] = batch.failAfter[row];
    this.curve[task] = batch.curve[row];
    const from = row * this.dims;
    const to = task * this.dims;
    for (let d = 0; d < this.dims; d++) {
      const amount = usedAmount(batch.usage[from + d], batch.demand[from + d]);
      this.used[to + d] = amount;
      if (amount > 0) this.isUsageGiven = true;
    }
    const profile = batch.profile[row];
    const attempts = batch.attempts[row];
    if (profile !== undefined) {
      this.isUsageGiven = true;
      const demand = batch.demand.slice(from, from + this.dims);
      this.profiles.set(task, new ProfiledUsage(profile, demand, batch.duration[row]));
    }
    if (attempts !== undefined) {
      const failures = failuresOf(attempts);
      if (failures.length > 0) this.failures.set(task, new PlannedFailures(failures));
    }
  }

  /** Sets the state of a copy of another task that requests `demand`. Its usage is the same, but at most `demand`. */
  copy(from: TaskId, to: TaskId, demand: ArrayLike<number>): void {
    this.begin(to);
    this.duration[to] = this.duration[from];
    this.failAfter[to] = Number.POSITIVE_INFINITY;
    this.curve[to] = this.curve[from];
    for (let d = 0; d < this.dims; d++)
      this.used[to * this.dims + d] = Math.min(this.used[from * this.dims + d], demand[d]);
    const profiled = this.profiles.get(from);
    if (profiled !== undefined) this.profiles.set(to, profiled.atMost(demand));
  }

  /** A new task has this id. */
  private begin(task: TaskId): void {
    if (this.duration.length <= task) this.reserve(task + 1);
    this.endOrder[task] = Number.NaN;
    this.stopped[task] = Number.NaN;
    this.endedUnseen[task] = 0;
    if (this.profiles.size > 0) this.profiles.delete(task);
    if (this.failures.size > 0) this.failures.delete(task);
  }

  private reserve(length: number): void {
    this.duration = grown(this.duration, length);
    this.failAfter = grown(this.failAfter, length);
    this.used = grown(this.used, this.duration.length * this.dims);
    this.curve = grown(this.curve, length);
    this.endOrder = grown(this.endOrder, length);
    this.stopped = grown(this.stopped, length);
    this.endedUnseen = grown(this.endedUnseen, length);
  }
}

/** Failures of a task by attempt. The first attempt has the first one; if it is stopped before, that failure does not happen. */
class PlannedFailures {
  private readonly times: readonly Micros[];
  private next = 1;

  constructor(times: readonly Micros[]) {
    this.times = times;
  }

  /** After how long this attempt, from 1, fails; FOREVER if it does not. */
  after(attempt: number): Micros {
    return this.times[attempt === 1 ? 0 : this.next] ?? Number.POSITIVE_INFINITY;
  }

  /** This attempt has failed. A later attempt that is stopped before its failure leaves it to the next one. */
  happened(attempt: number): void {
    if (attempt > 1) this.next++;
  }
}
