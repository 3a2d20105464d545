import {
  InputError,
  LATEST_TIME,
  MAX_QUANTA,
  type Micros,
  type ParameterValues,
  type ResourceSpace,
} from '../../model/index.js';
import { PLAIN_ROW, type RowDependencies, TaskBatch, type TaskRow } from '../trace.js';
import type { UnsuccessfulEnd } from '../trace-attempts.js';
import { Adjustments, beyondEnd, beyondTime } from './adjustments.js';
import { ReadMeter, readLines } from './text-file.js';
import { Words } from './words.js';

/** The names of the fields of a line, for messages. */
export const FIELDS = [
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

/** Places of fields in a line. */
export const [SUBMIT, STATUS] = [1, 10];
const [JOB, WAIT, RUN, ALLOCATED, REQUESTED, LIMIT] = [0, 2, 3, 4, 7, 8];
const [USER, GROUP, QUEUE, PARTITION, THINK] = [11, 12, 14, 15, 17];
/** The field of the preceding job, from 0. */
export const PRECEDING = 16;

const FRAMEWORK_FIELD: Readonly<Record<string, number>> = {
  user: USER,
  group: GROUP,
  queue: QUEUE,
  partition: PARTITION,
};

/** Status codes of partial executions: to be continued, the last one of a completed job, the last one of a killed job. */
export const isPart = (status: number) => status === 2 || status === 3 || status === 4;

/** A job that others follow: its first line in order of submission, and whether it runs or the line is dropped. */
interface PrecedingJob {
  readonly state: 'runs' | 'dropped';
  readonly submit: Micros;
  readonly line: number;
}

type Draft = { -readonly [field in keyof TaskRow]: TaskRow[field] };

/** Status codes of a job that failed, and of one that was cancelled. */
const [FAILED, CANCELLED] = [0, 5];

/** Texts of the counts of dropped lines. */
const DROPPED = {
  damaged: 'negative numbers',
  notSubmitted: 'no submit time',
  noProcessors: 'no processors',
  noRunTime: 'no run time',
  part: 'partial executions of jobs that run as a whole',
  partAlone: 'partial executions of jobs without a line for the whole; --set swf.partial=parts runs them',
  whole: 'lines for whole jobs, whose partial executions run instead',
} as const;

/** Reads the jobs of a log in the Standard Workload Format, a row for each job; see `swf`. */
export class SwfReader {
  readonly frameworks: { name: string }[] = [];
  readonly dropped: Record<string, number> = {};
  readonly adjustments = new Adjustments();
  /** The jobs that others follow; complete before the first line is read. Empty when the preceding jobs are ignored. */
  readonly followed = new Set<string | number>();
  readonly meter = new ReadMeter();
  /** A job that was cancelled and has no run time never started. */
  readonly censored = { cutAtStart: null, cutAtEnd: null, neverStarted: 0 };
  /** Whether partial executions are run, and not the whole jobs. */
  readonly runsParts: boolean;
  private readonly path: string;
  private readonly space: ResourceSpace;
  private readonly frameworkField: number | undefined;
  private readonly dropsDamaged: boolean;
  private readonly isOneTask: boolean;
  private readonly frameworkOf = new Map<string, number>();
  private readonly words = new Words();
  /** Whether a job waits for the end of its preceding job. */
  private readonly waits: boolean;
  /** The field of the preceding job has one value in all lines. */
  private hasFiller = false;
  /** Those jobs that others follow whose lines were read; all of them in a log that is sorted later. */
  private preceding = new Map<number, PrecedingJob>();
  /** The job that is followed is looked up among the lines above, among all lines, or not at all. */
  private lookUp: 'above' | 'all' | 'none' = 'above';
  /** Equal texts and labels are one object each. */
  private readonly facts = new Map<string, string>();
  private readonly labels = new Map<string, Readonly<Record<string, string>>>();
  /** Reused for each job, because a batch copies it at once. */
  private readonly draft: Draft = { ...PLAIN_ROW, job: 0, framework: 0, submit: 0, demand: [], duration: 0 };
  private batch: TaskBatch;
  private full: TaskBatch[] = [];
  private jobs = 0;
  /** With `runsParts`: a line whose partial executions may follow. */
  private held: { readonly text: string; readonly line: number } | undefined;
  /** Number of the latest job with a line for the whole. */
  private whole = Number.NaN;
  /** The latest partial execution, and its end in seconds. */
  private part = { job: Number.NaN, end: 0 };

  constructor(path: string, space: ResourceSpace, settings: ParameterValues, tasks: 'one' | 'per-core') {
    this.path = path;
    this.space = space;
    this.frameworkField = FRAMEWORK_FIELD[settings.text('framework')];
    this.dropsDamaged = settings.text('damaged') === 'drop';
    this.isOneTask = tasks === 'one';
    this.runsParts = settings.text('partial') === 'parts';
    this.waits = settings.text('preceding') === 'wait';
    this.batch = new TaskBatch(space.size);
  }

  /** The values of the field of the preceding job, and whether they name jobs. To be called before `batches`. */
  follow(preceding: ReadonlySet<number>, use: 'meant' | 'filler'): void {
    this.hasFiller = use === 'filler';
    if (this.waits && !this.hasFiller) for (const job of preceding) if (job > 0) this.followed.add(job);
  }

  /**
   * Looks up the jobs that others follow in all lines of the log, because its jobs are sorted after they are read. `scout` is a reader
   * of the same log. @throws InputError
   */
  async lookUpAll(scout: SwfReader): Promise<void> {
    if (this.followed.size === 0) return;
    for (const job of this.followed) scout.followed.add(job);
    scout.lookUp = 'none';
    for await (const _ of scout.batches());
    this.preceding = scout.preceding;
    this.lookUp = 'all';
  }

  /** The jobs in the order of the log. @throws InputError */
  async *batches(): AsyncGenerator<TaskBatch> {
    for await (const { firstLine, lines } of readLines(this.path, this.meter)) {
      for (let i = 0; i < lines.length; i++) {
        this.words.read(lines[i]);
        if (this.words.count === 0 || this.words.startsWith(';')) continue;
        if (this.runsParts) this.addAfterHeld(lines[i], firstLine + i);
        else this.add(firstLine + i);
      }
      yield* this.full;
      this.full = [];
    }
    if (this.held !== undefined) this.addHeld(this.held);
    yield* this.full;
    if (this.batch.length > 0) yield this.batch;
    if (this.jobs === 0) throw new InputError({ file: this.path }, 'contains no job');
  }

  /** Adds a partial execution, and holds any other line. The held line before it is dropped if this is a part of its job. */
  private addAfterHeld(text: string, line: number): void {
    const { held, words } = this;
    const isOfPart = words.count >= FIELDS.length && isPart(words.number(STATUS));
    const job = words.number(JOB);
    this.held = undefined;
    if (held !== undefined) {
      words.read(held.text);
      if (isOfPart && words.number(JOB) === job) this.drop(DROPPED.whole);
      else this.addHeld(held);
      words.read(text);
    }
    if (isOfPart) this.add(line);
    else this.held = { text, line };
  }

  private addHeld({ text, line }: { readonly text: string; readonly line: number }): void {
    this.words.read(text);
    this.add(line);
  }

  /** Adds the job of the current line, or counts the reason to drop it. */
  private add(line: number): void {
    const { words, draft } = this;
    if (words.count < FIELDS.length) {
      throw InputError.expected(
        { file: this.path, line },
        `${words.count} fields`,
        `${FIELDS.length} fields of a job`,
      );
    }
    this.jobs++;
    if (this.dropsDamaged && this.isDamaged()) {
      this.drop(DROPPED.damaged);
      return;
    }
    const job = this.jobName(line);
    const submit = this.submitTime(job, line);
    const run = this.time(RUN, line);
    const processors = this.processors(line);
    const requested = this.time(LIMIT, line);
    const reason = this.reasonToDrop(job, { submit, run, processors }, line);
    if (reason !== undefined) {
      this.drop(reason);
      this.remember(job, { state: 'dropped', submit, line });
      return;
    }
    draft.job = job;
    draft.framework = this.framework();
    draft.submit = submit;
    draft.duration = run;
    draft.estimate = requested > 0 ? requested : run;
    draft.ended = this.ended(line);
    draft.user = this.fact(USER);
    draft.group = this.fact(GROUP);
    draft.queue = this.fact(QUEUE);
    draft.labels = this.partition();
    draft.dependencies = this.dependencies(line, submit);
    this.remember(job, { state: 'runs', submit, line });
    if (submit + Math.min(run, draft.estimate) > LATEST_TIME)
      throw beyondEnd(this.place(RUN, line), words.text(RUN));
    this.push(processors, line);
  }

  /** Adds a job with these processors: one task, or a gang of one-core tasks. */
  private push(processors: number, line: number): void {
    const { draft } = this;
    draft.tasks = this.isOneTask ? 1 : processors;
    draft.gang = draft.tasks > 1;
    if (draft.tasks > MAX_QUANTA)
      throw InputError.expected(this.place(ALLOCATED, line), processors, `at most ${MAX_QUANTA}`);
    draft.demand = this.space.quanta({ cpus: processors / draft.tasks }, this.place(ALLOCATED, line));
    this.batch.push(draft);
    if (!this.batch.isFull) return;
    this.full.push(this.batch);
    this.batch = new TaskBatch(this.space.size);
  }

  /** Keeps a line of a job that others follow, if it is the first one that runs. */
  private remember(job: number, line: PrecedingJob): void {
    if (this.lookUp === 'all' || !this.followed.has(job)) return;
    const known = this.preceding.get(job);
    if (known?.state === 'runs' && (line.state === 'dropped' || known.submit <= line.submit)) return;
    if (known === undefined || line.state === 'runs') this.preceding.set(job, line);
  }

  private drop(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  private reasonToDrop(
    job: number,
    {
      submit,
      run,
      processors,
    }: { readonly submit: Micros; readonly run: Micros; readonly processors: number },
    line: number,
  ): string | undefined {
    if (isPart(this.number(STATUS, line))) {
      if (!this.runsParts) return job === this.whole ? DROPPED.part : DROPPED.partAlone;
    } else this.whole = job;
    if (run <= 0 && this.number(STATUS, line) === CANCELLED) this.censored.neverStarted++;
    if (submit < 0) return DROPPED.notSubmitted;
    if (processors <= 0) return DROPPED.noProcessors;
    return run <= 0 ? DROPPED.noRunTime : undefined;
  }

  /**
   * When the job of the current line is submitted; -1 if that is unknown. Of the parts of a job, only the first has a submit
   * time. A later one is submitted at the end of the part before it, because its wait time counts from there.
   */
  private submitTime(job: number, line: number): Micros {
    const submit = this.time(SUBMIT, line);
    if (!this.runsParts || !isPart(this.number(STATUS, line))) return submit;
    const from = this.part.job === job ? Math.max(submit, this.part.end) : submit;
    if (from >= 0) {
      const [wait, run] = [this.time(WAIT, line), this.time(RUN, line)];
      this.part = { job, end: from + Math.max(0, wait) + Math.max(0, run) };
    }
    return from;
  }

  /** The allocated processors, or the requested ones if those are unknown; 0 or less if both are. */
  private processors(line: number): number {
    const field = this.number(ALLOCATED, line) > 0 ? ALLOCATED : REQUESTED;
    const processors = this.number(field, line);
    if (!Number.isInteger(processors))
      throw InputError.expected(
        this.place(field, line),
        this.words.text(field),
        'a whole number of processors',
      );
    return processors;
  }

  private isDamaged(): boolean {
    for (let field = 1; field < FIELDS.length; field++) {
      const value = this.words.number(field);
      if (value < 0 && value !== -1) return true;
    }
    return false;
  }

  /** A part of a job is no attempt, because the next part goes on with its work. */
  private ended(line: number): UnsuccessfulEnd | undefined {
    const status = this.number(STATUS, line);
    if (status === FAILED) return 'failed';
    return status === CANCELLED ? 'killed' : undefined;
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

  /** A number, such as that of the user, as text; undefined when it is unknown. */
  private fact(field: number): string | undefined {
    const word = this.words.text(field);
    if (word.startsWith('-')) return undefined;
    const known = this.facts.get(word);
    if (known === undefined) this.facts.set(word, word);
    return known ?? word;
  }

  private partition(): Readonly<Record<string, string>> | undefined {
    const partition = this.fact(PARTITION);
    if (partition === undefined) return undefined;
    const known = this.labels.get(partition);
    const labels = known ?? { partition };
    if (known === undefined) this.labels.set(partition, labels);
    return labels;
  }

  /** What the job of the current line waits for. A job that follows a dropped one is submitted at its own time. */
  private dependencies(line: number, submit: Micros): RowDependencies | undefined {
    if (this.lookUp === 'none') return undefined;
    const follows = this.number(PRECEDING, line);
    if (follows <= 0) return undefined;
    const found = this.words.text(PRECEDING);
    if (!this.waits) {
      this.adjustments.count('preceding jobs ignored; --set swf.preceding=wait waits for their ends');
      return undefined;
    }
    if (this.hasFiller) {
      this.adjustments.count(`preceding jobs ignored, because all lines have the same one, ${follows}`);
      return undefined;
    }
    const known = this.preceding.get(follows);
    const isLater =
      known?.state === 'runs' && (known.submit > submit || (known.submit === submit && known.line >= line));
    if (known === undefined || isLater)
      throw InputError.expected(
        this.place(PRECEDING, line),
        found,
        `${this.lookUp === 'all' ? 'a job that is submitted before it' : 'a job of a line above'} (--set swf.preceding=ignore reads the log without this field)`,
      );
    if (known.state === 'dropped') {
      this.adjustments.count('jobs submitted at their own times, because the preceding jobs are left out');
      return undefined;
    }
    return { follows, thinkTime: Math.max(0, this.time(THINK, line)) };
  }

  private jobName(line: number): number {
    const value = this.number(JOB, line);
    if (!Number.isSafeInteger(value) || value < 0)
      throw InputError.expected(this.place(JOB, line), this.words.text(JOB), 'a whole number >= 0');
    return value;
  }

  /** A field of seconds in microseconds, or -1 for unknown. */
  private time(field: number, line: number): Micros {
    const seconds = this.number(field, line);
    if (seconds < 0) return -1;
    const time = this.adjustments.time(seconds);
    if (Number.isNaN(time)) throw beyondTime(this.place(field, line), this.words.text(field));
    return time;
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
