import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EventLog } from '../../../metrics/files/event-log.js';
import { JobsCsv } from '../../../metrics/files/jobs-csv.js';
import { PerfettoTrace } from '../../../metrics/files/perfetto-trace.js';
import { seriesCsv } from '../../../metrics/files/series-csv.js';
import type { RunRecord } from '../../../metrics/run-record.js';
import type { Cluster, Observer } from '../../../model/index.js';
import { partialPath, ResultFile, writeResult } from '../../../results/files/result-files.js';
import { runWithTenants } from '../../extensions/tenants/run-tenants.js';
import type { RunHooks, RunSpec } from '../run-spec.js';
import { FILES } from './run.js';

/** A run and the files that it writes: plain data that is sent to a worker. */
export interface RunTask {
  readonly spec: RunSpec;
  /** Folder for `summary.json`, `jobs.csv`, `series.csv` and `machines.csv`. */
  readonly out?: string;
  readonly jobsOut?: string;
  readonly eventsOut?: string;
  /** A trace that Perfetto opens. */
  readonly perfetto?: string;
  /** Longest real time for one decision of a policy file, in milliseconds. */
  readonly decisionLimit?: number;
}

/** Runs the task and writes its files; files of a run that fails or is stopped are removed. @throws InputError */
export async function performRun(
  task: RunTask,
  hooks: Pick<RunHooks, 'pause' | 'watch'> = {},
): Promise<RunRecord> {
  const files: ResultFile[] = [];
  const file = (path: string): ResultFile => {
    const opened = new ResultFile(path);
    files.push(opened);
    return opened;
  };
  try {
    const jobs = jobsPaths(task).map(file);
    const events = task.eventsOut === undefined ? undefined : file(task.eventsOut);
    const perfetto = task.perfetto === undefined ? undefined : file(task.perfetto);
    const record = await runWithTenants(task.spec, FILES, {
      ...hooks,
      observers: (cluster) => [
        ...fileObservers(cluster, jobs, events),
        ...(perfetto === undefined ? [] : [new PerfettoTrace(cluster, (text) => perfetto.write(text))]),
      ],
    });
    for (const opened of files) opened.finish();
    if (task.out !== undefined) writeFolder(task.out, record);
    return record;
  } catch (error) {
    for (const opened of files) opened.discard();
    throw error;
  }
}

/** Does the run write files? */
export function writesFiles({ out, jobsOut, eventsOut, perfetto }: RunTask): boolean {
  return [out, jobsOut, eventsOut, perfetto].some((path) => path !== undefined);
}

/** Removes the partial files of a run that was stopped. */
export function discardPartialFiles(task: RunTask): void {
  for (const path of [...jobsPaths(task), task.eventsOut, task.perfetto])
    if (path !== undefined) rmSync(partialPath(path), { force: true });
}

function jobsPaths(task: RunTask): string[] {
  const paths = task.jobsOut === undefined ? [] : [task.jobsOut];
  return task.out === undefined ? paths : [...paths, join(task.out, 'jobs.csv')];
}

function fileObservers(
  cluster: Cluster,
  jobs: readonly ResultFile[],
  events: ResultFile | undefined,
): Partial<Observer>[] {
  const all: Partial<Observer>[] = jobs.map((file) => new JobsCsv(cluster, (line) => file.write(line)));
  if (events !== undefined) all.push(new EventLog(cluster, (line) => events.write(line)));
  return all;
}

function writeFolder(folder: string, record: RunRecord): void {
  writeResult(join(folder, 'series.csv'), seriesCsv(record.series));
  writeResult(join(folder, 'machines.csv'), record.machinesCsv);
  // Last, so that a folder with a summary is complete.
  writeResult(join(folder, 'summary.json'), summaryText(record.summary));
}

/** `summary.json` to the byte. */
export function summaryText(summary: RunRecord['summary']): string {
  return `${JSON.stringify(summary, null, 2)}\n`;
}
