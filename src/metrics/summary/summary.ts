import {
  type FrameworkId,
  HOUR,
  type KillCause,
  type Micros,
  NONE,
  type ResourceSpace,
  toSeconds,
} from '../../model/index.js';
import type { FrameworkMetrics } from '../collectors/framework-metrics.js';
import { SLOWDOWN_UNIT } from '../kernels/bounded-slowdown.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import type { TimeWeightedGauge } from '../kernels/time-weighted-gauge.js';
import type { Recorder } from '../recorder.js';
import { chargeSummary, costSummary } from './cost-summary.js';
import type { DistributionSummary, LevelSummary, Summary } from './summary-schema.js';

/** The inputs and settings of a run, which a recorder does not have. */
export type RunDescription = Omit<Summary['run'], 'start' | 'length'>;

/** Does the order of the queue, or what may pass its head, depend on users' estimates? */
function plansWithEstimates({ name, parameters }: RunDescription['policy']): boolean {
  const { order, backfill } = parameters;
  return name === 'conservative' || order === 'shortest' || backfill === 'easy';
}

/** The summary of an ended run, as plain data. Its keys have a fixed order, so equal runs give equal bytes. */
export function summarize(recorder: Recorder, run: RunDescription): Summary {
  const { cluster, start, end } = recorder;
  const hours = toSeconds(end - start) / 3600;
  const { names } = cluster.space;
  return {
    schema: 'fairground/summary@1',
    run: { ...run, start: toSeconds(start), length: toSeconds(end - start) },
    jobs: recorder.jobs.counts(),
    tasks: {
      ...recorder.tasks.counts(),
      ...(recorder.withoutEstimate > 0 &&
        plansWithEstimates(run.policy) && { withoutEstimate: recorder.withoutEstimate }),
    },
    utilization: byName(names, (d) => ({
      allocated: levelSummary(recorder.allocated[d]),
      used: recorder.usage.isKnown(d) ? levelSummary(recorder.usage.levels[d]) : null,
    })),
    offered: byName(names, (d) => recorder.offers.level[d].mean),
    wait: seconds(recorder.jobWait),
    response: seconds(recorder.jobResponse),
    boundedSlowdown: distributionSummary(recorder.boundedSlowdown, SLOWDOWN_UNIT),
    taskWait: seconds(recorder.taskWait),
    makespan: Number.isNaN(recorder.lastEnd) ? null : toSeconds(recorder.lastEnd - recorder.firstSubmission),
    throughput: {
      jobsPerHour: hours > 0 ? recorder.jobs.finished / hours : 0,
      tasksPerHour: hours > 0 ? recorder.tasks.finished / hours : 0,
    },
    queue: {
      mean: mean(recorder.series.means(recorder.pendingColumn, end), recorder),
      peak: recorder.queue.peak,
    },
    fairness: {
      jain: jainIndex(recorder.frameworks.map((framework) => framework.dominantShare.mean)),
      dominantShare: byFramework(recorder, (framework) => dominantShare(framework)),
      unplaceable: recorder.frameworks.reduce((sum, _, id) => sum + unplaceable(recorder, id), 0),
    },
    fragmentation: byName(names, (d) => recorder.fragmentation.mean(d)),
    offers: { ...recorder.offers.counts, held: seconds(recorder.offers.held) },
    locality: locality(recorder),
    conflicts: recorder.conflicts,
    decisions: { count: recorder.busy.count, busy: end > start ? recorder.busy.time / (end - start) : 0 },
    schedulers: bySchedulerName(recorder),
    refusals: Object.fromEntries([...recorder.refusals].sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(recorder.impossible.jobs > 0 && {
      impossible: { ...recorder.impossible, alone: recorder.impossibleAlone },
    }),
    ...(recorder.rejections.jobs > 0 && { rejections: { ...recorder.rejections } }),
    ...(recorder.stuck.jobs > 0 && { stuck: { ...recorder.stuck } }),
    ...dependencies(recorder),
    recovery: recovery(recorder, run.failures !== undefined),
    ...(run.elasticity !== undefined && { evictions: evictions(recorder) }),
    cost: costSummary(recorder),
    byFramework: byFramework(recorder, (framework, id) => ({
      tasks: framework.tasks.counts(),
      wait: seconds(framework.wait),
      response: seconds(framework.response),
      utilization: byName(names, (d) => ({
        allocated: shareOfCluster(recorder, framework.allocatedColumns[d], d),
        used: framework.isUsageKnown(d) ? shareOfCluster(recorder, framework.usedColumns[d], d) : null,
      })),
      dominantShare: dominantShare(framework),
      unplaceable: unplaceable(recorder, id),
      ...(run.failures !== undefined && { unavailability: recorder.recovery.unavailability(id) }),
      ...health(recorder, id),
      ...scaling(recorder, id),
      ...limits(recorder, id),
      ...chargeSummary(recorder, id),
    })),
  };
}

function dependencies({
  dependencies: { notRun, notSubmitted, criticalPath, stretch },
}: Recorder): Pick<Summary, 'notRun' | 'notSubmitted' | 'dependencies'> {
  return {
    ...(notRun.jobs > 0 && { notRun: { ...notRun } }),
    ...(notSubmitted.jobs > 0 && { notSubmitted: { ...notSubmitted } }),
    ...(criticalPath.count > 0 && {
      dependencies: {
        criticalPath: seconds(criticalPath),
        stretch: distributionSummary(stretch, SLOWDOWN_UNIT),
      },
    }),
  };
}

/** The statistics of failures. Most are left out when failures are off, because they would be 0. */
function recovery({ recovery, health }: Recorder, couldFail: boolean): Summary['recovery'] {
  return {
    machineFailures: recovery.machineFailures,
    tasksLost: recovery.tasksLost,
    lostWork: toSeconds(recovery.lostWork),
    ...(recovery.stoppedWithGang > 0 && { stoppedWithGang: recovery.stoppedWithGang }),
    ...(couldFail && {
      byCause: Object.fromEntries([...recovery.byCause].sort(([a], [b]) => (a < b ? -1 : 1))),
      volumesLost: recovery.volumesLost,
      detection: seconds(recovery.detection),
      timeToRecover: seconds(recovery.timeToRecover),
      fullRecovery: seconds(mergedRecovery(health)),
    }),
  };
}

/** The counts in a fixed order, independent of the order of events. */
function evictions({ evictions }: Recorder): Record<string, number> {
  const causes: readonly KillCause[] = ['preempted', 'lost', 'restarted', 'revoked', 'interrupted'];
  const counts = Object.fromEntries(causes.map((cause) => [cause, evictions.get(cause) ?? 0]));
  const gang = evictions.get('gang');
  return gang === undefined ? counts : { ...counts, gang };
}

/** The recovery times of the instances of all services. */
function mergedRecovery(health: Recorder['health']): LogHistogram {
  const all = new LogHistogram();
  for (const service of health) if (service !== undefined) all.add(service.fullRecovery);
  return all;
}

/** Health and data of a service whose health is measured. */
function health(
  { health, end }: Recorder,
  framework: FrameworkId,
): Pick<Summary['byFramework'][string], 'health' | 'data'> {
  const summary = health[framework]?.summary(end);
  if (summary === undefined) return {};
  const { shares, data } = summary;
  return { health: { ...shares, nines: nines(shares.down) }, ...(data !== undefined && { data }) };
}

/** -log10 of the share down: 3 for an availability of 99.9 %; null if the service was never down. */
function nines(down: number): number | null {
  return down === 0 ? null : -Math.log10(down);
}

function scaling(
  { scaling, cluster }: Recorder,
  framework: FrameworkId,
): Pick<Summary['byFramework'][string], 'scaling'> {
  const of = scaling.frameworks[framework];
  if (of === undefined) return {};
  return {
    scaling: {
      out: of.out,
      in: of.in,
      lag: seconds(of.lag),
      overProvisioned: resourceHours(cluster.space, of.over),
      underProvisioned: resourceHours(cluster.space, of.under),
      unserved: of.load === 0 ? 0 : of.unserved / of.load,
    },
  };
}

function limits(
  { limits, cluster: { space } }: Recorder,
  framework: FrameworkId,
): Pick<Summary['byFramework'][string], 'limits'> {
  const of = limits.sumsOf(framework);
  if (of === undefined) return {};
  const ifKnown = (value: number) => (Number.isNaN(value) ? null : value);
  const slack = (limit: Float64Array) =>
    byName(space.names, (d) => (limit[d] === 0 ? 0 : ifKnown((limit[d] - of.used[d]) / limit[d])));
  const beyond = Object.entries(resourceHours(space, of.beyond));
  return {
    limits: {
      resized: of.resized,
      refused: of.refused,
      slackAsked: slack(of.asked),
      slack: slack(of.limit),
      beyond: Object.fromEntries(beyond.map(([name, hours]) => [name, ifKnown(hours)])),
    },
  };
}

function locality({ locality: { preferred, elsewhere } }: Recorder): Summary['locality'] {
  const starts = preferred + elsewhere;
  return starts === 0 ? null : { preferred, elsewhere, share: preferred / starts };
}

/**
 * Jain's fairness index, (sum x)^2 / (n sum x^2): 1 when all values are equal, 1/n when all but one are 0, null when all are 0
 * (Jain, Chiu & Hawe, DEC-TR-301, 1984).
 */
function jainIndex(values: readonly number[]): number | null {
  const sum = values.reduce((a, b) => a + b, 0);
  const squares = values.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? null : (sum * sum) / (values.length * squares);
}

/** The statistics of a histogram. Recorded values are divided by `unit`. */
export function distributionSummary(values: LogHistogram, unit: number): DistributionSummary {
  const scaled = (value: number) => (Number.isNaN(value) ? null : value / unit);
  return {
    count: values.count,
    mean: scaled(values.mean),
    p50: scaled(values.quantile(0.5)),
    p90: scaled(values.quantile(0.9)),
    p95: scaled(values.quantile(0.95)),
    p99: scaled(values.quantile(0.99)),
    max: values.count === 0 ? null : scaled(values.greatest),
  };
}

function seconds(micros: LogHistogram): DistributionSummary {
  return distributionSummary(micros, 1_000_000);
}

function levelSummary(level: TimeWeightedGauge): LevelSummary {
  return { mean: level.mean, p50: level.quantile(0.5), p95: level.quantile(0.95), peak: level.peak };
}

function dominantShare(framework: FrameworkMetrics): { mean: number; peak: number } {
  return { mean: framework.dominantShare.mean, peak: framework.dominantShare.peak };
}

/** A time as a share of the run. */
function unplaceable({ start, end, fragmentationBlocked }: Recorder, framework: FrameworkId): number {
  return end > start ? fragmentationBlocked.timeOf(framework) / (end - start) : 0;
}

/** Mean of a series column over the run. */
function mean(bins: Float64Array, recorder: Recorder): number {
  const { start, end, series } = recorder;
  if (end <= start) return 0;
  let integral = 0;
  bins.forEach((value, bin) => {
    integral += value * Math.min(series.binWidth, end - start - bin * series.binWidth);
  });
  return integral / (end - start);
}

function shareOfCluster(recorder: Recorder, column: number, dimension: number): number {
  const capacity = recorder.machines.ownCapacity(dimension);
  return capacity === 0 ? 0 : mean(recorder.series.means(column, recorder.end), recorder) / capacity;
}

function byName<T>(names: readonly string[], value: (dimension: number) => T): Record<string, T> {
  return Object.fromEntries(names.map((name, d) => [name, value(d)]));
}

/** The schedulers in the order of frameworks. A scheduler shared by all frameworks is first. */
function bySchedulerName(recorder: Recorder): Summary['schedulers'] {
  const length = recorder.end - recorder.start;
  const share = (time: Micros) => (length > 0 ? time / length : 0);
  return Object.fromEntries(
    recorder.schedulers.entries().map(([framework, ordinal, metrics]) => [
      schedulerName(recorder, framework, ordinal),
      {
        decisions: metrics.decisions,
        busy: share(metrics.decisionTime),
        wasted: share(metrics.wasted),
        attempts: metrics.attempts,
        transactions: { succeeded: metrics.succeeded, failed: metrics.failed },
        conflictFraction: metrics.succeeded === 0 ? null : metrics.failed / metrics.succeeded,
        wait: seconds(metrics.wait),
      },
    ]),
  );
}

function schedulerName({ cluster }: Recorder, framework: FrameworkId, ordinal: number): string {
  const name = framework === NONE ? 'all' : cluster.frameworks[framework].name;
  return ordinal === 0 ? name : `${name}/${ordinal + 1}`;
}

/** The frameworks in the order in which they joined. The trace determines this order. */
function byFramework<T>(
  recorder: Recorder,
  value: (framework: FrameworkMetrics, id: FrameworkId) => T,
): Record<string, T> {
  return Object.fromEntries(
    recorder.frameworks.map((framework, id) => [recorder.cluster.frameworks[id].name, value(framework, id)]),
  );
}

/** Hours x amount in the unit of each resource, from quanta x Micros per dimension. */
function resourceHours(space: ResourceSpace, integral: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    space.kinds.map((kind, d) => [kind.name, integral[d] / kind.quantaPerUnit / HOUR]),
  );
}
