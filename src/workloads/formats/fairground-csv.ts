import {
  type Constraint,
  FOREVER,
  InputError,
  LATEST_TIME,
  MAX_QUANTA,
  type Micros,
  quote,
  RESOURCE_NAMES,
  type ResourceKind,
  type ResourceSpace,
  WHOLE_DEVICE,
} from '../../model/index.js';
import { TaskBatch } from '../trace.js';
import { Adjustments, beyondEnd, beyondTime } from './adjustments.js';
import { type CsvRecord, type CsvTable, columnNames, readCsv, readTable } from './csv-records.js';
import type { CsvScanner } from './csv-scanner.js';
import type { Format, OpenTrace, TraceCluster } from './format.js';
import { GangMinimums } from './gang-minimums.js';
import { JOB_COLUMNS, JobColumns } from './job-columns.js';
import { JobLines } from './job-lines.js';
import { checkSpelling, resourceColumns } from './resource-columns.js';
import { parseConstraints, RULE_COLUMNS, RuleColumns } from './rule-columns.js';
import { ReadMeter, readLines } from './text-file.js';

/**
 * Fairground's own format: CSV with a header and a line for `tasks` identical tasks of a job, sorted by `submit`.
 *
 * Required: `job_id`, `submit` and `duration` in seconds (`duration` may be `forever`), and at least one resource
 * column: `cpus` in cores, `mem` and `disk` in MiB, `gpus` in GPUs (a fraction shares one device), `network` in Mbit/s,
 * `ports`.
 * Optional: `framework` (default `default`), `tasks` (1), `estimate` in seconds, or `time_limit` and `runtime_estimate`
 * apart, `priority` (0), `gang` (0 or 1), `minimum` (the least number of running members of a gang), who submitted the job and what it waits for (JOB_COLUMNS), `constraint` (`rack=r1|r2;zone=a`), the placement rules `spread`, `together`, `avoid`, `beside` and `prefers`,
 * `fail_after` in seconds, and `used.<resource>`: the actual usage of a task, in the resource's unit.
 */
export const fairgroundCsv: Format = {
  name: 'csv',
  about: "Fairground's own CSV format (docs/formats.md), also .gz",
  parameters: [],
  recognizes: (_path, head) => columnNames(head[0] ?? '').includes('job_id'),
  describeCluster,
  open: (path, space) => open(path, space),
};

/** For amounts that are in range. */
const NO_PLACE = {};

const COLUMNS = ['job_id', 'submit', 'duration'];

const OPTIONAL_COLUMNS = [
  'framework',
  'tasks',
  'estimate',
  'time_limit',
  'runtime_estimate',
  'priority',
  'gang',
  'minimum',
  'constraint',
  'fail_after',
  ...JOB_COLUMNS,
  ...RULE_COLUMNS,
  ...RESOURCE_NAMES.map((name) => `used.${name}`),
];

const KNOWN_COLUMNS = [...COLUMNS, ...OPTIONAL_COLUMNS, ...RESOURCE_NAMES];

async function describeCluster(path: string): Promise<TraceCluster> {
  for await (const { lines } of readLines(path)) {
    const header = columnNames(lines[0]);
    const resources = resourceColumns(path, header);
    checkSpelling(path, header, KNOWN_COLUMNS);
    return {
      resources,
      machinesHint: 'the trace has no machines; use --machines, such as --machines 500x16cpu/64GiB',
    };
  }
  throw new InputError({ file: path }, `is empty, expected a header with ${COLUMNS.join(', ')}`);
}

function open(path: string, space: ResourceSpace): OpenTrace {
  const reader = new CsvReader(path, space);
  return {
    space,
    frameworks: reader.frameworks,
    constraints: reader.constraints,
    rules: reader.rules.known,
    curves: [undefined],
    followed: reader.jobColumns.followed,
    dropped: {},
    adjusted: reader.adjustments.counts,
    meter: reader.meter,
    batches: () => reader.batches(),
  };
}

