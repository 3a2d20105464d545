/**
 * Values >= 0, counted in buckets whose width grows with the value, so that any quantile is known within 0.4 % whatever
 * the range, in constant memory and without a logarithm per value: the bucket is the exponent of the double and the
 * first seven bits of its mantissa. Count, sum, least and greatest are exact. Values below 1 share the bucket of zero, so
 * record in a unit that is small against what matters (Micros).
 */
export class Distribution {
  count = 0;
  sum = 0;
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  private buckets = new Float64Array(0);

  record(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.least) this.least = value;
    if (value > this.greatest) this.greatest = value;
    const bucket = bucketOf(value);
    if (bucket >= this.buckets.length) this.grow(bucket);
    this.buckets[bucket]++;
  }

  /** NaN when nothing was recorded. */
  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /** The value of rank ceil(q n), within 0.4 %; NaN when nothing was recorded. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    const rank = Math.min(this.count, Math.max(1, Math.ceil(q * this.count)));
    if (rank === this.count) return this.greatest;
    let seen = 0;
    for (let bucket = 0; bucket < this.buckets.length; bucket++) {
      seen += this.buckets[bucket];
      if (seen >= rank) return Math.min(this.greatest, Math.max(this.least, middleOf(bucket)));
    }
    return this.greatest;
  }

  /** Buckets with something in them: the middle of each, and how many values it holds. */
  histogram(): { value: number; count: number }[] {
    const bars: { value: number; count: number }[] = [];
    this.buckets.forEach((count, bucket) => {
      if (count > 0) bars.push({ value: middleOf(bucket), count });
    });
    return bars;
  }

  private grow(bucket: number): void {
    const larger = new Float64Array(Math.max(bucket + 1, this.buckets.length * 2, 256));
    larger.set(this.buckets);
    this.buckets = larger;
  }
}

const MANTISSA_BITS = 7;
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

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const low = lowerBound(bucket);
  return (low + lowerBound(bucket + 1)) / 2;
}

function lowerBound(bucket: number): number {
  asWords[HIGH] = (bucket + FIRST) << SHIFT;
  asWords[1 - HIGH] = 0;
  return asDouble[0];
}
