import { InputError, type Micros } from '../model/index.js';
import type { TaskBatch, Trace } from '../workloads/trace.js';
import type { Admission, ArrivalSink } from './admission.js';

/**
 * Admits the rows of a trace to the ledger in their order, holding one batch at a time. Arrivals do not pass through the
 * event queue: they are sorted already, and the simulation merges the two.
 */
export class Arrivals {
  /** Submit time of the next row; Infinity after the last; meaningless while `isStarved`. */
  nextTime: Micros = Number.NaN;
  /** True when a batch must be fetched before the next row is known. */
  isStarved = true;

  private readonly source: AsyncIterator<TaskBatch> | Iterator<TaskBatch>;
  private readonly admission: Admission;
  private batch: TaskBatch | undefined;
  private row = 0;

  constructor(trace: Trace, admission: Admission) {
    const batches = trace.batches();
    this.source =
      Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    this.admission = admission;
  }

  /** Makes the next row known. @throws InputError of the reader; when rows are not in order of submission. */
  async fetch(): Promise<void> {
    const before = this.nextTime;
    do {
      const result = await this.source.next();
      this.batch = result.done === true ? undefined : result.value;
    } while (this.batch?.length === 0);
    this.row = 0;
    this.isStarved = false;
    this.lookAhead();
    if (this.nextTime < before) throw unsorted(this.batch as TaskBatch, 0);
  }

  /** Lets the trace's reader close its file. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  /** Admits the next row: its job, when it is a new one, and its tasks. */
  admit(sink: ArrivalSink, now: Micros): void {
    const batch = this.batch as TaskBatch;
    this.admission.admit(batch, this.row, sink, now);
    this.row++;
    if (this.row < batch.length) this.lookAhead();
    else this.isStarved = true;
  }

  private lookAhead(): void {
    if (this.batch === undefined) {
      this.nextTime = Number.POSITIVE_INFINITY;
      return;
    }
    const next = this.batch.submit[this.row];
    if (next < this.nextTime) throw unsorted(this.batch, this.row);
    this.nextTime = next;
  }
}

function unsorted(batch: TaskBatch, row: number): InputError {
  const problem = `job "${batch.job[row]}" is submitted before the job that stands before it; a trace must be sorted by submit time`;
  return new InputError({}, problem);
}
