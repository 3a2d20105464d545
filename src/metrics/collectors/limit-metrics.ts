import type { Cluster, Column, FrameworkId, LimitReview, Micros } from '../../model/index.js';

/** Requests, limits and usage of one framework with vertical scaling: sums over time, in quanta x Micros per dimension. */
export class FrameworkLimits {
  resized = 0;
  refused = 0;
  readonly asked: Float64Array;
  readonly limit: Float64Array;
  readonly used: Float64Array;
  readonly beyond: Float64Array;

  constructor(dims: number) {
    this.asked = new Float64Array(dims);
    this.limit = new Float64Array(dims);
    this.used = new Float64Array(dims);
    this.beyond = new Float64Array(dims);
  }
}

interface Reviewed {
  readonly sums: FrameworkLimits;
  /** The latest report; it is valid until the next review. */
  readonly asked: Float64Array;
  readonly limit: Float64Array;
  readonly used: Float64Array;
  readonly beyond: Float64Array;
  since: Micros;
}

/** Sums of the limits that vertical scaling reviews. */
export class LimitMetrics {
  private readonly dims: number;
  private readonly frameworks: (Reviewed | undefined)[] = [];

  constructor(cluster: Cluster) {
    this.dims = cluster.space.size;
  }

  /** The limits of a task of the framework were changed. */
  resized(framework: FrameworkId): void {
    this.of(framework).sums.resized++;
  }

  /** The requests, limits and usage of the framework from now on. */
  reviewed(framework: FrameworkId, review: LimitReview, now: Micros): void {
    const known = this.of(framework);
    this.count(known, now);
    known.asked.set(review.asked as ArrayLike<number>);
    known.limit.set(review.limit as ArrayLike<number>);
    known.used.set(review.used as ArrayLike<number>);
    known.beyond.set(review.beyond as ArrayLike<number>);
    known.sums.refused += review.refused;
  }

  /** Counts the time up to the end of the run. */
  close(end: Micros): void {
    for (const known of this.frameworks) if (known !== undefined) this.count(known, end);
  }

  /** The sums of a framework; undefined if its limits are not reviewed. */
  sumsOf(framework: FrameworkId): FrameworkLimits | undefined {
    return this.frameworks[framework]?.sums;
  }

  private count(known: Reviewed, now: Micros): void {
    const lasted = now - known.since;
    known.since = now;
    if (!(lasted > 0)) return;
    add(known.sums.asked, known.asked, lasted);
    add(known.sums.limit, known.limit, lasted);
    add(known.sums.used, known.used, lasted);
    add(known.sums.beyond, known.beyond, lasted);
  }

  private of(framework: FrameworkId): Reviewed {
    this.frameworks[framework] ??= {
      sums: new FrameworkLimits(this.dims),
      asked: new Float64Array(this.dims),
      limit: new Float64Array(this.dims),
      used: new Float64Array(this.dims),
      beyond: new Float64Array(this.dims),
      since: Number.NaN,
    };
    return this.frameworks[framework];
  }
}

function add(sums: Float64Array, amounts: Column, lasted: Micros): void {
  for (let d = 0; d < sums.length; d++) sums[d] += amounts[d] * lasted;
}
