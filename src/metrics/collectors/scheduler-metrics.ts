import type { Attempt, FrameworkId, Micros } from '../../model/index.js';
import { BinnedEvents } from '../kernels/binned-events.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import type { TimeBins } from '../kernels/time-bins.js';

/** The metrics of one scheduler: busyness, conflicts and waits as in the Omega paper (EuroSys 2013, section 4). */
export class SchedulerMetrics {
  decisions = 0;
  decisionTime: Micros = 0;
  /** Decision time of transactions that had a conflict. */
  wasted: Micros = 0;
  attempts = 0;
  succeeded = 0;
  failed = 0;
  /** Micros that jobs waited in the queue before the first attempt. */
  readonly wait = new LogHistogram();
  decided(decisionTime: Micros): void {
    this.decisions++;
    this.decisionTime += decisionTime;
  }

  attempted({ number, waited, decisionTime, placed, conflicts }: Attempt): void {
    this.attempts++;
    if (number === 1) this.wait.record(waited);
    if (conflicts > 0) {
      this.failed++;
      this.wasted += decisionTime;
    } else if (placed > 0) {
      this.succeeded++;
    }
  }
}

/** The metrics of all schedulers, by framework and by number within it. */
export class SchedulerMetricsTable {
  /** Decisions of all of them, with their decision time. */
  readonly busy = { count: 0, time: 0 };
  /** Conflicts of all of them, and over time. */
  conflicts = 0;
  readonly series: BinnedEvents;
  private readonly rows = new Map<FrameworkId, SchedulerMetrics[]>();

  constructor(bins: TimeBins) {
    this.series = new BinnedEvents(bins);
  }

  decided(framework: FrameworkId, ordinal: number, decisionTime: Micros): void {
    this.busy.count++;
    this.busy.time += decisionTime;
    this.of(framework, ordinal).decided(decisionTime);
  }

  attempted(attempt: Attempt, now: Micros): void {
    if (attempt.conflicts > 0) this.series.add(attempt.conflicts, now);
    this.conflicts += attempt.conflicts;
    this.of(attempt.framework, attempt.ordinal).attempted(attempt);
  }

  of(framework: FrameworkId, ordinal: number): SchedulerMetrics {
    let row = this.rows.get(framework);
    if (row === undefined) {
      row = [];
      this.rows.set(framework, row);
    }
    row[ordinal] ??= new SchedulerMetrics();
    return row[ordinal];
  }

  /** Framework, number and metrics, in the order of both. */
  entries(): [FrameworkId, number, SchedulerMetrics][] {
    const frameworks = [...this.rows.keys()].sort((a, b) => a - b);
    return frameworks.flatMap((framework) =>
      (this.rows.get(framework) ?? []).flatMap((metrics, ordinal) =>
        metrics === undefined
          ? []
          : [[framework, ordinal, metrics] as [FrameworkId, number, SchedulerMetrics]],
      ),
    );
  }
}
