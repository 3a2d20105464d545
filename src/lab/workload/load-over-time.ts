import { type Micros, toSeconds } from '../../model/index.js';
import { EventClass, EventQueue } from '../../sim/event-queue.js';

/** Largest number of bins. */
const BINS = 60;

/** Shortest bin: one second. */
const SHORTEST: Micros = 1_000_000;

/** The mean demand in bins of equal length from the first to the last submission. */
export interface LoadSeries {
  /** Length of a bin, in seconds. The last bin ends with the last submission. */
  readonly binSeconds: number;
  /** For each dimension, the mean demand in each bin, in quanta. */
  readonly means: readonly (readonly number[])[];
}

/**
 * The demand of running tasks over time, if every task starts when it is submitted. The bins double in length when the
 * trace goes on, so one pass is enough, and the memory grows only with the number of tasks that run together.
 */
export class LoadOverTime {
  private readonly dims: number;
  private readonly ends = new EventQueue();
  /** The demand that ends with each pending event. Entries are reused. */
  private readonly leaving: Float64Array[] = [];
  private readonly unused: number[] = [];
  private readonly current: Float64Array;
  /** Demand x time of each bin, by dimension. */
  private readonly integral: Float64Array[];
  private width: Micros = SHORTEST;
  private start: Micros = Number.NaN;
  private now: Micros = Number.NaN;

  constructor(dims: number) {
    this.dims = dims;
    this.current = new Float64Array(dims);
    this.integral = Array.from({ length: dims }, () => new Float64Array(BINS));
  }

  /** Adds tasks in order of submission. `demand` is that of one of them, in quanta; `end` may be FOREVER. */
  add(submit: Micros, end: Micros, demand: ArrayLike<number>, tasks: number): void {
    if (Number.isNaN(this.start)) {
      this.start = submit;
      this.now = submit;
    }
    while (this.ends.peekTime() <= submit && this.ends.take()) {
      this.advance(this.ends.time);
      this.change(this.leaving[this.ends.subject], -1);
      this.unused.push(this.ends.subject);
    }
    this.advance(submit);
    const amounts = Float64Array.from(demand, (amount) => amount * tasks);
    this.change(amounts, 1);
    if (!Number.isFinite(end)) return;
    const place = this.unused.pop() ?? this.leaving.length;
    this.leaving[place] = amounts;
    this.ends.add(end, EventClass.taskEnd, place);
  }

  /** The series; undefined when all tasks were submitted at one instant. */
  series(): LoadSeries | undefined {
    const length = this.now - this.start;
    if (!(length > 0)) return undefined;
    const bins = Math.ceil(length / this.width);
    const covered = (bin: number) => Math.min(this.width, length - bin * this.width);
    return {
      binSeconds: toSeconds(this.width),
      means: this.integral.map((sums) => Array.from({ length: bins }, (_, bin) => sums[bin] / covered(bin))),
    };
  }

  private change(amounts: Float64Array, sign: 1 | -1): void {
    for (let d = 0; d < this.dims; d++) this.current[d] += sign * amounts[d];
  }

  private advance(time: Micros): void {
    while (time - this.start > this.width * BINS) this.doubleBins();
    while (this.now < time) {
      const bin = Math.floor((this.now - this.start) / this.width);
      const until = Math.min(time, this.start + (bin + 1) * this.width);
      for (let d = 0; d < this.dims; d++) this.integral[d][bin] += this.current[d] * (until - this.now);
      this.now = until;
    }
  }

  private doubleBins(): void {
    this.width *= 2;
    for (const sums of this.integral) {
      for (let bin = 0; bin < BINS; bin++) sums[bin] = 2 * bin < BINS ? sums[2 * bin] + sums[2 * bin + 1] : 0;
    }
  }
}
