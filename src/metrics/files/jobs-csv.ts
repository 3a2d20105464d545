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
]);

/**
 * Writes `jobs.csv`: a line per job when its last task has ended, then the jobs that had not ended at the end of the run. Times
 * are seconds on the trace's clock; empty if the job had not started or ended. Outcomes: finished, failed, rejected, running,
 * waiting. The reason is that of a rejection.
 */
export class JobsCsv implements Partial<Observer> {
  private readonly cluster: Cluster;
  /** Why jobs were rejected, until their end. */
  private readonly reasons = new Map<JobId, string>();
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

  jobEnded(job: JobId, now: Micros): void {
    const { started, unsuccessful } = this.cluster.jobs;
    if (unsuccessful[job] === 0) this.line(job, now, 'finished');
    else this.line(job, now, this.reasons.has(job) && Number.isNaN(started[job]) ? 'rejected' : 'failed');
    this.reasons.delete(job);
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
      ]),
    );
  }
}