/**
 * Fills batches from the bytes of the file. Plain numbers are parsed directly. Other fields (empty, with an exponent,
 * invalid) are read through the record, which has the defaults and the messages.
 */
class CsvReader {
  readonly frameworks: { name: string }[] = [];
  readonly constraints: (readonly Constraint[])[] = [[]];
  readonly meter = new ReadMeter();
  readonly rules = new RuleColumns();
  readonly adjustments = new Adjustments();
  readonly jobColumns = new JobColumns(this.adjustments);
  private readonly minimums = new GangMinimums();
  private readonly path: string;
  private readonly space: ResourceSpace;
  private readonly frameworkOf = new Map<string, number>();
  private readonly constraintOf = new Map<string, number>([['', 0]]);
  private readonly jobText = new RepeatedText();
  private readonly frameworkText = new RepeatedText();
  private readonly constraintText = new RepeatedText();
  private readonly jobLines = new JobLines(this.rules);
  private last = Number.NEGATIVE_INFINITY;

  constructor(path: string, space: ResourceSpace) {
    this.path = path;
    this.space = space;
  }

  async *batches(): AsyncGenerator<TaskBatch> {
    let batch = new TaskBatch(this.space.size);
    let columns: RowColumns | undefined;
    for await (const table of readTable(this.path, COLUMNS, this.meter)) {
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
    if (this.last === Number.NEGATIVE_INFINITY) throw new InputError({ file: this.path }, 'contains no job');
  }

  /** Finds the jobs that others follow, whose ends a run remembers. */
  private async findFollowed(): Promise<void> {
    const { followed } = this.jobColumns;
    for await (const record of readCsv(this.path, COLUMNS))
      if (record.text('follows') !== '') followed.add(record.text('follows'));
  }

  private columnsOf(table: CsvTable): RowColumns {
    const unknown = [...table.columns.keys()].filter((name) => !KNOWN_COLUMNS.includes(name));
    const names = unknown.map((name) => quote(name)).join(', ');
    for (const _ of unknown) this.adjustments.count(`unknown columns ignored: ${names}`);
    return rowColumns(table, this.space);
  }

  private fill(batch: TaskBatch, row: number, table: CsvTable, columns: RowColumns): void {
    const submit = this.time(table, columns.submit);
    if (submit < this.last) throw outOfOrder(table.record());
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
  private runTime(table: CsvTable, column: NumberColumn, both: Micros): Micros {
    if (column.place === undefined) return both;
    const own = this.time(table, column);
    if (both === FOREVER || own === FOREVER) return Math.min(both, own);
    if (own === both) return own;
    const record = table.record();
    const expected = `${record.text('estimate')}, the value of estimate, which sets both the limit and the estimate; or an empty estimate`;
    throw InputError.expected(record.place(column.name), record.text(column.name), expected);
  }

  private fillDemand(batch: TaskBatch, row: number, table: CsvTable, columns: RowColumns): void {
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
    const usage = columns.hasUsage ? usedShares(table.record(), this.space) : undefined;
    for (let d = 0; d < dims; d++) batch.usage[row * dims + d] = usage === undefined ? Number.NaN : usage[d];
  }

  private time(table: CsvTable, column: NumberColumn): Micros {
    const time = this.adjustments.time(amount(table, column));
    if (Number.isNaN(time))
      throw beyondTime(table.record().place(column.name), table.record().text(column.name));
    return time;
  }

  private duration(table: CsvTable, column: NumberColumn): Micros {
    const isPlain = table.scanner.decimal(column.place as number) >= 0;
    return !isPlain && table.record().text(column.name) === 'forever' ? FOREVER : this.time(table, column);
  }

  private job(table: CsvTable, column: number): string {
    const job = this.jobText.of(table.scanner, column);
    return job === '' ? table.record().required('job_id', 'a job id') : job;
  }

  private framework(table: CsvTable, column: number | undefined): number {
    const text = column === undefined ? '' : this.frameworkText.of(table.scanner, column);
    const name = text || 'default';
    let framework = this.frameworkOf.get(name);
    if (framework === undefined) {
      framework = this.frameworks.push({ name }) - 1;
      this.frameworkOf.set(name, framework);
    }
    return framework;
  }

  private constraint(table: CsvTable, column: number | undefined): number {
    if (column === undefined || table.scanner.isEmpty(column)) return 0;
    const text = this.constraintText.of(table.scanner, column);
    let constraint = this.constraintOf.get(text);
    if (constraint === undefined) {
      constraint = this.constraints.push(parseConstraints(table.record(), 'constraint')) - 1;
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
  readonly hasMinimum: boolean;
  readonly hasRules: boolean;
  readonly hasJobColumns: boolean;
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

function rowColumns(table: CsvTable, space: ResourceSpace): RowColumns {
  const place = (name: string) => table.columns.get(name);
  const number = (name: string, fallback?: number) => ({ name, place: place(name), fallback });
  return {
    job: place('job_id') as number,
    framework: place('framework'),
    constraint: place('constraint'),
    gang: place('gang'),
    hasMinimum: table.columns.has('minimum'),
    hasRules: RULE_COLUMNS.some((name) => table.columns.has(name)),
    hasJobColumns: JOB_COLUMNS.some((name) => table.columns.has(name)),
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
function amount(table: CsvTable, { place, fallback, name }: NumberColumn): number {
  if (place === undefined) return fallback as number;
  const value = table.scanner.decimal(place);
  return value >= 0 ? value : table.record().amount(name, fallback);
}

/** @throws InputError */
function count(table: CsvTable, { place, fallback, name }: NumberColumn): number {
  if (place === undefined) return fallback as number;
  const value = table.scanner.decimal(place);
  return value <= MAX_QUANTA && Number.isInteger(value) ? value : table.record().count(name, fallback);
}

function outOfOrder(record: CsvRecord): InputError {
  const expected = 'a time not before that of the line above; sort the trace';
  return InputError.expected(record.place('submit'), record.text('submit'), expected);
}

function noTask(record: CsvRecord): InputError {
  return InputError.expected(record.place('tasks'), record.count('tasks'), 'a whole number >= 1');
}

/** The used share of the demand per dimension; undefined if all `used` fields are empty. */
function usedShares(record: CsvRecord, space: ResourceSpace): number[] | undefined {
  let isKnown = false;
  const shares = space.names.map((name) => {
    const demand = record.amount(name, 0);
    const text = record.text(`used.${name}`);
    if (text !== '') isKnown = true;
    return demand === 0 || text === '' ? 0 : record.amount(`used.${name}`) / demand;
  });
  return isKnown ? shares : undefined;
}

/** Whole devices, or a share of one, from the demand of the row. */
function fillGpus(batch: TaskBatch, row: number, dimension: number, record: CsvRecord): void {
  const gpus = record.amount('gpus', 0);
  if (gpus > 1 && !Number.isInteger(gpus)) {
    throw InputError.expected(record.place('gpus'), gpus, 'a part of one GPU, or a whole number of GPUs');
  }
  const milli = batch.demand[row * batch.dims + dimension];
  if (milli === 0) return;
  batch.gpuCount[row] = Math.ceil(milli / WHOLE_DEVICE);
  batch.gpuMilliEach[row] = Math.min(milli, WHOLE_DEVICE);
}

/**
 * Texts of a column that often repeats in consecutive rows, such as the job of its tasks. A new string is created only
 * when the bytes change, because creating a string costs more than comparing bytes.
 */
class RepeatedText {
  private bytes = new Uint8Array(64);
  private length = -1;
  private text = '';

  /** The text of this field of the current record. */
  of(scanner: CsvScanner, field: number): string {
    if (this.length >= 0 && scanner.equals(field, this.bytes, this.length)) return this.text;
    const bytes = scanner.bytes(field);
    if (bytes.length > this.bytes.length) this.bytes = new Uint8Array(2 * bytes.length);
    this.bytes.set(bytes);
    this.length = bytes.length;
    this.text = scanner.text(field);
    return this.text;
  }
}
