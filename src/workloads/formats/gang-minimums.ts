import { InputError, type InputPlace } from '../../model/index.js';
import type { TaskBatch } from '../trace.js';
import type { LineOfJob } from './job-lines.js';
import type { RowRecord } from './row-table.js';

/** The job of the rows that are being read. */
interface CurrentJob {
  readonly minimum: number;
  readonly place: InputPlace;
  members: number;
}

/** Reads the column `minimum` of gangs, and checks it against the number of members, which may be spread over several rows. */
export class GangMinimums {
  private job: CurrentJob | undefined;

  /** The row of the batch has its other fields already. @throws InputError */
  read(batch: TaskBatch, row: number, record: RowRecord, line: LineOfJob): void {
    const place = record.place('minimum');
    const isGiven = record.text('minimum') !== '';
    const minimum = isGiven ? record.count('minimum') : 0;
    if (isGiven && minimum < 1) throw InputError.expected(place, minimum, 'a whole number >= 1');
    if (isGiven && batch.gang[row] === 0)
      throw InputError.expected(place, minimum, 'an empty field, because the job is no gang');
    const { job } = this;
    if (line === 'further' && job !== undefined) {
      if (isGiven && minimum !== job.minimum)
        throw InputError.expected(
          place,
          minimum,
          `${job.minimum || 'an empty field'}, as in the first row of the job`,
        );
      job.members += batch.tasks[row];
    } else {
      this.jobEnds();
      this.job = { minimum, place, members: batch.tasks[row] };
    }
    batch.setMinimum(row, minimum);
  }

  /** All rows of the current job are read. @throws InputError */
  jobEnds(): void {
    const { job } = this;
    this.job = undefined;
    if (job !== undefined && job.minimum > job.members)
      throw InputError.expected(
        job.place,
        job.minimum,
        `at most ${job.members}, the number of tasks of the job`,
      );
  }
}
