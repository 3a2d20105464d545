import type { ComparedMetric } from './comparison.js';

/** The headline metrics. */
const HEADLINES: readonly RegExp[] = [
  /^utilization\..*\.mean$/,
  /^(wait|taskWait)\.(mean|p95|p99)$/,
  /^response\.(mean|p95)$/,
  /^boundedSlowdown\.(mean|p95)$/,
  /^makespan$/,
  /^jobs\.(finished|failed|unfinished)$/,
  /^tasks\.(abandoned|rejected|preempted|pending)$/,
  /^queue\.mean$/,
  /^(evictions|cost)\./,
  /^locality\.share$/,
  /^fairness\.(jain|unplaceable)$/,
  /^recovery\.(machineFailures|tasksLost|detection\.mean|timeToRecover\.(p50|p95)|fullRecovery\.p95)$/,
  /^byFramework\..*\.(wait\.p95|response\.p95|unavailability|health\.(degraded|down)|data\.(atRisk|lossProbability))$/,
  /^byFramework\..*\.(scaling|limits|cost)\./,
];

/** Metrics that are headlines only if some policy has a value above 0. */
const ONLY_WHEN_ANY =
  /^(jobs\.(failed|unfinished)|tasks\.|byFramework\.|fairness\.unplaceable|recovery\.|evictions\.|cost\.)/;

/** Whether a row of a comparison is shown in the short table. */
export function isHeadline({ metric, values, isDerived }: ComparedMetric): boolean {
  if (isDerived) return true;
  if (!HEADLINES.some((pattern) => pattern.test(metric.key))) return false;
  return !ONLY_WHEN_ANY.test(metric.key) || values.some((value) => (value?.mean ?? 0) !== 0);
}
