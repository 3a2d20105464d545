import { JobsCsv, jobsColumns } from '../../metrics/files/jobs-csv.js';
import type { TableColumn } from '../../metrics/files/run-table.js';
import type { RunRecord } from '../../metrics/run-record.js';
import { summaryText } from '../../results/files/stored-runs.js';
import { runWithTenants } from '../extensions/tenants/run-tenants.js';
import { FILES } from '../run/node/run.js';
import type { RunHooks } from '../run/run-spec.js';
import type { CellResult } from './cell-folder.js';
import { type CellKey, jobsTable, metricsTable, runsTable, seriesTable } from './cell-tables.js';
import type { SweepCell } from './plan-sweep.js';

/** A cell for a worker: plain data. */
export interface CellTask {
  readonly cell: Pick<SweepCell, 'id' | 'spec'>;
  /** Whether its jobs are a table, too. */
  readonly jobs: boolean;
  /** Longest real time for one decision of a policy file, in milliseconds. */
  readonly decisionLimit?: number | undefined;
}

/** Runs a cell. Its result depends on the cell alone, so it does not matter when, where and how often it runs. @throws InputError */
export async function performCell(
  { cell, jobs }: CellTask,
  hooks: Pick<RunHooks, 'pause' | 'watch'> = {},
): Promise<CellResult> {
  const lines: string[] = [];
  let columns: readonly TableColumn[] = [];
  const record: RunRecord = await runWithTenants(cell.spec, FILES, {
    ...hooks,
    ...(jobs && {
      observers: (cluster, run) => {
        columns = jobsColumns(cluster.space);
        return [new JobsCsv(cluster, run, (line) => lines.push(line))];
      },
    }),
  });
  const { summary } = record;
  const key: CellKey = { cell: cell.id, policy: summary.run.policy.name, seed: cell.spec.seed };
  const [, ...rows] = jobs ? await fieldsOf(lines) : [];
  return {
    tables: {
      runs: runsTable(key, summary),
      metrics: metricsTable(key, summary),
      series: seriesTable(key, record),
      ...(jobs && { jobs: jobsTable(key, columns, rows) }),
    },
    summary: summaryText(summary),
  };
}

async function fieldsOf(lines: readonly string[]): Promise<string[][]> {
  const { parse } = await import('csv-parse/sync');
  return parse(lines.join(''));
}
