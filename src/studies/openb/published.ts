import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readCsv } from '../../workloads/formats/csv-records.js';
import type { RowRecord } from '../../workloads/formats/row-table.js';
import { namesIn } from '../reference-data.js';
import { COLUMNS, TABLES, type Table } from './columns.js';
import { podList } from './folder.js';

/** Our policy names, by the names in the publication. */
const POLICY_OF: Readonly<Record<string, string>> = {
  Random: 'gpu-random',
  DotProd: 'dot-product',
  GpuClustering: 'gpu-clustering',
  GpuPacking: 'gpu-packing',
  BestFit: 'gpu-best-fit',
  FGD: 'fgd',
};

/** Published data of one run of the experiment. */
export interface PublishedRun {
  readonly workload: string;
  readonly seed: string;
  /** Our name of the policy. */
  readonly policy: string;
  /** Its rows of the published tables. */
  readonly rows: Readonly<Partial<Record<Table, readonly number[]>>>;
  /** File of its recorded decisions. */
  readonly decisions?: string;
}

/**
 * Every run for which the folder contains the pod list, the orders, and rows of the tables or recorded decisions, in order of the
 * names. Unknown policies are skipped.
 * @throws InputError when the folder does not exist or a file in it is damaged.
 */
export async function publishedRuns(folder: string): Promise<readonly PublishedRun[]> {
  const orders = new Set(namesIn(join(folder, 'orders')).map((name) => name.replace(/\.gz$/, '')));
  const runs = new Map<string, PublishedRun>();
  const add = (found: PublishedRun) => {
    const { workload, seed, policy, rows } = found;
    if (!existsSync(podList(folder, workload))) return;
    if (!['pods', 'nodes'].every((what) => orders.has(`${workload}_${what}_${seed}.txt`))) return;
    const key = [workload, policy, seed].join();
    const known = runs.get(key);
    runs.set(key, { ...known, ...found, rows: { ...known?.rows, ...rows } });
  };
  for (const table of TABLES) for (const row of await publishedRows(folder, table)) add(row);
  for (const recorded of recordedRuns(folder)) add(recorded);
  return [...runs.values()];
}

/** All rows of a published table for known policies. @throws InputError when the table is damaged. */
export async function publishedRows(folder: string, table: Table): Promise<readonly PublishedRun[]> {
  const file = join(folder, `expected_${table}.csv`);
  if (!existsSync(file)) return [];
  const columns = Array.from({ length: COLUMNS }, (_, column) => String(column));
  const runs: PublishedRun[] = [];
  for await (const record of readCsv(file, ['workload', 'sc_policy', 'seed', ...columns])) {
    const policy = POLICY_OF[record.text('sc_policy').replace(/^\d+-/, '')];
    if (policy === undefined) continue;
    runs.push({
      workload: workloadOf(record),
      seed: record.required('seed', 'a seed'),
      policy,
      rows: { [table]: columns.map((column) => record.amount(column)) },
    });
  }
  return runs;
}

function workloadOf(record: RowRecord): string {
  return record.required('workload', 'the name of a pod list').replace(/^openb_pod_list_/, '');
}

/** `placements/<workload>_seed<seed>_<Policy>.csv.gz`. */
function recordedRuns(folder: string): PublishedRun[] {
  const placements = join(folder, 'placements');
  if (!existsSync(placements)) return [];
  return namesIn(placements).flatMap((name) => {
    const [, workload, seed, published] = /^(.+)_seed(\w+)_(\w+)\.csv(?:\.gz)?$/.exec(name) ?? [];
    if (published === undefined || !(published in POLICY_OF)) return [];
    return [{ workload, seed, policy: POLICY_OF[published], rows: {}, decisions: join(placements, name) }];
  });
}
