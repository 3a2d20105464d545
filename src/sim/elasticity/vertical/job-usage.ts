import type { Micros } from '../../../model/index.js';
import { adjustedPercentile } from './adjusted-percentile.js';
import { RecentPeak } from './recent-peak.js';
import { BUCKETS, UsageHistogram } from './usage-histogram.js';
import type { LimitRule, VerticalTerms } from './vertical-parameters.js';
import { weightedAverage } from './weighted-average.js';

/** What has been seen of one resource of one job, and the limit that it recommends. */
interface Watched {
  readonly rule: LimitRule;
  readonly histogram: UsageHistogram;
  readonly usages: RecentPeak;
  readonly recommended: RecentPeak;
}

/** The usage of one job, as its tasks have it on average, look by look, and the limits that follow from it. */
export class JobUsage {
  readonly since: Micros;
  private readonly terms: VerticalTerms;
  /** By dimension; undefined for one whose limits stay. */
  private readonly watched: readonly (Watched | undefined)[];

  /** `asked` is what a task of the job was submitted with, in quanta. */
  constructor(asked: ArrayLike<number>, terms: VerticalTerms, now: Micros) {
    this.since = now;
    this.terms = terms;
    this.watched = terms.rules.map((rule, d) =>
      // Twice what was asked for is the most that a histogram tells apart.
      rule === undefined || asked[d] === 0 ? undefined : watched(rule, (2 * asked[d]) / BUCKETS, terms),
    );
  }

  /** A task of the job uses so much now, in quanta per dimension. */
  record(used: ArrayLike<number>, now: Micros): void {
    this.watched.forEach((one, d) => {
      if (one === undefined) return;
      one.histogram.record(used[d], now);
      one.usages.push(used[d]);
      one.recommended.push(statistic(one) * (1 + this.terms.margin));
    });
  }

  /** The limit of a dimension in whole quanta, where it was `limit`: that one where the job is too new, or the change too small. */
  limit(dimension: number, limit: number, now: Micros): number {
    const one = this.watched[dimension];
    if (one === undefined || now - this.since < this.terms.warmUp) return limit;
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
