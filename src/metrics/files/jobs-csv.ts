import {
  type Cluster,
  type JobId,
  type Micros,
  NONE,
  type Observer,
  secondsText,
} from '../../model/index.js';
import { csvLine } from './csv.js';

const JOBS_CSV_HEADER = csvLine(['job_id', 'framework', 'submit', 'start', 'end', 'tasks', 'outcome']);

/**
 * Writes `jobs.csv`: a line per job when its last task has ended, then the jobs that had not ended at the end of the run. Times
 * are seconds on the trace's clock; empty if the job had not started or ended. Outcomes: finished, failed, running, waiting.
 */
export class JobsCsv implements Partial<Observer> {
  private readonly cluster: Cluster;
  private readonly write: (line: string) => void;

  constructor(cluster: Cluster, write: (line: string) => void) {
    this.cluster = cluster;
    this.write = write;
    write(JOBS_CSV_HEADER);
  }

  jobEnded(job: JobId, now: Micros): void {
    this.line(job, now, this.cluster.jobs.unsuccessful[job] === 0 ? 'finished' : 'failed');
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
      ]),
    );
  }
}
