import type { FrameworkId, Micros } from '../../model/index.js';
import { type ShareOverTime, SharesOverTime } from '../kernels/shares-over-time.js';
import type { ExistingCapacity } from './existing-capacity.js';
import type { FrameworkMetrics } from './framework-metrics.js';
import { KnownUsage } from './known-usage.js';

/** The used share of the existing capacity, by resource. */
export class UsageMetrics {
  private readonly capacity: ExistingCapacity;
  private readonly frameworks: readonly FrameworkMetrics[];
  /** Where the usage is not known, the share has no meaning. */
  private readonly shares: SharesOverTime;
  private readonly byFramework: Float64Array[] = [];
  private readonly known: KnownUsage;

  constructor(capacity: ExistingCapacity, frameworks: readonly FrameworkMetrics[], start: Micros) {
    this.capacity = capacity;
    this.frameworks = frameworks;
    this.shares = new SharesOverTime(capacity.now, start);
    this.known = new KnownUsage(capacity.now.length);
  }

  /** The usage at the start is that at the end of another part of the run. */
  continueFrom(before: UsageMetrics): void {
    this.known.continueFrom(before.known);
    this.shares.amounts.set(before.shares.amounts);
    before.byFramework.forEach((used, framework) => {
      this.byFramework[framework] = used.slice();
    });
  }

  /** The usage of a framework, as in Observer. */
  changed(framework: FrameworkId, used: Float64Array, now: Micros): void {
    this.known.changed(used);
    this.shares.advance(now);
    this.byFramework[framework] ??= new Float64Array(used.length);
    const before = this.byFramework[framework];
    for (let d = 0; d < used.length; d++) {
      // A sum cannot become NaN and known again.
      if (!this.known.has(d)) continue;
      this.shares.amounts[d] += used[d] - before[d];
      before[d] = used[d];
    }
  }

  /** Counts the time up to now. Call it before the existing capacity changes. */
  advance(now: Micros): void {
    this.shares.advance(now);
  }

  /** Whether the usage of all tasks was known at all times. */
  isKnown(dimension: number): boolean {
    return this.known.has(dimension);
  }

  /** The used share of the capacity over an ended run. Its mean is the sum of those of the frameworks. */
  of(dimension: number): ShareOverTime {
    const used = this.frameworks.reduce((sum, { usedTime }) => sum + usedTime[dimension], 0);
    const { peak, quantile } = this.shares.of(dimension);
    return { mean: this.capacity.shareOf(used, dimension), peak, quantile };
  }
}
