import type { Summary } from '../metrics/summary/summary-schema.js';
import { durationText, fromSeconds, parseDuration, toSeconds } from '../model/index.js';
import { countText, listText, metricText, pluralText } from './metric-text.js';

/** One note for each reason why trace rows were dropped. */
export function droppedNotes({ run: { workload } }: Summary): string[] {
  return Object.entries(workload.dropped)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `${workload.name}: ${pluralText(rows, 'row')} left out (${reason}).`);
}

/** A note for each fault and operation without effect: after the end of the run, or on instances that do not exist. */
export function scriptNotes({ run, operations }: Summary): string[] {
  const end = run.horizon ?? run.length;
  const late = [...(run.failures?.faults ?? []), ...(run.operations ?? [])].filter((text) => {
    const at = parseDuration(/^at\s+([^\s:]+)/.exec(text.trim())?.[1] ?? '');
    return at !== undefined && toSeconds(at) >= end;
  });
  return [
    ...late.map(
      (text) =>
        `"${text}" is after the end of the run (${durationText(fromSeconds(end))}) and has no effect.`,
    ),
    ...badInstanceNotes(run.operations ?? [], operations?.rollouts ?? []),
  ];
}

type Rollouts = NonNullable<Summary['operations']>['rollouts'];

/** `bad=999` of a service with fewer instances. */
function badInstanceNotes(script: readonly string[], rollouts: Rollouts): string[] {
  return script.flatMap((text) => {
    const [, service] = /:\s*\w+\s+(\S+)/.exec(text) ?? [];
    const bad = (/[\s,]bad=([\d+]+)/.exec(text)?.[1] ?? '').split('+').filter((place) => place !== '');
    const instances = rollouts.filter((one) => one.service === service).map((one) => one.instances);
    const most = Math.max(...instances);
    const none = bad.filter((place) => Number(place) > most);
    if (instances.length === 0 || none.length === 0) return [];
    return [
      `"${text}": bad=${none.join('+')} has no effect, because ${service} has ${pluralText(most, 'instance')}.`,
    ];
  });
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
