import type { Column, Micros } from '../../model/index.js';

/** Maximum number of bins. When more are needed, neighbours are merged and the width of the bins doubles. */
const MAX_BINS = 512;

/** Initial width of bins. It doubles as the run grows. */
export const FIRST_BIN_WIDTH: Micros = 1_000_000;

/** What has a value for each bin. */
export interface Binned {
  /** Merges pairs of bins of this width. */
  merge(width: Micros): void;
}

/**
 * Equal bins of time, and quantities over them. A quantity is a sum of intervals with an amount each, such as the demand of a task
 * from its start to its end. An interval is added when it is over: two or four sums, however long it is. The width of the bins
 * doubles when the run exceeds them, so a long run ends with 256 to 512 bins, and its length need not be known in advance. Each
 * mean is exact.
 */
export class TimeBins {
  binWidth: Micros;
  /** The bins in which the located interval begins and ends, and its times until the ends of these bins. */
  first = 0;
  last = 0;
  afterStart: Micros = 0;
  afterEnd: Micros = 0;
  lasted: Micros = 0;
  private readonly origin: Micros;
  private readonly members: Binned[] = [];

  constructor(origin: Micros, binWidth: Micros) {
    this.origin = origin;
    this.binWidth = binWidth;
  }

  /** New quantities over these bins. */
  amounts(columns: number): BinnedAmounts {
    const member = new BinnedAmounts(this, columns);
    this.join(member);
    return member;
  }

  /** From now on the member is merged with the bins. */
  join(member: Binned): void {
    this.members.push(member);
  }

  /** The bin of a time, which the bins reach to from now on. */
  binAt(time: Micros): number {
    this.cover(time);
    return Math.floor((time - this.origin) / this.binWidth);
  }

  /** Chooses the interval to which `BinnedAmounts.add` adds, with origin <= from <= to. */
  locate(from: Micros, to: Micros): void {
    this.cover(to);
    const end = to - this.origin;
    const start = from - this.origin;
    const width = this.binWidth;
    // Both are small whole numbers, and 0 or more.
    this.first = (start / width) | 0;
    this.last = (end / width) | 0;
    this.afterStart = (this.first + 1) * width - start;
    this.afterEnd = (this.last + 1) * width - end;
    this.lasted = end - start;
  }

  /** Makes the bins reach to this time. */
  cover(time: Micros): void {
    while (time - this.origin > MAX_BINS * this.binWidth) this.widen();
  }

  startOf(bin: number): Micros {
    return this.origin + bin * this.binWidth;
  }

  /** Number of bins that begin before `end`. */
  binsUntil(end: Micros): number {
    return Math.ceil((end - this.origin) / this.binWidth);
  }

  /** Length of a bin in a run that ends at `end`: the last one may be shorter. */
  lengthOf(bin: number, end: Micros): Micros {
    return Math.min(this.binWidth, end - this.origin - bin * this.binWidth);
  }

  private widen(): void {
    for (const member of this.members) member.merge(this.binWidth);
    this.binWidth *= 2;
  }
}

const ONE = new Float64Array(1);

/** Some quantities over time: the sums of amounts over intervals, as means in each bin. */
export class BinnedAmounts implements Binned {
  private readonly bins: TimeBins;
  private readonly columns: number;
  /**
   * A difference array, bin by bin: `steps` has the changes of each quantity within a bin, `areas` their area until the end of the
   * bin. The quantity at the start of a bin is the sum of all steps before it. Bins are added as time goes on.
   */
  private steps = new Float64Array(0);
  private areas = new Float64Array(0);

  constructor(bins: TimeBins, columns: number) {
    this.bins = bins;
    this.columns = columns;
  }

  /** Adds the amount from `from` to `to`, which becomes the located interval. */
  addDuring(column: number, amount: number, from: Micros, to: Micros): void {
    this.bins.locate(from, to);
    this.add(column, amount);
  }

  /** Adds the amount over the located interval. */
  add(column: number, amount: number): void {
    ONE[0] = amount;
    this.addRow(column, ONE, 0, 1);
  }

  /** Adds `count` amounts, from `amounts[from]` on, to the columns from `column` on, over the located interval. */
  addRow(column: number, amounts: Column, from: number, count: number): void {
    const { first, last, lasted, afterStart, afterEnd } = this.bins;
    let begin = first * this.columns + column;
    let end = last * this.columns + column;
    if (end + count > this.areas.length) this.grow(last);
    const { areas, steps } = this;
    if (first === last) {
      for (let i = from; i < from + count; i++) areas[begin++] += amounts[i] * lasted;
      return;
    }
    for (let i = from; i < from + count; i++, begin++, end++) {
      const amount = amounts[i];
      steps[begin] += amount;
      areas[begin] += amount * afterStart;
      steps[end] -= amount;
      areas[end] -= amount * afterEnd;
    }
  }

  /** Mean of a quantity in each bin until `end`; no interval ends later. */
  means(column: number, end: Micros): Float64Array {
    const means = new Float64Array(this.bins.binsUntil(end));
    let level = 0;
    for (let bin = 0; bin < means.length; bin++) {
      const at = bin * this.columns + column;
      if (at >= this.areas.length) break;
      const full = level * this.bins.binWidth + this.areas[at];
      level += this.steps[at];
      // The last bin ends with the run, after which nothing is left: the rest of the bin adds nothing.
      means[bin] = Math.max(0, full) / this.bins.lengthOf(bin, end);
    }
    return means;
  }

  /** Merges pairs of bins of this width. */
  merge(width: Micros): void {
    const { columns, steps, areas } = this;
    const bins = steps.length / columns;
    for (let bin = 0; bin < bins; bin += 2) {
      const from = bin * columns;
      const into = (bin / 2) * columns;
      for (let column = 0; column < columns; column++) {
        const [step, area] = [steps[from + column], areas[from + column]];
        const hasNext = bin + 1 < bins;
        steps[into + column] = step + (hasNext ? steps[from + columns + column] : 0);
        areas[into + column] = area + step * width + (hasNext ? areas[from + columns + column] : 0);
      }
    }
    const kept = Math.ceil(bins / 2) * columns;
    steps.fill(0, kept);
    areas.fill(0, kept);
  }

  private grow(bin: number): void {
    const bins = Math.min(MAX_BINS + 1, Math.max(bin + 1, (2 * this.areas.length) / this.columns, 16));
    const [steps, areas] = [new Float64Array(bins * this.columns), new Float64Array(bins * this.columns)];
    steps.set(this.steps);
    areas.set(this.areas);
    this.steps = steps;
    this.areas = areas;
  }
}
