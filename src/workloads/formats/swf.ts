import {
  fromSeconds,
  InputError,
  type Micros,
  type ParameterValues,
  type ResourceSpace,
} from '../../model/index.js';
import { batchedAsync, PLAIN_ROW, type TaskRow } from '../trace.js';
import type { Format, OpenTrace, TraceCluster } from './format.js';
import { ReadMeter, readLines } from './text-file.js';

/**
 * Standard Workload Format of the Parallel Workloads Archive: one job per line, 18 numbers, -1 for unknown, comments and
 * header behind `;` (Feitelson, "The Standard Workload Format"). A log is one pool of its header's MaxProcs processors.
 *
 * Rules of reading (docs/formats.md): processors are the allocated ones, or the requested ones where those are unknown; a job
 * without processors or without run time is dropped and counted; the estimate is the requested time, or the run time where it
 * is unknown; a job that runs longer than its estimate is stopped there. Columns beyond the 18th are ignored.
 */
export const swf: Format = {
  name: 'swf',
  about: 'Standard Workload Format of the Parallel Workloads Archive, also .gz',
  parameters: [
    {
      kind: 'choice',
      name: 'framework',
      default: 'one',
      choices: ['one', 'user', 'group', 'queue', 'partition'],
      about:
        'Whom a job belongs to: one framework for all, or one per user, group, queue or partition of the log.',
    },
    {
      kind: 'choice',
      name: 'damaged',
      default: 'error',
      choices: ['error', 'drop'],
      about: 'A job with a negative number other than -1 is an error, or is left out and counted.',
    },
  ],
  recognizes: (path, head) =>
    /\.swf(\.gz)?$/.test(path) || head.some((line) => line.startsWith('; MaxProcs')),
  describeCluster,
  open,
};

const FIELDS = [
  'job number',
  'submit time',
  'wait time',
  'run time',
  'allocated processors',
  'average CPU time',
  'used memory',
  'requested processors',
  'requested time',
  'requested memory',
  'status',
  'user',
  'group',
  'executable',
  'queue',
  'partition',
  'preceding job',
  'think time',
] as const;

const FRAMEWORK_FIELD: Readonly<Record<string, number>> = { user: 11, group: 12, queue: 14, partition: 15 };

async function describeCluster(path: string): Promise<TraceCluster> {
  const processors = await headerProcessors(path);
  return {
    resources: ['cpus'],
    ...(processors !== undefined && {
      machines: (space) => [
        { name: 'pool', capacity: space.quanta({ cpus: processors }, { file: path, field: 'MaxProcs' }) },
      ],
    }),
    machinesHint: 'the header has no MaxProcs; give the pool with --machines, such as --machines 1x100cpu',
  };
}

/** MaxProcs of the header, or MaxNodes where that is missing. */
async function headerProcessors(path: string): Promise<number | undefined> {
  let nodes: number | undefined;
  for await (const { firstLine, lines } of readLines(path)) {
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i];
      if (!line.startsWith(';') && line.trim() !== '') return nodes;
      const match = /^;\s*(MaxProcs|MaxNodes):\s*(\S+)/.exec(line);
      if (match === null) continue;
      const value = Number(match[2]);
      if (!Number.isInteger(value) || value < 1) {
        throw InputError.expected(
          { file: path, line: firstLine + i, field: match[1] },
          match[2],
          'a whole number of processors >= 1',
        );
      }
      if (match[1] === 'MaxProcs') return value;
      nodes = value;
    }
  }
  return nodes;
}

function open(path: string, space: ResourceSpace, settings: ParameterValues): OpenTrace {
  const reader = new SwfReader(path, space, settings);
  return {
    space,
    frameworks: reader.frameworks,
    constraints: [[]],
    curves: [undefined],
    dropped: reader.dropped,
    meter: reader.meter,
    batches: () => batchedAsync(reader.rows(), space.size),
  };
}

