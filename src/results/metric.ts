import type { Summary } from '../metrics/summary/summary-schema.js';

/** A number of a summary that is compared between runs. */
export interface Metric {
  /** Path in the summary, such as `wait.p95`. */
  readonly key: string;
  readonly label: string;
  readonly unit: 'seconds' | 'share' | 'rare-share' | 'count' | 'ratio';
  /** Which direction is better; `neither` for descriptive values. */
  readonly better: 'lower' | 'higher' | 'neither';
}

const DISTRIBUTIONS: readonly (readonly [string, string, Metric['unit']])[] = [
  ['wait', 'job wait', 'seconds'],
  ['taskWait', 'task wait', 'seconds'],
  ['response', 'job response', 'seconds'],
  ['boundedSlowdown', 'bounded slowdown', 'ratio'],
];

const STATISTICS: readonly (readonly [string, string])[] = [
  ['mean', 'mean'],
  ['p50', 'median'],
  ['p95', 'p95'],
  ['p99', 'p99'],
];

/** The metrics of a summary that have a direction or describe the run, in the order of tables. */
export function metricsOf(summary: Summary): Metric[] {
  const resources = Object.keys(summary.utilization);
  return [
    ...resources.map((r) => metric(`utilization.${r}.allocated.mean`, `${r} allocated`, 'share', 'higher')),
    ...resources
      .filter((r) => summary.utilization[r].used !== null)
      .map((r) => metric(`utilization.${r}.used.mean`, `${r} used`, 'share', 'higher')),
    ...DISTRIBUTIONS.flatMap(([name, label, unit]) =>
      STATISTICS.map(([statistic, word]) =>
        metric(`${name}.${statistic}`, `${label}, ${word}`, unit, 'lower'),
      ),
    ),
    metric('makespan', 'makespan', 'seconds', 'lower'),
    metric('throughput.jobsPerHour', 'jobs finished per hour', 'ratio', 'higher'),
    metric('jobs.finished', 'jobs finished', 'count', 'higher'),
    metric('jobs.failed', 'jobs failed', 'count', 'lower'),
    metric('jobs.unfinished', 'jobs unfinished at the end', 'count', 'neither'),
    metric('tasks.pending', 'tasks waiting at the end', 'count', 'lower'),
    metric('tasks.abandoned', 'tasks abandoned', 'count', 'lower'),
    metric('tasks.rejected', 'tasks rejected', 'count', 'lower'),
    metric('tasks.preempted', 'tasks preempted', 'count', 'lower'),
    ...(summary.locality === null
      ? []
      : [metric('locality.share', 'starts on preferred machines', 'share', 'higher')]),
    metric('queue.mean', 'tasks waiting, mean', 'ratio', 'lower'),
    metric('queue.peak', 'tasks waiting, peak', 'count', 'lower'),
    metric('fairness.jain', "fairness (Jain's index)", 'ratio', 'higher'),
    metric('fairness.unplaceable', 'time blocked by fragmentation', 'share', 'lower'),
    ...resources.map((r) => metric(`fragmentation.${r}`, `${r} fragmented`, 'share', 'lower')),
    metric('offers.made', 'offers made', 'count', 'neither'),
    metric('offers.accepted', 'offers accepted', 'count', 'neither'),
    metric('offers.declined', 'offers declined', 'count', 'neither'),
    metric('decisions.busy', 'scheduler utilization', 'share', 'lower'),
    metric('conflicts', 'scheduling conflicts', 'count', 'lower'),
    metric('recovery.lostWork', 'work lost', 'seconds', 'lower'),
    ...recoveryMetrics(summary),
    ...evictionMetrics(summary),
    ...frameworkMetrics(summary),
    ...scalingMetrics(summary),
    ...limitMetrics(summary),
    ...costMetrics(summary),
  ];
}

const RECOVERY_TIMES: readonly (readonly [string, string])[] = [
  ['detection', 'failure detection time'],
  ['timeToRecover', 'task recovery time'],
  ['fullRecovery', 'instance recovery time'],
];

/** Metrics of runs with failures. */
function recoveryMetrics({ recovery, byFramework }: Summary): Metric[] {
  if (recovery.timeToRecover === undefined) return [];
  return [
    metric('recovery.machineFailures', 'machines failed', 'count', 'neither'),
    metric('recovery.tasksLost', 'tasks lost with a machine', 'count', 'lower'),
    ...RECOVERY_TIMES.flatMap(([name, label]) =>
      STATISTICS.map(([statistic, word]) =>
        metric(`recovery.${name}.${statistic}`, `${label}, ${word}`, 'seconds', 'lower'),
      ),
    ),
    ...frameworkNames(byFramework).map((name) =>
      metric(`byFramework.${name}.unavailability`, `${name}: unavailable`, 'rare-share', 'lower'),
    ),
    ...frameworkNames(byFramework)
      .filter((name) => byFramework[name].health !== undefined)
      .flatMap((name) => [
        metric(`byFramework.${name}.health.degraded`, `${name}: degraded`, 'rare-share', 'lower'),
        metric(`byFramework.${name}.health.down`, `${name}: down`, 'rare-share', 'lower'),
        metric(`byFramework.${name}.health.nines`, `${name}: nines`, 'ratio', 'higher'),
      ]),
    ...frameworkNames(byFramework)
      .filter((name) => byFramework[name].data !== undefined)
      .flatMap((name) => [
        metric(`byFramework.${name}.data.atRisk`, `${name}: data at risk`, 'rare-share', 'lower'),
        metric(
          `byFramework.${name}.data.lossProbability`,
          `${name}: probability of data loss`,
          'rare-share',
          'lower',
        ),
        metric(`byFramework.${name}.data.copied`, `${name}: bytes re-replicated`, 'count', 'lower'),
        metric(
          `byFramework.${name}.data.capacityTaken`,
          `${name}: capacity used by re-replication`,
          'rare-share',
          'lower',
        ),
      ]),
  ];
}

