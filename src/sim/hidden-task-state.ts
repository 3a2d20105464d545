import { grown, type TaskId } from '../model/index.js';
import type { TaskBatch } from '../workloads/trace.js';

/** State of each current task that only the simulation can read; rows are task ids. Policies never see this table. */
export class HiddenTaskState {
  /** Run time of an attempt, Micros. */
  duration = new Float64Array(256);
  /** Time until the first attempt fails; FOREVER if it does not. */
  failAfter = new Float64Array(256);
  /** `used[task * dims + dimension]`: actual usage at curve value 1, in quanta; NaN if the trace has no usage. */
  used: Float64Array;
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
    if (this.duration.length <= task) this.reserve(task + 1);
    this.duration[task] = batch.duration[row];
    this.failAfter[task] = batch.failAfter[row];
    this.curve[task] = batch.curve[row];
    this.endOrder[task] = Number.NaN;
    this.stopped[task] = Number.NaN;
    this.endedUnseen[task] = 0;
    const from = row * this.dims;
    const to = task * this.dims;
    for (let d = 0; d < this.dims; d++) this.used[to + d] = batch.usage[from + d] * batch.demand[from + d];
  }

  /** Sets the state of a copy of another task that requests `demand`. Its usage is the same, but at most `demand`. */
  copy(from: TaskId, to: TaskId, demand: ArrayLike<number>): void {
    if (this.duration.length <= to) this.reserve(to + 1);
    this.duration[to] = this.duration[from];
    this.failAfter[to] = Number.POSITIVE_INFINITY;
    this.curve[to] = this.curve[from];
    this.endOrder[to] = Number.NaN;
    this.stopped[to] = Number.NaN;
    this.endedUnseen[to] = 0;
    for (let d = 0; d < this.dims; d++)
      this.used[to * this.dims + d] = Math.min(this.used[from * this.dims + d], demand[d]);
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
