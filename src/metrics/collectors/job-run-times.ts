import { type Cluster, FOREVER, grown, type JobId, type Micros, type TaskId } from '../../model/index.js';

/**
 * The run times of jobs for the slowdown. The run time of a job is the time from the first start of an attempt that was not repeated to the
 * end of the job: of a job with one task, its last attempt. Waits between attempts are no run time.
 */
export class JobRunTimes {
  private readonly cluster: Cluster;
  /** By row of the ledger; FOREVER until an attempt has ended for good. */
  private since = new Float64Array(0);

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  jobSubmitted(job: JobId): void {
    if (job >= this.since.length) this.since = grown(this.since, job + 1);
    this.since[job] = FOREVER;
  }

  /** The task ended while it ran: its attempt is not repeated. */
  taskEnded(task: TaskId): void {
    const { tasks } = this.cluster;
    const job = tasks.job[task];
    if (tasks.started[task] < this.since[job]) this.since[job] = tasks.started[task];
  }

  /** The run time of a job that ends now and has started. */
  of(job: JobId, now: Micros): Micros {
    const since = this.since[job];
    return now - (since < FOREVER ? since : this.cluster.jobs.started[job]);
  }
}
