import type { Summary } from '../metrics/catalogue/catalogue.js';
import type { OperationsSummary } from '../metrics/catalogue/data-schemas.js';
import { countText, type LabelledTable, metricText, runName } from './metric-text.js';

type RolloutSummary = OperationsSummary['rollouts'][number];
type DrainSummary = OperationsSummary['drains'][number];

/** Operations of these runs: one row per rollout and per group of drains. Empty without operations. */
export function operationTables(summaries: readonly Summary[]): LabelledTable[] {
  const rollouts = summaries.flatMap((summary) =>
    (summary.operations?.rollouts ?? []).map((rollout) => rolloutRow(runName(summary, summaries), rollout)),
  );
  const drains = summaries.flatMap((summary) =>
    drainGroups(summary.operations?.drains ?? []).map((group) =>
      drainRow(runName(summary, summaries), group),
    ),
  );
  return [
    {
      caption: 'Rollouts',
      columns: ['start', 'duration', 'outcome', 'instances', 'fewest serving', 'changes', 'failures'],
      rows: rollouts,
    },
    {
      caption: 'Drained machines',
      columns: ['start', 'machines', 'time to empty', 'tasks', 'moved', 'refused', 'ended', 'killed', 'lost'],
      rows: drains,
    },
  ].filter(({ rows }) => rows.length > 0);
}

function rolloutRow(name: string, rollout: RolloutSummary): string[] {
  const { service, kind, version, begun, length, outcome, instances, leastServing, changes, failures } =
    rollout;
  return [
    `${name}: ${kind} ${service}${version === '' ? '' : ` to ${version}`}`,
    metricText(begun, { unit: 's' }),
    metricText(length ?? undefined, { unit: 's' }),
    outcome,
    ...[instances, leastServing, changes, failures].map(countText),
  ];
}

/** Groups machines that were drained together. */
function drainGroups(drains: readonly DrainSummary[]): DrainSummary[][] {
  const groups = new Map<string, DrainSummary[]>();
  for (const drain of drains) {
    const key = `${drain.begun} ${drain.deadline}`;
    groups.set(key, [...(groups.get(key) ?? []), drain]);
  }
  return [...groups.values()];
}

function drainRow(name: string, drains: readonly DrainSummary[]): string[] {
  const sum = (key: 'tasks' | 'moved' | 'refused' | 'ended' | 'killed' | 'lost') =>
    drains.reduce((total, drain) => total + drain[key], 0);
  const isOver = drains.every(({ length }) => length !== null);
  const longest = Math.max(...drains.map(({ length }) => length ?? 0));
  const [{ begun, deadline }] = drains;
  return [
    `${name}: within ${metricText(deadline - begun, { unit: 's' })}`,
    metricText(begun, { unit: 's' }),
    countText(drains.length),
    metricText(isOver ? longest : undefined, { unit: 's' }),
    ...(['tasks', 'moved', 'refused', 'ended', 'killed', 'lost'] as const).map((key) => countText(sum(key))),
  ];
}
