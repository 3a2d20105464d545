import {
  type Constraint,
  FOREVER,
  type FrameworkSpec,
  InputError,
  LATEST_TIME,
  MAX_QUANTA,
  type Micros,
  type Parameter,
  type ParameterValues,
  parseConstraints,
  quote,
  type ResourceKind,
  type ResourceSpace,
  setFact,
  WHOLE_DEVICE,
} from '../../model/index.js';
import { TaskBatch } from '../trace.js';
import { Adjustments, beyondEnd, beyondTime } from './adjustments.js';
import { ATTEMPT_COLUMNS, readAttempts } from './attempt-columns.js';
import { columnNames, csvFile } from './csv-records.js';
import type { Format, OpenTrace, TraceCluster } from './format.js';
import { GangMinimums } from './gang-minimums.js';
import { JOB_COLUMNS, JobColumns } from './job-columns.js';
import { JobLines } from './job-lines.js';
import { JobsOfFile, JobsOfInstant } from './jobs-of-instant.js';
import { checkSpelling, resourceColumns } from './resource-columns.js';
import { type RowFile, type RowRecord, type RowTable, recordsOf } from './row-table.js';
import { RULE_COLUMNS, RuleColumns } from './rule-columns.js';
import { frameworksInOrder, sortedBatches } from './submission-order.js';
import { ReadMeter, readLines } from './text-file.js';
import { TRACE_COLUMNS } from './trace-columns.js';
import { readUsage } from './usage-columns.js';

/** Parameters of Fairground's own formats. */
export const ROW_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'choice',
    name: 'start',
    default: 'first',
    choices: ['first', 'zero'],
    about: 'Start of the run: with the first submission, or at time zero of the trace.',
  },
  {
    kind: 'choice',
    name: 'order',
    default: 'submit',
    choices: ['submit', 'any'],
    about: 'Order of the rows: by submit, which is checked; or any, and the rows are sorted.',
  },
];

/**
 * Fairground's own format: CSV with a header and a line for `tasks` identical tasks of a job, sorted by `submit`.
 *
 * Required: `job_id`, `submit` and `duration` in seconds (`duration` may be `forever`), and at least one resource
 * column: `cpus` in cores, `mem` and `disk` in MiB, `gpus` in GPUs (a fraction shares one device), `network` in Mbit/s,
 * `ports`.
 * Optional: `framework` (default `default`), `tasks` (1), `estimate` in seconds, or `time_limit` and `runtime_estimate`
 * apart, `priority` (0), `gang` (0 or 1), `minimum` (the least number of running members of a gang), who submitted the job and what it waits for (JOB_COLUMNS), `constraint` (`rack=r1|r2;zone!=a;cores>=8;ssd;!gpu_model`), the placement rules `spread`, `together`, `avoid`, `beside` and `prefers`,
 * `speed_class` (the class of the tasks for the speeds of machines), `fail_after` in seconds, the attempts of the trace (`attempts`, `ended`), and `used.<resource>`: the actual usage of a task, in the
 * resource's unit, or its steps over time.
 */
export const fairgroundCsv: Format = {
  name: 'csv',
  about: "Fairground's own CSV format (docs/formats.md), also .gz",
  parameters: ROW_PARAMETERS,
  recognizes: (_path, head) => columnNames(head[0] ?? '').includes('job_id'),
  describeCluster,
  open: (path, space, settings) => openRows(csvFile(path), 'csv', space, settings),
};

/** For amounts that are in range. */
const NO_PLACE = {};

const COLUMNS = TRACE_COLUMNS.filter(({ fallback }) => fallback === undefined).map(({ name }) => name);

const KNOWN_COLUMNS = TRACE_COLUMNS.map(({ name }) => name);

async function describeCluster(path: string): Promise<TraceCluster> {
  for await (const { lines } of readLines(path)) {
    return clusterOfColumns(path, columnNames(lines[0]));
  }
  throw new InputError({ file: path }, `is empty, expected a header with ${COLUMNS.join(', ')}`);
}

/** The cluster of a trace with these columns. @throws InputError when there is no resource, or a column is misspelt. */
export function clusterOfColumns(path: string, columns: readonly string[]): TraceCluster {
  const resources = resourceColumns(path, columns);
  checkSpelling(path, columns, KNOWN_COLUMNS);
  return {
    resources,
    machinesHint: 'the trace has no machines; use --machines, such as --machines 500x16cpu/64GiB',
  };
}

