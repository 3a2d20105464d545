import { type FrameworkSpec, InputError, LATEST_TIME, type ResourceSpace } from '../../model/index.js';
import { batched, PLAIN_ROW, type TaskBatch, type TaskRow } from '../trace.js';
import { Adjustments, beyondEnd } from './adjustments.js';
import { columnNames, readCsv } from './csv-records.js';
import type { Format, OpenTrace, TraceCluster } from './format.js';
import type { RowRecord } from './row-table.js';
import { frameworksInOrder } from './submission-order.js';
import { ReadMeter } from './text-file.js';

/**
 * Job lists of the Omega study: CSV with the columns `workload,submitted,tasks,duration,cpus,mem` (seconds from the
 * start of the run, cores, GiB per task) and a line per job. Each workload becomes a framework of that name. Lines may
 * be in any order, so the file is kept in memory. Jobs with equal times keep the order of the file.
 */
export const omegaCsv: Format = {
  name: 'omega',
  about: 'job lists of the Omega study (workload,submitted,tasks,duration,cpus,mem), also .gz',
  parameters: [],
  recognizes: (_path, head) => {
    const names = columnNames(head[0] ?? '');
    return COLUMNS.every((column) => names.includes(column));
  },
  describeCluster: async (): Promise<TraceCluster> => ({
    resources: ['cpus', 'mem'],
    machinesHint: 'a job list has no machines; use --machines, such as --machines 10000x4cpu/16GiB',
  }),
  open,
};

const COLUMNS = ['workload', 'submitted', 'tasks', 'duration', 'cpus', 'mem'];

const MIB_PER_GIB = 1024;

function open(path: string, space: ResourceSpace): OpenTrace {
  const listed: { name: string }[] = [];
  const frameworks: FrameworkSpec[] = [];
  const meter = new ReadMeter();
  const adjustments = new Adjustments();
  return {
    space,
    frameworks,
    constraints: [[]],
    curves: [undefined],
    dropped: {},
    adjusted: adjustments.counts,
    meter,
    startsAt: 'zero',
    batches: () => frameworksInOrder(sortedJobs(path, space, listed, adjustments, meter), listed, frameworks),
  };
}

async function* sortedJobs(
  path: string,
  space: ResourceSpace,
  frameworks: { name: string }[],
  adjustments: Adjustments,
  meter: ReadMeter,
): AsyncGenerator<TaskBatch> {
  const rows: TaskRow[] = [];
  for await (const record of readCsv(path, COLUMNS, meter)) {
    const submit = record.time('submitted', adjustments);
    const duration = record.time('duration', adjustments);
    if (submit + duration > LATEST_TIME) throw beyondEnd(record.place('duration'), record.text('duration'));
    rows.push({
      ...PLAIN_ROW,
      job: rows.length + 1,
      framework: frameworkOf(record, frameworks),
      submit,
      tasks: tasksOf(record),
      demand: demandOf(record, space, adjustments),
      duration,
    });
  }
  if (rows.length === 0) throw new InputError({ file: path }, 'contains no job');
  rows.sort((a, b) => a.submit - b.submit);
  yield* batched(rows, space.size);
}

function frameworkOf(record: RowRecord, frameworks: { name: string }[]): number {
  const name = record.required('workload', 'the name of a workload');
  const known = frameworks.findIndex((framework) => framework.name === name);
  return known >= 0 ? known : frameworks.push({ name }) - 1;
}

function tasksOf(record: RowRecord): number {
  const tasks = record.count('tasks');
  if (tasks < 1) throw InputError.expected(record.place('tasks'), tasks, 'a whole number >= 1');
  return tasks;
}

function demandOf(record: RowRecord, space: ResourceSpace, adjustments: Adjustments): number[] {
  const amounts: Readonly<Record<string, number>> = {
    cpus: record.amount('cpus'),
    mem: record.amount('mem') * MIB_PER_GIB,
  };
  return space.kinds.map((kind) =>
    adjustments.quanta(kind, amounts[kind.name] ?? 0, record.place(kind.name)),
  );
}
