/**
 * A histogram of values >= 0, with buckets whose width grows with the value. Quantiles are within 0.4 % for any range, in constant
 * memory. The bucket is the exponent of the double and the first eight bits of its mantissa, so no logarithm is needed. A quantile
 * is the mean of its bucket, so it is exact if all values in the bucket are equal. Count, sum, minimum and maximum are exact.
 * Values below 1 are in the bucket of zero, so record in a small unit (Micros).
 */
export class LogHistogram {
  count = 0;
  sum = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  private counts = new Float64Array(0);
  private sums = new Float64Array(0);

  record(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
    const bucket = bucketOf(value);
    if (bucket >= this.counts.length) this.grow(bucket);
    this.counts[bucket]++;
    this.sums[bucket] += value;
  }

  /** Adds all values of another histogram. */
  add(other: LogHistogram): void {
    if (other.counts.length > this.counts.length) this.grow(other.counts.length - 1);
    this.count += other.count;
    this.sum += other.sum;
    this.least = Math.min(this.least, other.least);
    this.greatest = Math.max(this.greatest, other.greatest);
    other.counts.forEach((count, bucket) => {
      this.counts[bucket] += count;
      this.sums[bucket] += other.sums[bucket];
    });
  }

  /** NaN without values. */
  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /** The value of rank ceil(q n), within 0.4 %; NaN without values. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.min(this.count, Math.max(1, Math.ceil(q * this.count)));
    if (rank === this.count) return this.greatest;
    let seen = 0;
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      seen += this.counts[bucket];
      if (seen >= rank) return this.sums[bucket] / this.counts[bucket];
    }
    return this.greatest;
  }

  /** The buckets that are not empty: the mean and the number of values of each. */
  histogram(): { value: number; count: number }[] {
    const bars: { value: number; count: number }[] = [];
    this.counts.forEach((count, bucket) => {
      if (count > 0) bars.push({ value: this.sums[bucket] / count, count });
    });
    return bars;
  }

  private grow(bucket: number): void {
    const length = Math.max(bucket + 1, this.counts.length * 2, 256);
    const [counts, sums] = [new Float64Array(length), new Float64Array(length)];
    counts.set(this.counts);
    sums.set(this.sums);
    this.counts = counts;
    this.sums = sums;
  }
}

const MANTISSA_BITS = 8;
const SHIFT = 20 - MANTISSA_BITS;

const asDouble = new Float64Array(1);
const asWords = new Uint32Array(asDouble.buffer);
/** Index of the word with sign and exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Bucket 1 begins at 1.0. */
const FIRST = (1023 << MANTISSA_BITS) - 1;

function bucketOf(value: number): number {
  if (value < 1) return 0;
  asDouble[0] = value;
  return (asWords[HIGH] >>> SHIFT) - FIRST;
}
