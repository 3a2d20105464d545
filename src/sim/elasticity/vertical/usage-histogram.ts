import type { Micros } from '../../../model/index.js';

/** Buckets of a histogram; Autopilot has 400 for CPU (section 3.2.1). */
export const BUCKETS = 400;

/** Weights grow by powers of two, and are brought back when they reach this. */
const RENEW_AT = 2 ** 40;

/**
 * How much a job uses, by buckets of equal width; what was seen a half-life ago weighs half as much as what is seen now. Instead of making all old
 * weights smaller, each new one is made larger (forward decay: Cormode et al., ICDE 2009).
 */
export class UsageHistogram {
  readonly bucketWidth: number;
  /** By bucket k, which holds usages above k x bucketWidth and up to (k + 1) x bucketWidth; the first holds 0 too, the last all above. */
  readonly weights = new Float64Array(BUCKETS);
  private readonly halfLife: Micros;
  private origin: Micros = Number.NaN;

  constructor(bucketWidth: number, halfLife: Micros) {
    this.bucketWidth = bucketWidth;
    this.halfLife = halfLife;
  }

  record(usage: number, now: Micros): void {
    if (Number.isNaN(this.origin)) this.origin = now;
    const weight = 2 ** ((now - this.origin) / this.halfLife);
    const bucket = Math.max(0, Math.ceil(usage / this.bucketWidth) - 1);
    this.weights[Math.min(BUCKETS - 1, bucket)] += weight;
    if (weight < RENEW_AT) return;
    for (let k = 0; k < BUCKETS; k++) this.weights[k] /= weight;
    this.origin = now;
  }

  /** The highest usage that a bucket holds. */
  upperBound(bucket: number): number {
    return (bucket + 1) * this.bucketWidth;
  }
}
