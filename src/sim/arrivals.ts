import { InputError, type Micros } from '../model/index.js';
import type { TaskBatch, Trace } from '../workloads/trace.js';
import type { Admission, ArrivalSink } from './admission.js';
import type { Dependencies } from './dependencies/dependencies.js';

/**
 * Admits the rows of a trace to the ledger in order, with one batch in memory at a time. Arrivals bypass the event
 * queue, because they are sorted already. The simulation merges the two.
 */
export class Arrivals {
  /** Submit time of the next row; Infinity after the last; not valid while `isStarved`. */
  nextTime: Micros = Number.NaN;
  /** True when a batch must be fetched to find the next row. */
  isStarved = true;

  private readonly source: AsyncIterator<TaskBatch> | Iterator<TaskBatch>;
  private readonly admission: Admission;
  private readonly dependencies: Dependencies;
  private batch: TaskBatch | undefined;
  private row = 0;

  constructor(trace: Trace, admission: Admission, dependencies: Dependencies) {
    const batches = trace.batches();
    this.source =
      Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    this.admission = admission;
    this.dependencies = dependencies;
  }

  /** Fetches the next row. @throws InputError of the reader, or when rows are not in order of submission. */
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

  /** Admits the next row: its job, if it is new, and its tasks. A row with dependencies may be submitted later. */
  admit(sink: ArrivalSink, now: Micros): void {
    const batch = this.batch as TaskBatch;
    if (!this.dependencies.take(batch, this.row, now)) this.admission.admit(batch, this.row, sink, now);
    this.row++;
    if (this.row < batch.length) this.lookAhead();
    else this.isStarved = true;
  }

  private lookAhead(): void {
    this.dependencies.nextIs(this.batch, this.row);
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
  const problem = `job "${batch.job[row]}" is submitted earlier than the job before it; a trace must be sorted by submit time`;
  return new InputError({}, problem);
}
