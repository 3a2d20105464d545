import type { JobId, Micros, PlacementSink, SchedulingView } from '../contract.js';

/**
 * Delay scheduling: a job that could start only away from its data lets other jobs start first, for a limited time (Zaharia et
 * al., "Delay scheduling", EuroSys 2010, algorithm 2, with one level of locality). The wait begins when the job first skips a
 * machine, counts for all of its tasks, and begins anew after a local start. It goes on after a restart of the master.
 */
export class LocalityWait {
  private readonly wait: Micros;
  /** When each job first skipped a machine; NaN if it has not. Valid while `submitted` equals that of the job in the row. */
  private readonly since: Micros[] = [];
  private readonly submitted: Micros[] = [];

  constructor(wait: Micros) {
    this.wait = wait;
  }

  /** The end of the job's wait, now that it could start away from its data. */
  until(view: SchedulingView, act: PlacementSink, job: JobId): Micros {
    const submitted = view.jobs.submitted(job);
    if (this.submitted[job] !== submitted) {
      this.submitted[job] = submitted;
      this.since[job] = remembered(view, job);
    }
    if (Number.isNaN(this.since[job])) {
      this.since[job] = view.now;
      act.remember(keyOf(job), `${submitted} ${view.now}`);
    }
    return this.since[job] + this.wait;
  }

  /** A task of the job has started locally. */
  startedLocally(view: SchedulingView, act: PlacementSink, job: JobId): void {
    this.since[job] = Number.NaN;
    if (view.recall(keyOf(job)) !== undefined) act.remember(keyOf(job), undefined);
  }
}

function keyOf(job: JobId): string {
  return `locality ${job}`;
}

/** When the job first skipped a machine, from before a restart. The text may be that of an earlier job with the same id. */
function remembered(view: SchedulingView, job: JobId): Micros {
  const [submitted, since] = (view.recall(keyOf(job)) ?? '').split(' ').map(Number);
  return submitted === view.jobs.submitted(job) && since !== undefined ? since : Number.NaN;
}
