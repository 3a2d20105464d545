import {
  fromSeconds,
  InputError,
  type Micros,
  type ParameterValues,
  type ResourceSpace,
} from '../../model/index.js';
import { PLAIN_ROW, TaskBatch, type TaskRow } from '../trace.js';
import type { Format, OpenTrace, TraceCluster } from './format.js';
import { ReadMeter, readLines } from './text-file.js';
import { Words } from './words.js';

/**
 * Standard Workload Format of the Parallel Workloads Archive: one job per line, 18 numbers, -1 for unknown, comments
 * and header after `;` (Feitelson, "The Standard Workload Format"). The machines of a log are one pool with the
 * MaxProcs processors of its header.
 *
 * Rules (docs/formats.md): processors are the allocated ones, or the requested ones if those are unknown. A job without
 * processors or without run time is dropped and counted. The estimate is the requested time, or the run time if that is
 * unknown. A job that runs longer than its estimate is stopped there. Columns beyond the 18th are ignored.
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
      about: 'Framework of a job: one for all jobs, or one per user, group, queue or partition of the log.',
    },
    {
      kind: 'choice',
      name: 'damaged',
      default: 'error',
      choices: ['error', 'drop'],
      about: 'A job with a negative number other than -1 is an error, or is dropped and counted.',
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

const USER_FIELD = 11;

const FRAMEWORK_FIELD: Readonly<Record<string, number>> = {
  user: USER_FIELD,
  group: 12,
  queue: 14,
  partition: 15,
};

async function describeCluster(path: string): Promise<TraceCluster> {
  const processors = await headerProcessors(path);
  return {
    resources: ['cpus'],
    ...(processors !== undefined && {
      machines: (space) => [
        { name: 'pool', capacity: space.quanta({ cpus: processors }, { file: path, field: 'MaxProcs' }) },
      ],
    }),
    machinesHint: 'the header has no MaxProcs; specify the pool with --machines, such as --machines 1x100cpu',
  };
}

/** MaxProcs of the header, or MaxNodes if that is missing. */
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
    batches: () => reader.batches(),
  };
}

type Draft = { -readonly [field in keyof TaskRow]: TaskRow[field] };

class SwfReader {
  readonly frameworks: { name: string }[] = [];
  readonly dropped: Record<string, number> = {};
  readonly meter = new ReadMeter();
  private readonly path: string;
  private readonly space: ResourceSpace;
  private readonly frameworkField: number | undefined;
  private readonly dropsDamaged: boolean;
  private readonly frameworkOf = new Map<string, number>();
  private readonly words = new Words();
  /** Reused for each job, because a batch copies it at once. */
  private readonly draft: Draft = { ...PLAIN_ROW, job: 0, framework: 0, submit: 0, demand: [], duration: 0 };
  private jobs = 0;
  private lastSubmit: Micros = Number.NEGATIVE_INFINITY;

  constructor(path: string, space: ResourceSpace, settings: ParameterValues) {
    this.path = path;
    this.space = space;
    this.frameworkField = FRAMEWORK_FIELD[settings.text('framework')];
    this.dropsDamaged = settings.text('damaged') === 'drop';
  }

  async *batches(): AsyncGenerator<TaskBatch> {
    let batch = new TaskBatch(this.space.size);
    for await (const { firstLine, lines } of readLines(this.path, this.meter)) {
      for (let i = 0; i < lines.length; i++) {
        this.words.read(lines[i]);
        if (this.words.count === 0 || this.words.startsWith(';')) continue;
        this.add(batch, firstLine + i);
        if (!batch.isFull) continue;
        yield batch;
        batch = new TaskBatch(this.space.size);
      }
    }
    if (batch.length > 0) yield batch;
    if (this.jobs === 0) throw new InputError({ file: this.path }, 'contains no job');
  }

  /** Adds the job of the current line, or counts the reason to drop it. */
  private add(batch: TaskBatch, line: number): void {
    const { words, draft } = this;
    if (words.count < FIELDS.length) {
      throw InputError.expected(
        { file: this.path, line },
        `${words.count} fields`,
        `${FIELDS.length} fields of a job`,
      );
    }
    this.jobs++;
    const reason = this.reasonToDrop(line);
    if (reason !== undefined) {
      this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
      return;
    }
    const run = this.number(3, line);
    const requested = this.number(8, line);
    draft.job = this.jobName(line);
    draft.framework = this.framework();
    draft.submit = this.lastSubmit;
    draft.demand = this.demand(this.processors(line), line);
    draft.duration = fromSeconds(run);
    draft.estimate = fromSeconds(requested > 0 ? requested : run);
    draft.user = this.user();
    batch.push(draft);
  }

  /** The reason to drop the job of the current line, if any. Also updates the latest submit time. */
  private reasonToDrop(line: number): string | undefined {
    if (this.dropsDamaged && this.isDamaged()) return 'negative numbers';
    const submit = fromSeconds(this.number(1, line));
    const run = this.number(3, line);
    const processors = this.processors(line);
    // A field that is not a number is an error, even for a dropped job.
    this.number(8, line);
    this.checkSubmit(submit, line);
    this.lastSubmit = submit;
    if (processors <= 0) return 'no processors';
    return run <= 0 ? 'no run time' : undefined;
  }

  private checkSubmit(submit: Micros, line: number): void {
    if (submit < 0) throw InputError.expected(this.place(1, line), this.words.text(1), 'seconds >= 0');
    if (submit >= this.lastSubmit) return;
    throw InputError.expected(
      this.place(1, line),
      this.words.text(1),
      'a submit time not before that of the job above; sort the log',
    );
  }

  /** The allocated processors, or the requested ones if those are unknown. */
  private processors(line: number): number {
    const allocated = this.number(4, line);
    return allocated > 0 ? allocated : this.number(7, line);
  }

  private isDamaged(): boolean {
    for (let field = 1; field < FIELDS.length; field++) {
      const value = this.words.number(field);
      if (value < 0 && value !== -1) return true;
    }
    return false;
  }

  private demand(processors: number, line: number): number[] {
    return this.space.quanta({ cpus: processors }, this.place(4, line));
  }

  private framework(): number {
    const name =
      this.frameworkField === undefined
        ? 'batch'
        : `${FIELDS[this.frameworkField]}-${this.words.text(this.frameworkField)}`;
    let framework = this.frameworkOf.get(name);
    if (framework === undefined) {
      framework = this.frameworks.push({ name }) - 1;
      this.frameworkOf.set(name, framework);
    }
    return framework;
  }

  /** The number of the user, as text; undefined when it is unknown. */
  private user(): string | undefined {
    const word = this.words.text(USER_FIELD);
    return word.startsWith('-') ? undefined : word;
  }

  private jobName(line: number): number {
    const value = this.number(0, line);
    if (!Number.isSafeInteger(value) || value < 0)
      throw InputError.expected(this.place(0, line), this.words.text(0), 'a whole number >= 0');
    return value;
  }

  /** A field of the current line. -1 means unknown; other negative numbers are invalid. */
  private number(field: number, line: number): number {
    const value = this.words.number(field);
    if (!Number.isFinite(value))
      throw InputError.expected(this.place(field, line), this.words.text(field), 'a number');
    if (value < 0 && value !== -1)
      throw InputError.expected(
        this.place(field, line),
        this.words.text(field),
        'a number >= 0, or -1 for unknown (--set swf.damaged=drop leaves such jobs out)',
      );
    return value;
  }

  private place(field: number, line: number) {
    return { file: this.path, line, field: FIELDS[field] };
  }
}