/** Evictions by cause, in runs with elasticity. */
function evictionMetrics({ evictions = {} }: Summary): Metric[] {
  return Object.keys(evictions).map((cause) =>
    metric(`evictions.${cause}`, `evictions: ${cause}`, 'count', 'lower'),
  );
}

/** Metrics of autoscaled services. */
function scalingMetrics({ byFramework }: Summary): Metric[] {
  return frameworkNames(byFramework)
    .filter((name) => byFramework[name].scaling !== undefined)
    .flatMap((name) => [
      metric(`byFramework.${name}.scaling.lag.p95`, `${name}: scaling lag, p95`, 'seconds', 'lower'),
      metric(
        `byFramework.${name}.scaling.overProvisioned.cpus`,
        `${name}: over-provisioned core-hours`,
        'ratio',
        'lower',
      ),
      metric(
        `byFramework.${name}.scaling.underProvisioned.cpus`,
        `${name}: under-provisioned core-hours`,
        'ratio',
        'lower',
      ),
      metric(`byFramework.${name}.scaling.unserved`, `${name}: unserved load`, 'rare-share', 'lower'),
    ]);
}

/** Metrics of vertically scaled services. */
function limitMetrics({ byFramework }: Summary): Metric[] {
  return frameworkNames(byFramework).flatMap((name) =>
    Object.keys(byFramework[name].limits?.slack ?? {})
      .filter(
        (resource) =>
          byFramework[name].limits?.slackAsked[resource] !== byFramework[name].limits?.slack[resource],
      )
      .flatMap((resource) => [
        metric(
          `byFramework.${name}.limits.slackAsked.${resource}`,
          `${name}: ${resource} slack of the request`,
          'share',
          'neither',
        ),
        metric(
          `byFramework.${name}.limits.slack.${resource}`,
          `${name}: ${resource} slack`,
          'share',
          'lower',
        ),
        metric(
          `byFramework.${name}.limits.beyond.${resource}`,
          `${name}: ${resource}-hours above the limit`,
          'ratio',
          'lower',
        ),
      ]),
  );
}

/** Metrics of runs with machine prices. */
function costMetrics({ cost, byFramework }: Summary): Metric[] {
  if (cost?.perMonth === undefined) return [];
  return [
    metric('cost.perMonth', 'cost per month', 'ratio', 'lower'),
    metric('cost.perFinishedTask', 'cost per finished task', 'ratio', 'lower'),
    metric('cost.idle', 'cost of idle capacity', 'ratio', 'lower'),
    metric('cost.rentedHours', 'rented machine-hours', 'ratio', 'lower'),
    metric('cost.egress', 'cost of data egress', 'ratio', 'lower'),
    ...frameworkNames(byFramework).map((name) =>
      metric(`byFramework.${name}.cost.perMonth`, `${name}: cost per month`, 'ratio', 'lower'),
    ),
  ];
}

/** Up to this number, frameworks are compared individually. A log has one framework per user, so it may have many more. */
const MAX_FRAMEWORKS = 12;

function frameworkNames(byFramework: Summary['byFramework']): string[] {
  const names = Object.keys(byFramework);
  return names.length > MAX_FRAMEWORKS ? [] : names;
}

function frameworkMetrics({ byFramework }: Summary): Metric[] {
  const names = frameworkNames(byFramework);
  if (names.length < 2) return [];
  return names.flatMap((name) => [
    metric(`byFramework.${name}.wait.mean`, `${name}: task wait, mean`, 'seconds', 'lower'),
    metric(`byFramework.${name}.wait.p95`, `${name}: task wait, p95`, 'seconds', 'lower'),
    metric(`byFramework.${name}.response.p95`, `${name}: job response, p95`, 'seconds', 'lower'),
    metric(`byFramework.${name}.dominantShare.mean`, `${name}: dominant share`, 'share', 'neither'),
  ]);
}

function metric(key: string, label: string, unit: Metric['unit'], better: Metric['better']): Metric {
  return { key, label, unit, better };
}

/** The value at a path of the summary; undefined if it is null or missing. Keys may contain dots. */
export function metricValue(summary: Summary, key: string): number | undefined {
  const value = valueAt(summary, key.split('.'));
  return typeof value === 'number' ? value : undefined;
}

/** Whether the path leads to a number or null. */
export function metricPathExists(summary: Summary, key: string): boolean {
  const value = valueAt(summary, key.split('.'));
  return typeof value === 'number' || value === null;
}

function valueAt(value: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0 || typeof value !== 'object' || value === null)
    return parts.length === 0 ? value : undefined;
  const record = value as Record<string, unknown>;
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.');
    // The longest matching key is tried first. If it does not contain the rest of the path, a shorter key is used.
    const found = Object.hasOwn(record, name) ? valueAt(record[name], parts.slice(length)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
