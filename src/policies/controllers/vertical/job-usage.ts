import type { Micros } from '../../../model/index.js';
import type { LimitRule, VerticalTerms } from './vertical-parameters.js';

/** Usage of one resource of one job, and its recommended limit. */
interface Watched {
  readonly rule: LimitRule;
  readonly histogram: UsageHistogram;
  readonly usages: RecentPeak;
  readonly recommended: RecentPeak;
}

/** Usage of a job as JSON, by dimension; null for those whose limits do not change. */
interface StoredUsage {
  readonly asked: readonly number[];
  readonly since: Micros;
  readonly parts: readonly (StoredPart | null)[];
}

interface StoredPart {
  readonly histogram: StoredHistogram;
  readonly usages: StoredPeak;
  readonly recommended: StoredPeak;
}

/** The weights above 0 with their buckets; the origin is null before the first sample. */
interface StoredHistogram {
  readonly origin: Micros | null;
  readonly weights: readonly (readonly [bucket: number, weight: number])[];
}

/** The values up to the last that is not 0, and the place of the next. */
interface StoredPeak {
  readonly next: number;
  readonly values: readonly number[];
}

/** Mean usage of the tasks of one job at each check, and the resulting limits. */
export class JobUsage {
  readonly since: Micros;
  private readonly terms: VerticalTerms;
  /** By dimension; undefined if its limits do not change. */
  private readonly watched: readonly (Watched | undefined)[];

  private readonly asked: ArrayLike<number>;

  /** `asked` is the original demand of a task of the job, in quanta. */
  constructor(asked: ArrayLike<number>, terms: VerticalTerms, now: Micros) {
    this.since = now;
    this.asked = asked;
    this.terms = terms;
    this.watched = terms.rules.map((rule, d) =>
      // The histogram distinguishes usages up to twice the original demand.
      rule === undefined || asked[d] === 0 ? undefined : watched(rule, (2 * asked[d]) / BUCKETS, terms),
    );
  }

  /** The usage from a text that `text` made. */
  static from(text: string, terms: VerticalTerms): JobUsage {
    const { asked, since, parts } = JSON.parse(text) as StoredUsage;
    const usage = new JobUsage(asked, terms, since);
    usage.watched.forEach((one, d) => {
      const part = parts[d];
      if (one === undefined || part === null) return;
      one.histogram.restore(part.histogram);
      one.usages.restore(part.usages);
      one.recommended.restore(part.recommended);
    });
    return usage;
  }

  /** All of it as a text, to keep it over a restart. */
  text(): string {
    const stored: StoredUsage = {
      asked: Array.from(this.asked),
      since: this.since,
      parts: this.watched.map((one) =>
        one === undefined
          ? null
          : {
              histogram: one.histogram.stored(),
              usages: one.usages.stored(),
              recommended: one.recommended.stored(),
            },
      ),
    };
    return JSON.stringify(stored);
  }

  /** Records the current usage of the job, in quanta per dimension; NaN for one without samples, whose limit stays. */
  record(used: ArrayLike<number>, now: Micros): void {
    this.watched.forEach((one, d) => {
      if (one === undefined || Number.isNaN(used[d])) return;
      one.histogram.record(used[d], now);
      if (one.rule.recommender === 'peak') one.usages.push(used[d]);
      one.recommended.push(statistic(one) * (1 + this.terms.margin));
    });
  }

  /** The new limit of a dimension in whole quanta. It stays at `limit` when the job is too new or the change too small. */
  limit(dimension: number, limit: number, now: Micros): number {
    const one = this.watched[dimension];
    if (one === undefined || !one.histogram.hasSamples || now - this.since < this.terms.warmUp) return limit;
    const wanted = Math.max(1, Math.ceil(one.recommended.highest));
    return Math.abs(wanted - limit) < this.terms.least * limit ? limit : wanted;
  }
}

function watched(rule: LimitRule, bucketWidth: number, { window, hold, interval }: VerticalTerms): Watched {
  return {
    rule,
    histogram: new UsageHistogram(bucketWidth, rule.halfLife),
    usages: new RecentPeak(Math.ceil(window / interval)),
    recommended: new RecentPeak(Math.ceil(hold / interval)),
  };
}

function statistic({ rule, histogram, usages }: Watched): number {
  switch (rule.recommender) {
    case 'average':
      return weightedAverage(histogram);
    case 'percentile':
      return adjustedPercentile(histogram, rule.percentile);
    case 'peak':
      return usages.highest;
  }
}

