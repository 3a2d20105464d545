import type { Cluster, JobId, Micros } from '../../model/index.js';
import { SLOWDOWN_UNIT } from '../kernels/bounded-slowdown.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { NamedJobs } from './named-jobs.js';

/** Jobs whose tasks depend on each other, and jobs that never ran because of what they depend on. */
export class DependencyMetrics {
  /** Jobs with tasks that could not run, with their reasons for the first ones. */
  readonly notRun = new NamedJobs();
  /** Jobs with tasks that were not submitted before the end of the run. */
  readonly notSubmitted = new NamedJobs();
  /** Longest chain of run times of the finished jobs, in Micros; and their response times relative to it. */
  readonly criticalPath = new LogHistogram();
  readonly stretch = new LogHistogram();
  /** Of the jobs that have not ended. */
  private readonly known = new Map<JobId, Micros>();
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  jobNotRun(job: JobId, tasks: number, reason: string): void {
    this.notRun.add(this.cluster.jobs.name[job], tasks, reason);
  }

  criticalPathKnown(job: JobId, length: Micros): void {
    this.known.set(job, length);
  }

  jobEnded(job: JobId, response: Micros, isFinished: boolean): void {
    const length = this.known.size === 0 ? undefined : this.known.get(job);
    if (length === undefined) return;
    this.known.delete(job);
    // An unfinished job did not run its whole chain.
    if (!isFinished) return;
    this.criticalPath.record(length);
    if (length > 0) this.stretch.record((response / length) * SLOWDOWN_UNIT);
  }
}
