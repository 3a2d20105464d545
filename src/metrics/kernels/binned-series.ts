import type { Micros } from '../../model/index.js';

/** Maximum number of bins. When more are needed, neighbours are merged and the width of the bins doubles. */
const MAX_BINS = 512;

/**
 * Quantities that change in steps, as means over equal bins of time. The width of the bins doubles when the run exceeds them. So a
 * long run ends with 256 to 512 bins, and its length need not be known in advance. Each mean is exact.
 */
export class BinnedSeries {
  binWidth: Micros;
  private readonly origin: Micros;
  private readonly columns: Float64Array[] = [];
  /** The bin of the latest change, with its borders. Most changes are in the same bin as the previous one. */
  private bin = 0;
  private binStart: Micros = 0;
  private binEnd: Micros = Number.NEGATIVE_INFINITY;
  private values = new Float64Array(8);
  private since = new Float64Array(8);

  constructor(origin: Micros, binWidth: Micros) {
    this.origin = origin;
    this.binWidth = binWidth;
  }

  /** Adds a quantity with value 0. Returns its number. */
  addColumn(): number {
    const column = this.columns.length;
    this.columns.push(new Float64Array(MAX_BINS));
    if (column >= this.values.length) {
      this.values = doubled(this.values);
      this.since = doubled(this.since);
    }
    this.since[column] = this.origin;
    return column;
  }

  /** Sets the quantity to `value` from `now` on. */
  set(column: number, value: number, now: Micros): void {
    if (now > this.since[column]) this.integrate(column, now);
    this.values[column] = value;
  }

  /** Changes the quantity by `delta` at `now`. */
  add(column: number, delta: number, now: Micros): void {
    if (now > this.since[column]) this.integrate(column, now);
    this.values[column] += delta;
  }

  /** Mean of a quantity in each bin from the origin to `end`; the last bin may be shorter. */
  means(column: number, end: Micros): Float64Array {
    this.set(column, this.values[column], end);
    const bins = this.binsUntil(end);
    const means = new Float64Array(bins);
    for (let bin = 0; bin < bins; bin++) {
      const width = Math.min(this.binWidth, end - this.origin - bin * this.binWidth);
      means[bin] = width > 0 ? this.columns[column][bin] / width : 0;
    }
    return means;
  }

  /** Number of bins that begin before `end`. */
  binsUntil(end: Micros): number {
    return Math.ceil((end - this.origin) / this.binWidth);
  }

  private integrate(column: number, now: Micros): void {
    const since = this.since[column];
    if (since >= this.binStart && now <= this.binEnd) {
      this.since[column] = now;
      this.columns[column][this.bin] += this.values[column] * (now - since);
      return;
    }
    this.spread(column, now);
    this.bin = Math.floor((now - this.origin) / this.binWidth);
    this.binStart = this.origin + this.bin * this.binWidth;
    // A change at the end of the last bin needs wider bins.
    this.binEnd = this.bin < MAX_BINS ? this.binStart + this.binWidth : Number.NEGATIVE_INFINITY;
  }

  private spread(column: number, now: Micros): void {
    while (now - this.origin > MAX_BINS * this.binWidth) this.widen();
    const value = this.values[column];
    let from = this.since[column] - this.origin;
    const to = now - this.origin;
    this.since[column] = now;
    if (value === 0) return;
    const sums = this.columns[column];
    let bin = Math.floor(from / this.binWidth);
    while (from < to) {
      const end = Math.min(to, (bin + 1) * this.binWidth);
      sums[bin] += value * (end - from);
      from = end;
      bin++;
    }
  }

  private widen(): void {
    this.binWidth *= 2;
    this.binEnd = Number.NEGATIVE_INFINITY;
    for (const sums of this.columns) {
      for (let bin = 0; bin < MAX_BINS / 2; bin++) sums[bin] = sums[2 * bin] + sums[2 * bin + 1];
      sums.fill(0, MAX_BINS / 2);
    }
  }
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
