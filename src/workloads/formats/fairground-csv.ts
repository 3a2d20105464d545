import {
  type Constraint,
  FOREVER,
  fromSeconds,
  InputError,
  RESOURCE_NAMES,
  type ResourceKind,
  type ResourceSpace,
  resourceKind,
  toQuanta,
  WHOLE_DEVICE,
} from '../../model/index.js';
import { batchedAsync, PLAIN_ROW, type TaskRow } from '../trace.js';
import { type CsvRecord, columnNames, readCsv } from './csv-records.js';
import type { Format, OpenTrace, TraceCluster } from './format.js';
import { parseConstraints, RuleColumns } from './rule-columns.js';
import { ReadMeter, readLines } from './text-file.js';

/**
 * Fairground's own form: CSV with a header, a line for `tasks` identical tasks of a job, sorted by `submit`.
 *
 * Required: `job_id`, `submit` and `duration` in seconds (`duration` may be `forever`), and at least one resource column:
 * `cpus` in cores, `mem` and `disk` in MiB, `gpus` in GPUs (a fraction shares one device), `network` in Mbit/s, `ports`.
 * Optional: `framework` (default `default`), `tasks` (1), `estimate` in seconds, `priority` (0), `gang` (0 or 1), `constraint`
 * (`rack=r1|r2;zone=a`), the placement rules `spread`, `together`, `avoid`, `beside` and `prefers`, `fail_after` in seconds, and `used.<resource>`: what a task really uses, in the resource's unit.
 */
export const fairgroundCsv: Format = {
  name: 'csv',
  about: "Fairground's own CSV form (docs/formats.md), also .gz",
  parameters: [],
  recognizes: (_path, head) => columnNames(head[0] ?? '').includes('job_id'),
  describeCluster,
  open: (path, space) => open(path, space),
};

const COLUMNS = ['job_id', 'submit', 'duration'];

async function describeCluster(path: string): Promise<TraceCluster> {
  for await (const { lines } of readLines(path)) {
    const header = columnNames(lines[0]);
    const resources = RESOURCE_NAMES.filter((name) => header.includes(name));
    if (resources.length === 0) {
      throw new InputError(
        { file: path, line: 1 },
        `has no resource column, expected one of ${RESOURCE_NAMES.join(', ')}`,
      );
    }
    return {
      resources,
      machinesHint:
        'the trace has no machines of its own; give --machines, such as --machines 500x16cpu/64GiB',
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
    dropped: {},
    meter: reader.meter,
    batches: () => batchedAsync(reader.rows(), space.size),
  };
}

class CsvReader {
  readonly frameworks: { name: string }[] = [];
  readonly constraints: (readonly Constraint[])[] = [[]];
  readonly meter = new ReadMeter();
  readonly rules = new RuleColumns();
  private readonly path: string;
  private readonly space: ResourceSpace;
  private readonly frameworkOf = new Map<string, number>();
  private readonly constraintOf = new Map<string, number>([['', 0]]);
  private last = Number.NEGATIVE_INFINITY;

  constructor(path: string, space: ResourceSpace) {
    this.path = path;
    this.space = space;
  }

  async *rows(): AsyncGenerator<TaskRow> {
    for await (const record of readCsv(this.path, COLUMNS, this.meter)) yield this.row(record);
    if (this.last === Number.NEGATIVE_INFINITY) throw new InputError({ file: this.path }, 'no job in it');
  }

  private row(record: CsvRecord): TaskRow {
    const submit = fromSeconds(record.amount('submit'));
    if (submit < this.last) {
      const expected = 'a time not before that of the line above; sort the trace';
      throw InputError.expected(record.place('submit'), record.text('submit'), expected);
    }
    this.last = submit;
    const tasks = record.count('tasks', 1);
    if (tasks < 1) throw InputError.expected(record.place('tasks'), tasks, 'a whole number >= 1');
    return {
      ...PLAIN_ROW,
      job: record.required('job_id', 'a job id'),
      framework: this.framework(record),
      submit,
      tasks,
      demand: this.space.kinds.map((kind) =>
        toQuanta(kind, record.amount(kind.name, 0), record.place(kind.name)),
      ),
      ...gpuShape(record),
      constraint: this.constraint(record),
      estimate: fromSeconds(record.amount('estimate', Number.POSITIVE_INFINITY)),
      priority: record.count('priority', 0),
      gang: record.flag('gang'),
      rule: this.rules.of(record),
      duration: record.text('duration') === 'forever' ? FOREVER : fromSeconds(record.amount('duration')),
      failAfter: fromSeconds(record.amount('fail_after', Number.POSITIVE_INFINITY)),
      usage: this.usage(record),
    };
  }

  private framework(record: CsvRecord): number {
    const name = record.text('framework') || 'default';
    let framework = this.frameworkOf.get(name);
    if (framework === undefined) {
      framework = this.frameworks.push({ name }) - 1;
      this.frameworkOf.set(name, framework);
    }
    return framework;
  }

  private constraint(record: CsvRecord): number {
    const text = record.text('constraint');
    let constraint = this.constraintOf.get(text);
    if (constraint === undefined) {
      constraint = this.constraints.push(parseConstraints(record, 'constraint')) - 1;
      this.constraintOf.set(text, constraint);
    }
    return constraint;
  }

  /** The used share of the demand per dimension; undefined when no `used` column has anything in it. */
  private usage(record: CsvRecord): number[] | undefined {
    let isKnown = false;
    const shares = this.space.names.map((name) => {
      const demand = record.amount(name, 0);
      const text = record.text(`used.${name}`);
      if (text !== '') isKnown = true;
      return demand === 0 || text === '' ? 0 : record.amount(`used.${name}`) / demand;
    });
    return isKnown ? shares : undefined;
  }
}

const GPUS = resourceKind('gpus') as ResourceKind;

/** Whole devices, or a share of one, rounded like the demand: what is taken from devices is what is demanded of them. */
function gpuShape(record: CsvRecord): { gpuCount: number; gpuMilliEach: number } {
  const gpus = record.amount('gpus', 0);
  if (gpus > 1 && !Number.isInteger(gpus)) {
    throw InputError.expected(record.place('gpus'), gpus, 'a part of one GPU, or a whole number of GPUs');
  }
  const milli = toQuanta(GPUS, gpus, record.place('gpus'));
  if (milli === 0) return { gpuCount: 0, gpuMilliEach: 0 };
  return { gpuCount: Math.ceil(milli / WHOLE_DEVICE), gpuMilliEach: Math.min(milli, WHOLE_DEVICE) };
}
