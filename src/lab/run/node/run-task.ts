import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { EventLog } from '../../../metrics/files/event-log.js';
import { JobsCsv, jobsColumns, type RunOfJobs } from '../../../metrics/files/jobs-csv.js';
import { PerfettoTrace } from '../../../metrics/files/perfetto-trace.js';
import { seriesColumns, seriesCsv } from '../../../metrics/files/series-csv.js';
import { type RunRecord, runKey } from '../../../metrics/run-record.js';
import { type Cluster, type Observer, ResourceSpace } from '../../../model/index.js';
import { writeExplanations } from '../../../results/files/explanations-file.js';
import { partialPath, ResultFile, writeResult } from '../../../results/files/result-files.js';
import { summaryText, writeRunRecord } from '../../../results/files/stored-runs.js';
import { tableSchemaText } from '../../../results/files/table-schema.js';
import { runWithTenants } from '../../extensions/tenants/run-tenants.js';
import type { RunSources } from '../run-sources.js';
import type { RunDetails, RunHooks, RunSpec } from '../run-spec.js';
import { FILES } from './run.js';

/** A run and the files that it writes: plain data that is sent to a worker. */
export interface RunTask {
  readonly spec: RunSpec;
  /**
   * Folder for `summary.json`, `jobs.csv`, `series.csv`, `machines.csv`, `schema.json` with their columns and units, and the record from
   * which a report is made again.
   */
  readonly out?: string;
  readonly jobsOut?: string;
  readonly eventsOut?: string;
  /** A trace that Perfetto opens. */
  readonly perfetto?: string;
  /** What the record has besides, for a report. */
  readonly details?: RunDetails;
  /** Longest real time for one decision of a policy file, in milliseconds. */
  readonly decisionLimit?: number;
}

/** Runs the task and writes its files; files of a run that fails or is stopped are removed. @throws InputError */
export async function performRun(
  task: RunTask,
  hooks: Pick<RunHooks, 'pause' | 'watch'> = {},
  sources: RunSources = FILES,
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
    const record = await runWithTenants(task.spec, sources, {
      ...hooks,
      ...(task.details !== undefined && { details: task.details }),
      observers: (cluster, run) => [
        ...fileObservers(cluster, run, jobs, events),
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
  run: RunOfJobs,
  jobs: readonly ResultFile[],
  events: ResultFile | undefined,
): Partial<Observer>[] {
  const all: Partial<Observer>[] = jobs.map((file) => new JobsCsv(cluster, run, (line) => file.write(line)));
  if (events !== undefined) all.push(new EventLog(cluster, (line) => events.write(line)));
  return all;
}

function writeFolder(folder: string, record: RunRecord): void {
  const { summary, series, machines, explanations } = record;
  writeResult(join(folder, 'series.csv'), seriesCsv(series, runKey(summary)));
  writeResult(join(folder, 'machines.csv'), machines.text);
  const space = new ResourceSpace(Object.keys(summary.run.machines.capacity));
  const columns = { jobs: jobsColumns(space), series: seriesColumns(series), machines: machines.columns };
  writeResult(join(folder, 'schema.json'), tableSchemaText(columns, summary.run.warmUp));
  writeExplanations(folder, runKey(summary), explanations);
  writeRunRecord(folder, record);
  // Last, so that a folder with a summary is complete.
  writeResult(join(folder, 'summary.json'), summaryText(summary));
}