class SwfReader {
  readonly frameworks: { name: string }[] = [];
  readonly dropped: Record<string, number> = {};
  readonly meter = new ReadMeter();
  private readonly path: string;
  private readonly space: ResourceSpace;
  private readonly frameworkField: number | undefined;
  private readonly dropsDamaged: boolean;
  private readonly frameworkOf = new Map<string, number>();
  private jobs = 0;
  private lastSubmit: Micros = Number.NEGATIVE_INFINITY;

  constructor(path: string, space: ResourceSpace, settings: ParameterValues) {
    this.path = path;
    this.space = space;
    this.frameworkField = FRAMEWORK_FIELD[settings.text('framework')];
    this.dropsDamaged = settings.text('damaged') === 'drop';
  }

  async *rows(): AsyncGenerator<TaskRow> {
    for await (const { firstLine, lines } of readLines(this.path, this.meter)) {
      for (let i = 0; i < lines.length; i++) {
        const line = lines[i].trim();
        if (line === '' || line.startsWith(';')) continue;
        const row = this.row(line, firstLine + i);
        if (row !== undefined) yield row;
      }
    }
    if (this.jobs === 0) throw new InputError({ file: this.path }, 'no job in it');
  }

  private row(line: string, number: number): TaskRow | undefined {
    const fields = line.split(/\s+/);
    if (fields.length < FIELDS.length) {
      throw InputError.expected(
        { file: this.path, line: number },
        `${fields.length} fields`,
        `${FIELDS.length} fields of a job`,
      );
    }
    this.jobs++;
    if (
      this.dropsDamaged &&
      fields.slice(1, FIELDS.length).some((field) => Number(field) < 0 && Number(field) !== -1)
    ) {
      return this.drop('negative numbers');
    }
    const value = (field: number) => this.number(fields[field], field, number);
    const submit = fromSeconds(value(1));
    const run = value(3);
    const processors = value(4) > 0 ? value(4) : value(7);
    const requested = value(8);
    if (submit < 0) throw InputError.expected(this.place(1, number), fields[1], 'seconds >= 0');
    if (submit < this.lastSubmit) {
      throw InputError.expected(
        this.place(1, number),
        fields[1],
        'a submit time not before that of the job above; sort the log',
      );
    }
    this.lastSubmit = submit;
    if (processors <= 0) return this.drop('no processors');
    if (run <= 0) return this.drop('no run time');
    return {
      ...PLAIN_ROW,
      job: this.jobName(fields[0], number),
      framework: this.framework(fields),
      submit,
      demand: this.demand(processors, number),
      duration: fromSeconds(run),
      estimate: requested > 0 ? fromSeconds(requested) : fromSeconds(run),
    };
  }

  private demand(processors: number, line: number): number[] {
    return this.space.quanta({ cpus: processors }, { ...this.place(4, line) });
  }

  private framework(fields: readonly string[]): number {
    const name =
      this.frameworkField === undefined
        ? 'batch'
        : `${FIELDS[this.frameworkField]}-${fields[this.frameworkField]}`;
    let framework = this.frameworkOf.get(name);
    if (framework === undefined) {
      framework = this.frameworks.push({ name }) - 1;
      this.frameworkOf.set(name, framework);
    }
    return framework;
  }

  private jobName(text: string, line: number): number {
    const value = this.number(text, 0, line);
    if (!Number.isSafeInteger(value) || value < 0)
      throw InputError.expected(this.place(0, line), text, 'a whole number >= 0');
    return value;
  }

  /** -1 means unknown; the format knows no other negative number. */
  private number(text: string, field: number, line: number): number {
    const value = Number(text);
    if (!Number.isFinite(value)) throw InputError.expected(this.place(field, line), text, 'a number');
    if (value < 0 && value !== -1)
      throw InputError.expected(
        this.place(field, line),
        text,
        'a number >= 0, or -1 for unknown (--set swf.damaged=drop leaves such jobs out)',
      );
    return value;
  }

  private place(field: number, line: number) {
    return { file: this.path, line, field: FIELDS[field] };
  }

  private drop(reason: string): undefined {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    return undefined;
  }
}
