import { FOREVER, InputError, type InputPlace, type Micros } from '../../model/index.js';
import { isMistake, jobGraph } from '../job-graph.js';
import type { RowDependencies, TaskBatch } from '../trace.js';
import { Adjustments, beyondTime } from './adjustments.js';
import { contradiction, type LineOfJob } from './job-lines.js';
import type { RowRecord } from './row-table.js';

/** Columns of facts that hold for a job as a whole. */
const WHOLE_JOB = ['user', 'group', 'queue', 'labels', 'deadline', 'follows', 'think_time'] as const;

/** The columns of facts of a job, and of its dependencies. */
export const JOB_COLUMNS = [...WHOLE_JOB, 'task', 'after'] as const;

/** A line of the current job. */
interface JobLine {
  readonly place: InputPlace;
  readonly dependencies: RowDependencies | undefined;
  readonly duration: Micros;
  readonly isGang: boolean;
}

/** The first line of a job in order of submission. */
interface FirstLine {
  readonly submit: Micros;
  readonly line: number;
}

/** Rows of one instant keep their order when they are sorted. */
function isBefore(one: FirstLine, other: FirstLine): boolean {
  return one.submit < other.submit || (one.submit === other.submit && one.line < other.line);
}

/**
 * Reads who submitted a job and what it depends on, and checks the dependencies when the lines of the job are complete. Jobs that
 * others follow must stand above them, so that no cyclic dependency between jobs is possible.
 */
export class JobColumns {
  /** The jobs that others follow; complete before the first row. */
  readonly followed = new Set<string>();
  private readonly adjustments: Adjustments;
  /**
   * Those among them whose lines were read. Of a file that is sorted later, all of them with their first submission, complete before
   * the first row.
   */
  private readonly above = new Map<string, FirstLine>();
  private readonly labels = new Map<string, Readonly<Record<string, string>>>();
  /** Of `follows`, for messages. */
  private expectedJob = 'a job of a line above';
  private first: RowRecord | undefined;
  private lines: JobLine[] = [];

  constructor(adjustments: Adjustments) {
    this.adjustments = adjustments;
  }

  /** Sets the columns of a row from its line. The row has its other columns already. @throws InputError */
  fill(batch: TaskBatch, row: number, record: RowRecord, line: LineOfJob): void {
    if (line === 'first') {
      this.jobEnds();
      this.first = record;
      this.checkFollows(batch.submit[row], record);
      const job = String(batch.job[row]);
      if (this.followed.has(job) && !this.above.has(job))
        this.above.set(job, { submit: batch.submit[row], line: record.line });
    } else this.checkAgreement(record);
    this.setFacts(batch, row, record);
    const dependencies = this.dependencies(record);
    if (dependencies !== undefined) batch.dependencies[row] = dependencies;
    const isGang = batch.gang[row] === 1;
    this.lines.push({ place: record.place('after'), dependencies, duration: batch.duration[row], isGang });
  }

  private setFacts(batch: TaskBatch, row: number, record: RowRecord): void {
    const fact = (column: string) => record.text(column) || undefined;
    const [user, group, queue] = [fact('user'), fact('group'), fact('queue')];
    if (user !== undefined) batch.user[row] = user;
    if (group !== undefined) batch.group[row] = group;
    if (queue !== undefined) batch.queue[row] = queue;
    if (record.text('labels') !== '') batch.labels[row] = this.labelsOf(record);
    batch.deadline[row] = this.time(record, 'deadline', FOREVER);
    if (batch.deadline[row] < batch.submit[row])
      throw InputError.expected(
        record.place('deadline'),
        record.text('deadline'),
        'a time not before submit',
      );
  }

  /** `team=ads;tier=2`. Equal texts give one object. */
  private labelsOf(record: RowRecord): Readonly<Record<string, string>> {
    const text = record.text('labels');
    const known = this.labels.get(text);
    if (known !== undefined) return known;
    const pairs = text.split(';').map((part) => {
      const at = part.indexOf('=');
      if (at < 1)
        throw InputError.expected(record.place('labels'), part, 'key=value, several separated by ";"');
      return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
    });
    const labels = Object.fromEntries(pairs);
    this.labels.set(text, labels);
    return labels;
  }

  private dependencies(record: RowRecord): RowDependencies | undefined {
    const [task, after, follows] = [record.text('task'), record.text('after'), record.text('follows')];
    const hasThinkTime = record.text('think_time') !== '';
    if (hasThinkTime && follows === '')
      throw InputError.expected(record.place('think_time'), record.text('think_time'), 'a job in "follows"');
    if (task === '' && after === '' && follows === '') return undefined;
    if (task.includes('|'))
      throw InputError.expected(record.place('task'), task, 'a name without "|", which separates names');
    const names = after === '' ? [] : after.split('|').map((name) => name.trim());
    if (names.includes(''))
      throw InputError.expected(record.place('after'), after, 'names of tasks, separated by "|"');
    return {
      ...(task !== '' && { task }),
      ...(names.length > 0 && { after: names }),
      ...(follows !== '' && { follows, thinkTime: this.time(record, 'think_time', 0) }),
    };
  }

  private time(record: RowRecord, column: string, fallback: Micros): Micros {
    if (record.text(column) === '') return fallback;
    const time = this.adjustments.time(record.amount(column));
    if (Number.isNaN(time)) throw beyondTime(record.place(column), record.text(column));
    return time;
  }

  /** Adds the line of a job, if others follow it, before rows in any order are read. @throws InputError when it has no time. */
  addFollowed(job: string, record: RowRecord): void {
    this.expectedJob = 'a job that is submitted before it';
    if (!this.followed.has(job)) return;
    const submit = record.time('submit', new Adjustments());
    const known = this.above.get(job);
    if (known === undefined || submit < known.submit) this.above.set(job, { submit, line: record.line });
  }

  private checkFollows(submit: Micros, record: RowRecord): void {
    const follows = record.text('follows');
    const known = this.above.get(follows);
    if (follows === '' || (known !== undefined && isBefore(known, { submit, line: record.line }))) return;
    throw InputError.expected(record.place('follows'), follows, this.expectedJob);
  }

  private checkAgreement(record: RowRecord): void {
    const first = this.first as RowRecord;
    const column = WHOLE_JOB.find((name) => !['', first.text(name)].includes(record.text(name)));
    if (column !== undefined) throw contradiction(record, column, first.line);
  }

  /** Checks the graph of the job whose lines are complete. @throws InputError */
  jobEnds(): void {
    const { lines } = this;
    this.lines = [];
    const child = lines.find(({ dependencies }) => dependencies?.after !== undefined);
    if (child === undefined) return;
    const graph = jobGraph(lines);
    if (isMistake(graph)) throw InputError.expected(lines[graph.row].place, graph.found, graph.expected);
    if (lines.some(({ isGang }) => isGang))
      throw InputError.expected(
        child.place,
        child.dependencies?.after?.join('|'),
        'nothing in a gang, because its tasks start at one instant',
      );
  }
}
