import type { Micros } from '../../model/index.js';
import type { TaskBatch } from '../trace.js';
import type { Adjustments } from './adjustments.js';

/** The jobs of rows, to find a job that appears twice. */
export interface KnownJobs {
  /** Adds a job. Returns false if a job of this name and time was added before. */
  add(submit: Micros, job: string | number): boolean;
}

/** All jobs of a file whose rows are in any order. */
export class JobsOfFile implements KnownJobs {
  private readonly jobs = new Set<string>();

  add(submit: Micros, job: string | number): boolean {
    const known = this.jobs.size;
    return this.jobs.add(`${submit}\n${job}`).size > known;
  }
}

/** The jobs that were submitted at the latest instant, to find a job that appears twice. */
export class JobsOfInstant implements KnownJobs {
  private instant: Micros = Number.NaN;
  private first: string | number = '';
  /** Created only for an instant with several jobs. */
  private others: Set<string | number> | undefined;

  /** Adds a job. Returns false if it was added at this instant before. Instants must not run backwards. */
  add(submit: Micros, job: string | number): boolean {
    if (submit !== this.instant) {
      this.instant = submit;
      this.first = job;
      this.others = undefined;
      return true;
    }
    if (job === this.first || this.others?.has(job) === true) return false;
    this.others ??= new Set();
    this.others.add(job);
    return true;
  }
}

/**
 * Gives each row of a log in which every line is a job of its own a distinct name among the jobs of its instant.
 * Otherwise lines with one name would be read as the tasks of one job. `7` becomes `7-2`, then `7-3`.
 */
export async function* distinctJobs(
  batches: AsyncIterable<TaskBatch>,
  adjustments: Adjustments,
): AsyncGenerator<TaskBatch> {
  const jobs = new JobsOfInstant();
  const repeated = new Map<string | number, { submit: Micros; number: number }>();
  for await (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      const [submit, job] = [batch.submit[row], batch.job[row]];
      if (jobs.add(submit, job)) continue;
      adjustments.count('jobs with the name of another job of the same time, now numbered');
      const known = repeated.get(job);
      let number = known?.submit === submit ? known.number + 1 : 2;
      while (!jobs.add(submit, `${job}-${number}`)) number++;
      repeated.set(job, { submit, number });
      batch.job[row] = `${job}-${number}`;
    }
    yield batch;
  }
}
