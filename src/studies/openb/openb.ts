import { join } from 'node:path';
import { InputError, type Parameter, type ParameterValues } from '../../model/index.js';
import type { Check, Study, StudyRequest } from '../study.js';
import { COLUMNS, columnsOf, TABLES, type Table } from './columns.js';
import { compareDecisions } from './decisions.js';
import { type PackingResult, pack, typicalPods } from './experiment.js';
import { type PublishedRun, publishedRows, publishedRuns } from './published.js';
import { compareCells, compareSpread, type RowPair } from './tables.js';
import { tieAblation } from './tie-ablation.js';

/**
 * The openb packing experiment of FGD (Weng et al., USENIX ATC 2023). Pods arrive in a published order at a cluster of 1,213
 * GPU nodes. They are never deleted, and are dropped when they do not fit. The study compares the three published tables cell by
 * cell, for every pod list and seed in the folder. For recorded runs it also compares every decision.
 */
export const openbStudy: Study = {
  name: 'openb',
  about: 'GPU packing on the Alibaba openb trace, by table cell and by decision (Weng et al., FGD, ATC 2023)',
  needsData: () => true,
  parameters: [
    namesParameter('workloads', 'pod lists to run [all], such as default,gpuspec33'),
    namesParameter('seeds', 'seeds to run [all], such as 42,43'),
    namesParameter('policies', 'policies to run [all], such as fgd,gpu-best-fit'),
    {
      kind: 'choice',
      name: 'ties',
      default: 'no',
      choices: ['no', 'yes'],
      about: 'show the final allocation under each tie rule instead of the tables',
    },
  ],
  run: runStudy,
};

function namesParameter(name: string, about: string): Parameter {
  return { kind: 'text', name, default: '', form: 'names joined by commas', pattern: /^/, about };
}

async function runStudy({ data, settings, progress }: StudyRequest): Promise<readonly Check[]> {
  const folder = join(data as string, 'openb');
  const runs = chosen(await publishedRuns(folder), settings, folder);
  if (settings.text('ties') === 'yes') return tieAblation(folder, runs, progress);
  const checks: Check[] = [];
  for (const group of groups(runs)) checks.push(...(await compareGroup(folder, group, progress)));
  return checks;
}

/** @throws InputError when the folder contains no run, or a requested name is unknown. */
function chosen(
  runs: readonly PublishedRun[],
  settings: ParameterValues,
  folder: string,
): readonly PublishedRun[] {
  if (runs.length === 0)
    throw new InputError(
      { file: folder },
      'contains no runs: expected a pod list, its orders, and published rows or recorded decisions of a known policy',
    );
  const isAsked = [
    nameFilter('workloads', settings, runs, (run) => run.workload),
    nameFilter('seeds', settings, runs, (run) => run.seed),
    nameFilter('policies', settings, runs, (run) => run.policy),
  ];
  return runs.filter((run) => isAsked.every((asked) => asked(run)));
}

function nameFilter(
  parameter: string,
  settings: ParameterValues,
  runs: readonly PublishedRun[],
  nameOf: (run: PublishedRun) => string,
): (run: PublishedRun) => boolean {
  if (settings.text(parameter) === '') return () => true;
  const asked = settings.text(parameter).split(',');
  const known = [...new Set(runs.map(nameOf))];
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw InputError.expected({ field: `--${parameter}` }, unknown, `one of ${known.join(', ')}`);
  return (run) => asked.includes(nameOf(run));
}

/** The runs of one workload and policy, seed by seed. */
interface Group {
  readonly workload: string;
  readonly policy: string;
  readonly runs: readonly PublishedRun[];
}

function groups(runs: readonly PublishedRun[]): readonly Group[] {
  const found = new Map<string, Group & { runs: PublishedRun[] }>();
  for (const run of runs) {
    const { workload, policy } = run;
    const key = [workload, policy].join();
    const group = found.get(key) ?? { workload, policy, runs: [] };
    group.runs.push(run);
    found.set(key, group);
  }
  return [...found.values()];
}

async function compareGroup(
  folder: string,
  { workload, policy, runs }: Group,
  progress: StudyRequest['progress'],
): Promise<readonly Check[]> {
  const typical = await typicalPods(folder, workload);
  const results: PackingResult[] = [];
  const checks: Check[] = [];
  for (const published of runs) {
    const { seed, decisions } = published;
    progress(`${policy}, ${workload}, seed ${seed}`);
    const packing = { workload, seed, policy, ties: 'lowest-rank', nodeOrder: 'of the seed' } as const;
    const result = await pack(folder, packing, typical);
    results.push(result);
    if (decisions !== undefined)
      checks.push(await compareDecisions(folder, { workload, seed, policy, decisions }, typical));
  }
  for (const table of TABLES) {
    const rows = rowPairs(table, runs, results);
    if (rows.length === 0) continue;
    const what = `${policy}, ${workload}, ${rows.length} ${rows.length === 1 ? 'seed' : 'seeds'} x ${COLUMNS}`;
    checks.push(
      policy === 'gpu-random'
        ? compareSpread(what, table, rows, await rowsOfAllSeeds(folder, table, { workload, policy }))
        : compareCells(what, table, rows),
    );
  }
  return checks;
}

function rowPairs(
  table: Table,
  runs: readonly PublishedRun[],
  results: readonly PackingResult[],
): readonly RowPair[] {
  return runs.flatMap(({ rows }, i) => {
    const published = rows[table];
    const { lines, gpuCapacity } = results[i];
    return published === undefined ? [] : [{ published, ours: columnsOf(table, lines, gpuCapacity) }];
  });
}

async function rowsOfAllSeeds(
  folder: string,
  table: Table,
  { workload, policy }: Pick<Group, 'workload' | 'policy'>,
): Promise<readonly (readonly number[])[]> {
  const all = await publishedRows(folder, table);
  return all.flatMap((run) =>
    run.workload === workload && run.policy === policy ? [run.rows[table] as readonly number[]] : [],
  );
}