/** A trace in a file with the columns of Fairground's own formats. @throws InputError while it is read. */
export function openRows(
  file: RowFile,
  format: 'csv' | 'parquet',
  space: ResourceSpace,
  settings: ParameterValues,
): OpenTrace {
  const sorts = settings.text('order') === 'any';
  const reader = new RowReader(file, format, space, sorts ? 'any' : 'submit');
  const frameworks: FrameworkSpec[] = sorts ? [] : reader.frameworks;
  const sorted = () => sortedBatches(reader.batches(), reader.adjustments);
  return {
    space,
    frameworks,
    constraints: reader.constraints,
    rules: reader.rules.known,
    curves: [undefined],
    followed: reader.jobColumns.followed,
    dropped: {},
    adjusted: reader.adjustments.counts,
    meter: reader.meter,
    ...(settings.text('start') === 'zero' && { startsAt: 'zero' }),
    batches: () => (sorts ? frameworksInOrder(sorted(), reader.frameworks, frameworks) : reader.batches()),
  };
}

/** `submit`: the rows must be in order of submission. `any`: they are sorted after they are read. */
type RowOrder = 'submit' | 'any';

/**
 * Fills batches from the rows of the file. Plain numbers are read directly. Other fields (empty, with an exponent,
 * invalid) are read through the record, which has the defaults and the messages.
 */
class RowReader {
  readonly frameworks: { name: string }[] = [];
  readonly constraints: (readonly Constraint[])[] = [[]];
  readonly meter = new ReadMeter();
  readonly rules = new RuleColumns();
  readonly adjustments = new Adjustments();
  readonly jobColumns = new JobColumns(this.adjustments);
  private readonly minimums = new GangMinimums();
  private readonly file: RowFile;
  private readonly format: string;
  private readonly space: ResourceSpace;
  private readonly frameworkOf = new Map<string, number>();
  private readonly constraintOf = new Map<string, number>([['', 0]]);
  private readonly jobLines: JobLines;
  private readonly order: RowOrder;
  private last = Number.NEGATIVE_INFINITY;

  constructor(file: RowFile, format: string, space: ResourceSpace, order: RowOrder) {
    this.file = file;
    this.format = format;
    this.space = space;
    this.order = order;
    this.jobLines = new JobLines(this.rules, order === 'any' ? new JobsOfFile() : new JobsOfInstant());
  }

  async *batches(): AsyncGenerator<TaskBatch> {
    let batch = new TaskBatch(this.space.size);
    let columns: RowColumns | undefined;
    for await (const table of this.file.tables(COLUMNS, this.meter)) {
      if (columns === undefined) {
        columns = this.columnsOf(table);
        if (table.columns.has('follows')) await this.findFollowed();
      }
      while (table.next()) {
        this.fill(batch, batch.length++, table, columns);
        if (!batch.isFull) continue;
        yield batch;
        batch = new TaskBatch(this.space.size);
      }
    }
    this.jobColumns.jobEnds();
    this.minimums.jobEnds();
    if (batch.length > 0) yield batch;
    if (this.last === Number.NEGATIVE_INFINITY)
      throw new InputError({ file: this.file.path }, 'contains no job');
  }

  /** Finds the jobs that others follow, whose ends a run remembers. */
  private async findFollowed(): Promise<void> {
    const { followed } = this.jobColumns;
    for await (const record of recordsOf(this.file, COLUMNS))
      if (record.text('follows') !== '') followed.add(record.text('follows'));
    if (this.order === 'submit') return;
    for await (const record of recordsOf(this.file, COLUMNS))
      this.jobColumns.addFollowed(record.text('job_id'), record);
  }

  private columnsOf(table: RowTable): RowColumns {
    const isKnown = (name: string) =>
      KNOWN_COLUMNS.includes(name) && (!name.startsWith('used.') || table.columns.has(name.slice(5)));
    const unknown = [...table.columns.keys()].filter((name) => !isKnown(name));
    const names = unknown.map((name) => (name === '' ? 'without a name' : quote(name))).join(', ');
    for (const _ of unknown) this.adjustments.count(`unknown columns ignored: ${names}`);
    return rowColumns(table, this.space);
  }

