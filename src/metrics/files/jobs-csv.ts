import {
  type Cluster,
  type JobId,
  type Micros,
  NONE,
  type Observer,
  secondsText,
} from '../../model/index.js';
import { csvLine } from './csv.js';

const JOBS_CSV_HEADER = csvLine([
  'job_id',
  'framework',
  'submit',
  'start',
  'end',
  'tasks',
  'outcome',
  'reason',
  'critical_path',
]);

/**
 * Writes `jobs.csv`: a line per job when its last task has ended, then the jobs that had not ended at the end of the run. Times
 * are seconds on the trace's clock; empty if the job had not started or ended. Outcomes: finished, failed, rejected, running,
 * waiting, not-run. The reason is that of a rejection, or why tasks could not run. The critical path is the longest chain of run
 * times of tasks that depend on each other, in seconds; empty for other jobs.
 */
export class JobsCsv implements Partial<Observer> {
  private readonly cluster: Cluster;
  /** Why jobs were rejected or did not run, until their end. */
  private readonly reasons = new Map<JobId, string>();
  private readonly notRun = new Set<JobId>();
  private readonly criticalPaths = new Map<JobId, Micros>();
  private readonly write: (line: string) => void;

  constructor(cluster: Cluster, write: (line: string) => void) {
    this.cluster = cluster;
    this.write = write;
    write(JOBS_CSV_HEADER);
  }

  jobImpossible(job: JobId, _tasks: number, reason: string): void {
    this.reasons.set(job, reason);
  }

  jobRejected(job: JobId, reason: string): void {
    this.reasons.set(job, reason);
  }

  jobNotRun(job: JobId, _tasks: number, reason: string): void {
    if (!this.reasons.has(job)) this.notRun.add(job);
    this.reasons.set(job, this.reasons.get(job) ?? reason);
  }

  criticalPathKnown(job: JobId, length: Micros): void {
    if (Number.isFinite(length)) this.criticalPaths.set(job, length);
  }

  jobEnded(job: JobId, now: Micros): void {
    const { started, unsuccessful } = this.cluster.jobs;
    const never = this.notRun.has(job) ? 'not-run' : 'rejected';
    if (unsuccessful[job] === 0) this.line(job, now, 'finished');
    else this.line(job, now, this.reasons.has(job) && Number.isNaN(started[job]) ? never : 'failed');
    this.reasons.delete(job);
    this.notRun.delete(job);
    this.criticalPaths.delete(job);
  }

  runEnded(): void {
    const { jobs } = this.cluster;
    for (let job = 0; job < jobs.bound; job++) {
      if (jobs.framework[job] === NONE) continue;
      this.line(job, Number.NaN, Number.isNaN(jobs.started[job]) ? 'waiting' : 'running');
    }
  }

  private line(job: JobId, end: Micros, outcome: string): void {
    const { jobs, frameworks } = this.cluster;
    this.write(
      csvLine([
        jobs.name[job],
        frameworks[jobs.framework[job]].name,
        secondsText(jobs.submitted[job]),
        secondsText(jobs.started[job]),
        Number.isNaN(jobs.started[job]) ? '' : secondsText(end),
        jobs.tasks[job],
        outcome,
        this.reasons.get(job) ?? '',
        secondsText(this.criticalPaths.get(job) ?? Number.NaN),
      ]),
    );
  }
}
