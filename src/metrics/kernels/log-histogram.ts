const MANTISSA_BITS = 8;
const SHIFT = 20 - MANTISSA_BITS;

/** Bucket 1 begins at 1.0. */
const FIRST = (1023 << MANTISSA_BITS) - 1;

/** Buckets of a chunk. A chunk is made when one of its buckets is used, because most histograms use few of them. */
const CHUNK = 64;
/** Doubles up to 2^63 have buckets. */
const CHUNKS = (64 * 256) / CHUNK;

/**
 * A histogram of values >= 0, with buckets whose width grows with the value. Quantiles are within 0.4 % for any range. The bucket is
 * the exponent of the double and the first eight bits of its mantissa, so no logarithm is needed. A quantile is the mean of its
 * bucket, so it is exact if all values in the bucket are equal. Count, sum, minimum and maximum are exact. Values below 1 are in the
 * bucket of zero, so record in a small unit (Micros).
 */
export class LogHistogram {
  count = 0;
  sum = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  /** Count and sum of each bucket of a chunk, side by side. */
  private readonly chunks: (Float64Array | undefined)[] = [];

  record(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
    const bucket = bucketOf(value);
    const chunk = this.chunks[bucket >>> 6] ?? this.addChunk(bucket >>> 6);
    const at = (bucket & (CHUNK - 1)) << 1;
    chunk[at]++;
    chunk[at + 1] += value;
  }

  /** Records a number of zeros. */
  recordZeros(count: number): void {
    if (count === 0) return;
    this.record(0);
    this.count += count - 1;
    (this.chunks[0] as Float64Array)[0] += count - 1;
  }

  static sum(histograms: readonly LogHistogram[]): LogHistogram {
    const all = new LogHistogram();
    for (const one of histograms) all.add(one);
    return all;
  }

  /** Adds all values of another histogram. */
  add(other: LogHistogram): void {
    this.count += other.count;
    this.sum += other.sum;
    this.least = Math.min(this.least, other.least);
    this.greatest = Math.max(this.greatest, other.greatest);
    other.chunks.forEach((theirs, number) => {
      if (theirs === undefined) return;
      const own = this.chunks[number] ?? this.addChunk(number);
      for (let i = 0; i < theirs.length; i++) own[i] += theirs[i];
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
    for (const { value, count } of this.histogram()) {
      seen += count;
      if (seen >= rank) return value;
    }
    return this.greatest;
  }

  /** The buckets that are not empty: the mean and the number of values of each. */
  histogram(): { value: number; count: number }[] {
    const bars: { value: number; count: number }[] = [];
    for (const chunk of this.chunks) {
      if (chunk === undefined) continue;
      for (let i = 0; i < chunk.length; i += 2)
        if (chunk[i] > 0) bars.push({ value: chunk[i + 1] / chunk[i], count: chunk[i] });
    }
    return bars;
  }

  private addChunk(number: number): Float64Array {
    // Filled up to the number, so that the array keeps its fast form.
    while (this.chunks.length <= Math.min(number, CHUNKS)) this.chunks.push(undefined);
    const chunk = new Float64Array(2 * CHUNK);
    this.chunks[number] = chunk;
    return chunk;
  }
}

const asDouble = new Float64Array(1);
const asWords = new Uint32Array(asDouble.buffer);
/** Index of the word with sign and exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

function bucketOf(value: number): number {
  if (value < 1) return 0;
  asDouble[0] = value;
  return (asWords[HIGH] >>> SHIFT) - FIRST;
}
