import type { Summary } from '../metrics/summary/summary-schema.js';
import { countText, listText, metricText, pluralText } from './metric-text.js';

/** One note for each reason why trace rows were dropped. */
export function droppedNotes({ run: { workload } }: Summary): string[] {
  return Object.entries(workload.dropped)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `${workload.name}: ${pluralText(rows, 'row')} left out (${reason}).`);
}

/** Notes on tasks that never ran or were stopped, and on refused decisions. */
export function fateNotes(summary: Summary): string[] {
  const { tasks, refusals } = summary;
  const all = countText(tasks.submitted);
  const fates: readonly (readonly [number, string])[] = [
    [tasks.rejected, 'were rejected: they fit on no machine of the cluster'],
    [
      tasks.abandoned,
      'were abandoned while waiting: out of patience, out of attempts, or cancelled by an operator or a controller',
    ],
    [tasks.failed, 'were stopped at their time limit'],
    [tasks.pending, 'were still waiting at the end. The wait statistics exclude them'],
  ];
  return [
    ...fates
      .filter(([count]) => count > 0)
      .map(([count, fate]) => `${countText(count)} of ${all} tasks ${fate}.`),
    ...Object.entries(refusals).map(
      ([reason, count]) => `The ledger refused ${pluralText(count, 'decision')} of the policy (${reason}).`,
    ),
    ...unplaceableNotes(summary),
    ...tenantNotes(summary),
  ];
}

/** A note for a policy without roles. */
function tenantNotes({ run }: Summary): string[] {
  if (run.tenants === undefined || 'roles' in run.policy.parameters) return [];
  return ['This policy does not support tenants. It ignores their quotas and weights.'];
}

/** Maximum number of frameworks in a note. */
const MOST_NAMED = 3;

/** A note on unfairness caused by fragmentation; none if it rounds to 0. */
function unplaceableNotes({ fairness, byFramework }: Summary): string[] {
  const share = (value: number | undefined) => metricText(value ?? 0, 'share');
  if (share(fairness.unplaceable) === share(0)) return [];
  const named = Object.entries(byFramework)
    .map(([name, { unplaceable = 0 }]) => ({ name, unplaceable }))
    .filter(({ unplaceable }) => share(unplaceable) !== share(0))
    .sort((a, b) => b.unplaceable - a.unplaceable)
    .slice(0, MOST_NAMED)
    .map(({ name, unplaceable }) => `${name} ${share(unplaceable)}`);
  return [
    `For ${share(fairness.unplaceable)} of the time, free resources were fragmented: the next framework by dominant share fitted on no single machine (${listText(named)}).`,
  ];
}
