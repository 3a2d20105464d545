import type { DayTwoSummary, Summary } from '../metrics/summary-schema.js';
import { countText, metricText } from './metric-text.js';

/** A table of text whose first column says what a row is about. */
export interface DayTwoTable {
  readonly caption: string;
  /** Heads of the columns after the first. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type RolloutSummary = DayTwoSummary['rollouts'][number];
type DrainSummary = DayTwoSummary['drains'][number];

/** What operators did in these runs: a row per rollout and per drain, those of a run together. Empty where they did nothing. */
export function dayTwoTables(summaries: readonly Summary[]): DayTwoTable[] {
  const rollouts = summaries.flatMap((summary) =>
    (summary.dayTwo?.rollouts ?? []).map((rollout) => rolloutRow(nameOf(summary, summaries), rollout)),
  );
  const drains = summaries.flatMap((summary) =>
    drainGroups(summary.dayTwo?.drains ?? []).map((group) => drainRow(nameOf(summary, summaries), group)),
  );
  return [
    {
      caption: 'Rollouts',
      columns: ['begun', 'took', 'outcome', 'instances', 'least serving', 'changes', 'failures'],
      rows: rollouts,
    },
    {
      caption: 'Drained machines',
      columns: ['begun', 'machines', 'empty after', 'tasks', 'moved', 'refused', 'ended', 'killed', 'lost'],
      rows: drains,
    },
  ].filter(({ rows }) => rows.length > 0);
}

function nameOf({ run }: Summary, all: readonly Summary[]): string {
  const hasSeeds = all.some((other) => other.run.seed !== run.seed);
  return hasSeeds ? `${run.policy.name}, seed ${run.seed}` : run.policy.name;
}

function rolloutRow(name: string, rollout: RolloutSummary): string[] {
  const { service, kind, version, begun, length, outcome, instances, leastServing, changes, failures } =
    rollout;
  return [
    `${name}: ${kind} ${service}${version === '' ? '' : ` to ${version}`}`,
    metricText(begun, 'seconds'),
    metricText(length ?? undefined, 'seconds'),
    outcome,
    ...[instances, leastServing, changes, failures].map(countText),
  ];
}

/** Machines that were drained together. */
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
    `${name}: within ${metricText(deadline - begun, 'seconds')}`,
    metricText(begun, 'seconds'),
    countText(drains.length),
    metricText(isOver ? longest : undefined, 'seconds'),
    ...(['tasks', 'moved', 'refused', 'ended', 'killed', 'lost'] as const).map((key) => countText(sum(key))),
  ];
}