  private fill(batch: TaskBatch, row: number, table: RowTable, columns: RowColumns): void {
    const submit = this.time(table, columns.submit);
    if (submit < this.last && this.order === 'submit') throw outOfOrder(table.record(), this.format);
    this.last = submit;
    batch.job[row] = this.job(table, columns.job);
    batch.framework[row] = this.framework(table, columns.framework);
    batch.submit[row] = submit;
    batch.tasks[row] = count(table, columns.tasks);
    if (batch.tasks[row] < 1) throw noTask(table.record());
    batch.constraint[row] = this.constraint(table, columns.constraint);
    const estimate = this.time(table, columns.estimate);
    batch.estimate[row] = this.runTime(table, columns.runtimeEstimate, estimate);
    batch.timeLimit[row] = this.runTime(table, columns.timeLimit, estimate);
    batch.priority[row] = count(table, columns.priority);
    batch.gang[row] = columns.gang !== undefined && table.record().flag('gang') ? 1 : 0;
    batch.rule[row] = columns.hasRules ? this.rules.of(table.record()) : 0;
    const line = this.jobLines.check(batch, row, table);
    batch.duration[row] = this.duration(table, columns.duration);
    batch.failAfter[row] = this.time(table, columns.failAfter);
    if (columns.hasAttempts) readAttempts(batch, row, table.record(), this.adjustments);
    if (columns.speedClass !== undefined)
      setFact(batch.speedClass, row, table.scanner.repeatedText(columns.speedClass) || undefined);
    const end = submit + Math.min(batch.duration[row], batch.timeLimit[row]);
    if (end > LATEST_TIME && end !== FOREVER) {
      const record = table.record();
      throw beyondEnd(record.place('duration'), record.text('duration'));
    }
    if (columns.hasJobColumns) this.jobColumns.fill(batch, row, table.record(), line);
    this.fillDemand(batch, row, table, columns);
    if (columns.hasMinimum) this.minimums.read(batch, row, table.record(), line);
  }

  /** A column of its own, or `estimate`, which sets both. @throws InputError when they differ. */
  private runTime(table: RowTable, column: NumberColumn, both: Micros): Micros {
    if (column.place === undefined) return both;
    const own = this.time(table, column);
    if (both === FOREVER || own === FOREVER) return Math.min(both, own);
    if (own === both) return own;
    const record = table.record();
    const expected = `${record.text('estimate')}, the value of estimate, which sets both the limit and the estimate; or an empty estimate`;
    throw InputError.expected(record.place(column.name), record.text(column.name), expected);
  }

  private fillDemand(batch: TaskBatch, row: number, table: RowTable, columns: RowColumns): void {
    const dims = this.space.size;
    for (let d = 0; d < dims; d++) {
      const { kind } = columns.demand[d];
      const asked = amount(table, columns.demand[d]);
      batch.demand[row * dims + d] =
        asked * kind.quantaPerUnit <= MAX_QUANTA
          ? this.adjustments.quanta(kind, asked, NO_PLACE)
          : this.adjustments.quanta(kind, asked, table.record().place(kind.name));
    }
    batch.gpuCount[row] = 0;
    batch.gpuMilliEach[row] = 0;
    if (this.space.gpuDimension >= 0) fillGpus(batch, row, this.space.gpuDimension, table.record());
    if (columns.hasUsage) readUsage(batch, row, table.record(), this.space, this.adjustments);
  }

  private time(table: RowTable, column: NumberColumn): Micros {
    const time = this.adjustments.time(amount(table, column));
    if (Number.isNaN(time))
      throw beyondTime(table.record().place(column.name), table.record().text(column.name));
    return time;
  }

  private duration(table: RowTable, column: NumberColumn): Micros {
    const isPlain = table.scanner.decimal(column.place as number) >= 0;
    return !isPlain && table.record().text(column.name) === 'forever' ? FOREVER : this.time(table, column);
  }

  private job(table: RowTable, column: number): string {
    const job = table.scanner.repeatedText(column);
    return job === '' ? table.record().required('job_id', 'a job id') : job;
  }

  private framework(table: RowTable, column: number | undefined): number {
    const text = column === undefined ? '' : table.scanner.repeatedText(column);
    const name = text || 'default';
    let framework = this.frameworkOf.get(name);
    if (framework === undefined) {
      framework = this.frameworks.push({ name }) - 1;
      this.frameworkOf.set(name, framework);
    }
    return framework;
  }

  private constraint(table: RowTable, column: number | undefined): number {
    if (column === undefined || table.scanner.isEmpty(column)) return 0;
    const text = table.scanner.repeatedText(column);
    let constraint = this.constraintOf.get(text);
    if (constraint === undefined) {
      constraint = this.constraints.push(parseConstraints(text, table.record().place('constraint'))) - 1;
      this.constraintOf.set(text, constraint);
    }
    return constraint;
  }
}

/** A column of numbers with the value of an empty field. Without a fallback the field must not be empty. */
interface NumberColumn {
  readonly name: string;
  /** undefined if the file has no such column. */
  readonly place: number | undefined;
  readonly fallback: number | undefined;
}

interface DemandColumn extends NumberColumn {
  readonly kind: ResourceKind;
}

