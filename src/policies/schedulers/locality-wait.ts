import type { JobId, Micros } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';

/**
 * Delay scheduling: a job that could start only away from its data lets others go first, for a while (Zaharia et al., "Delay
 * scheduling", EuroSys 2010, algorithm 2, with one level of locality). The wait begins at the first chance that the job lets
 * pass, holds for all of its tasks, and begins anew after a start near the data.
 */
export class LocalityWait {
  private readonly wait: Micros;
  /** When each job let its first chance pass; NaN when it has not. Valid while `submitted` is that of the job in the row. */
  private readonly since: Micros[] = [];
  private readonly submitted: Micros[] = [];

  constructor(wait: Micros) {
    this.wait = wait;
  }

  /** Until when the job waits, a chance away from its data having come now. */
  until(view: SchedulingView, job: JobId): Micros {
    if (this.submitted[job] !== view.jobs.submitted[job] || Number.isNaN(this.since[job])) {
      this.submitted[job] = view.jobs.submitted[job];
      this.since[job] = view.now;
    }
    return this.since[job] + this.wait;
  }

  /** A task of the job has started near its data. */
  startedLocally(job: JobId): void {
    this.since[job] = Number.NaN;
  }
}
