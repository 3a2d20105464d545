import type { Micros } from '../../model/index.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import type { BinnedAmounts, TimeBins } from '../kernels/time-bins.js';
import { TimeWeightedMean } from '../kernels/time-weighted-mean.js';
import { KnownUsage } from './known-usage.js';
import { TaskCounter } from './task-counter.js';

/** Tasks, waits and resources of one framework. Amounts are in quanta per dimension. */
export class FrameworkMetrics {
  readonly tasks = new TaskCounter();
  /** Micros from a task's submission to its first start. */
  readonly wait = new LogHistogram();
  /** Micros from a job's submission to its end. */
  readonly response = new LogHistogram();
  /** Largest share of the existing capacity that it has of any resource. */
  readonly dominantShare: TimeWeightedMean;
  /** Allocated now, and allocated x Micros of the attempts that are over. */
  readonly amounts: Float64Array;
  readonly allocatedTime: Float64Array;
  readonly allocated: BinnedAmounts;
  /** Used x Micros, and over time; undefined while no usage is known. */
  readonly usedTime: Float64Array;
  used: BinnedAmounts | undefined;
  private readonly knownUsage: KnownUsage;
  /** The usage since `usedSince`. */
  private readonly usage: Float64Array;
  private usedSince: Micros;
  private readonly bins: TimeBins;

  constructor(dims: number, bins: TimeBins, origin: Micros) {
    this.bins = bins;
    this.dominantShare = new TimeWeightedMean(origin);
    this.amounts = new Float64Array(dims);
    this.allocatedTime = new Float64Array(dims);
    this.allocated = bins.amounts(dims);
    this.usedTime = new Float64Array(dims);
    this.usage = new Float64Array(dims);
    this.usedSince = origin;
    this.knownUsage = new KnownUsage(dims);
  }

  /** The usage at the start is that at the end of another part of the run. */
  continueFrom(before: FrameworkMetrics): void {
    this.knownUsage.continueFrom(before.knownUsage);
    this.usage.set(before.usage);
  }

  /** The usage of all its tasks is `used` from now on; NaN where it is unknown. */
  usageChanged(used: Float64Array, now: Micros): void {
    this.knownUsage.changed(used);
    this.advanceUsage(now);
    for (let d = 0; d < used.length; d++) this.usage[d] = Number.isNaN(used[d]) ? 0 : used[d];
  }

  /** Counts the usage up to now. */
  advanceUsage(now: Micros): void {
    const lasted = now - this.usedSince;
    if (!(lasted > 0)) return;
    const { usage, usedTime } = this;
    let isUsed = false;
    for (let d = 0; d < usage.length; d++) {
      usedTime[d] += usage[d] * lasted;
      isUsed ||= usage[d] > 0;
    }
    if (isUsed) {
      this.used ??= this.bins.amounts(usage.length);
      this.bins.locate(this.usedSince, now);
      for (let d = 0; d < usage.length; d++) this.used.add(d, usage[d]);
    }
    this.usedSince = now;
  }

  /** Whether the usage of all tasks was known at all times. */
  isUsageKnown(dimension: number): boolean {
    return this.knownUsage.has(dimension);
  }
}