/** Indices of the format's columns in one file. */
interface RowColumns {
  readonly job: number;
  readonly framework: number | undefined;
  readonly constraint: number | undefined;
  readonly gang: number | undefined;
  readonly speedClass: number | undefined;
  readonly hasMinimum: boolean;
  readonly hasRules: boolean;
  readonly hasJobColumns: boolean;
  readonly hasAttempts: boolean;
  readonly hasUsage: boolean;
  readonly submit: NumberColumn;
  readonly duration: NumberColumn;
  readonly tasks: NumberColumn;
  readonly estimate: NumberColumn;
  readonly timeLimit: NumberColumn;
  readonly runtimeEstimate: NumberColumn;
  readonly priority: NumberColumn;
  readonly failAfter: NumberColumn;
  readonly demand: readonly DemandColumn[];
}

function rowColumns(table: RowTable, space: ResourceSpace): RowColumns {
  const place = (name: string) => table.columns.get(name);
  const number = (name: string, fallback?: number) => ({ name, place: place(name), fallback });
  return {
    job: place('job_id') as number,
    framework: place('framework'),
    constraint: place('constraint'),
    gang: place('gang'),
    speedClass: place('speed_class'),
    hasMinimum: table.columns.has('minimum'),
    hasRules: RULE_COLUMNS.some((name) => table.columns.has(name)),
    hasJobColumns: JOB_COLUMNS.some((name) => table.columns.has(name)),
    hasAttempts: ATTEMPT_COLUMNS.some((name) => table.columns.has(name)),
    hasUsage: space.names.some((name) => table.columns.has(`used.${name}`)),
    submit: number('submit'),
    duration: number('duration'),
    tasks: number('tasks', 1),
    estimate: number('estimate', FOREVER),
    timeLimit: number('time_limit', FOREVER),
    runtimeEstimate: number('runtime_estimate', FOREVER),
    priority: number('priority', 0),
    failAfter: number('fail_after', FOREVER),
    demand: space.kinds.map((kind) => ({ ...number(kind.name, 0), kind })),
  };
}

/** @throws InputError */
function amount(table: RowTable, { place, fallback, name }: NumberColumn): number {
  if (place === undefined) return fallback as number;
  const value = table.scanner.decimal(place);
  return value >= 0 ? value : table.record().amount(name, fallback);
}

/** @throws InputError */
function count(table: RowTable, { place, fallback, name }: NumberColumn): number {
  if (place === undefined) return fallback as number;
  const value = table.scanner.decimal(place);
  return value <= MAX_QUANTA && Number.isInteger(value) ? value : table.record().count(name, fallback);
}

/** The setting has the name of the format, because policies have a parameter `order` as well. */
function outOfOrder(record: RowRecord, format: string): InputError {
  const expected = `a time not before that of the line above; sort the trace, or let --set ${format}.order=any do it`;
  return InputError.expected(record.place('submit'), record.text('submit'), expected);
}

function noTask(record: RowRecord): InputError {
  return InputError.expected(record.place('tasks'), record.count('tasks'), 'a whole number >= 1');
}

/** The devices of a task: `gpu_count` of them with equal shares, or as few as possible. */
function fillGpus(batch: TaskBatch, row: number, dimension: number, record: RowRecord): void {
  if (record.text('gpu_count') !== '') {
    fillShares(batch, row, dimension, record);
    return;
  }
  const gpus = record.amount('gpus', 0);
  if (gpus > 1 && !Number.isInteger(gpus)) {
    const expected = 'a part of one GPU, or a whole number of GPUs (gpu_count spreads other amounts)';
    throw InputError.expected(record.place('gpus'), gpus, expected);
  }
  const milli = batch.demand[row * batch.dims + dimension];
  if (milli === 0) return;
  batch.gpuCount[row] = Math.ceil(milli / WHOLE_DEVICE);
  batch.gpuMilliEach[row] = Math.min(milli, WHOLE_DEVICE);
}

/** @throws InputError when a device would have more than all of itself, or a fraction of a quantum. */
function fillShares(batch: TaskBatch, row: number, dimension: number, record: RowRecord): void {
  const gpus = batch.demand[row * batch.dims + dimension];
  const devices = record.count('gpu_count');
  const each = devices === 0 ? 0 : gpus / devices;
  if (
    (gpus === 0 && devices > 0) ||
    each * devices !== gpus ||
    !Number.isInteger(each) ||
    each > WHOLE_DEVICE
  ) {
    const expected = `a number of GPUs that ${record.text('gpus') || 0} divides into equal shares of 0.001 to 1`;
    throw InputError.expected(record.place('gpu_count'), devices, expected);
  }
  batch.gpuCount[row] = devices;
  batch.gpuMilliEach[row] = each;
}