/**
 * The highest of the last pushed values: S_max of Autopilot (Rzadca et al., EuroSys 2020, section 3.2.2). Also used for
 * its hold on recommendations.
 */
export class RecentPeak {
  private readonly values: Float64Array;
  private next = 0;

  /** Keeps the last `length` values. */
  constructor(length: number) {
    this.values = new Float64Array(Math.max(1, length));
  }

  push(value: number): void {
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.values.length;
  }

  stored(): StoredPeak {
    const used = this.values.findLastIndex((value) => value !== 0) + 1;
    return { next: this.next, values: Array.from(this.values.subarray(0, used)) };
  }

  restore({ next, values }: StoredPeak): void {
    this.values.set(values);
    this.next = next;
  }

  /** 0 before any value. */
  get highest(): number {
    return this.values.reduce((highest, value) => Math.max(highest, value), 0);
  }
}

/**
 * S_pj of Autopilot (Rzadca et al., EuroSys 2020, section 3.2.2): the percentile of usage, weighted by age and by the
 * usage itself. So the limit covers a share `j` of the work done, not of the time. Returns the upper bound of its
 * bucket, or 0 without samples.
 */
export function adjustedPercentile(histogram: UsageHistogram, j: number): number {
  let all = 0;
  for (let k = 0; k < BUCKETS; k++) all += histogram.weights[k] * histogram.upperBound(k);
  let below = 0;
  for (let k = 0; k < BUCKETS; k++) {
    below += histogram.weights[k] * histogram.upperBound(k);
    if (below > 0 && below >= j * all) return histogram.upperBound(k);
  }
  return 0;
}

/**
 * S_avg of Autopilot (Rzadca et al., EuroSys 2020, section 3.2.2): the mean usage, weighted by age. It suits tasks that
 * tolerate throttling. Each sample counts as the upper bound of its bucket. Returns 0 without samples.
 */
export function weightedAverage(histogram: UsageHistogram): number {
  let sum = 0;
  let weight = 0;
  for (let k = 0; k < BUCKETS; k++) {
    sum += histogram.weights[k] * histogram.upperBound(k);
    weight += histogram.weights[k];
  }
  return weight === 0 ? 0 : sum / weight;
}

/** Buckets of a histogram; Autopilot has 400 for CPU (section 3.2.1). */
const BUCKETS = 400;

/** Weights grow by powers of two. They are rescaled when a weight reaches this value. */
const RENEW_AT = 2 ** 40;

/**
 * Histogram of a job's usage with buckets of equal width. A sample one half-life old has half the weight of a new one.
 * Old weights are not reduced; new weights are increased instead (forward decay: Cormode et al., ICDE 2009).
 */
export class UsageHistogram {
  readonly bucketWidth: number;
  /**
   * Bucket k counts usages above k x bucketWidth and up to (k + 1) x bucketWidth. The first also counts 0, the last all
   * higher usages.
   */
  readonly weights = new Float64Array(BUCKETS);
  private readonly halfLife: Micros;
  private origin: Micros = Number.NaN;

  constructor(bucketWidth: number, halfLife: Micros) {
    this.bucketWidth = bucketWidth;
    this.halfLife = halfLife;
  }

  get hasSamples(): boolean {
    return !Number.isNaN(this.origin);
  }

  record(usage: number, now: Micros): void {
    if (!this.hasSamples) this.origin = now;
    const weight = 2 ** ((now - this.origin) / this.halfLife);
    const bucket = Math.max(0, Math.ceil(usage / this.bucketWidth) - 1);
    this.weights[Math.min(BUCKETS - 1, bucket)] += weight;
    if (weight < RENEW_AT) return;
    for (let k = 0; k < BUCKETS; k++) this.weights[k] /= weight;
    this.origin = now;
  }

  stored(): StoredHistogram {
    const weights = Array.from(this.weights, (weight, bucket) => [bucket, weight] as const);
    return {
      origin: Number.isNaN(this.origin) ? null : this.origin,
      weights: weights.filter(([, weight]) => weight > 0),
    };
  }

  restore({ origin, weights }: StoredHistogram): void {
    this.origin = origin ?? Number.NaN;
    for (const [bucket, weight] of weights) this.weights[bucket] = weight;
  }

  /** The highest usage in a bucket. */
  upperBound(bucket: number): number {
    return (bucket + 1) * this.bucketWidth;
  }
}
