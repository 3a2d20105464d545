import {
  type Cluster,
  grown,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  type ResourceSpace,
  secondsText,
  type TaskId,
} from '../../model/index.js';
import { JobRunTimes } from '../collectors/job-run-times.js';
import { boundedSlowdown, SLOWDOWN_UNIT } from '../kernels/bounded-slowdown.js';
import { csvLine, sixDigits } from './csv.js';
import {
  numberColumn,
  RUN_KEY_COLUMNS,
  type RunKey,
  resourceColumns,
  type TableColumn,
  textColumn,
} from './run-table.js';

/** The run of a table of jobs. */
export interface RunOfJobs extends RunKey {
  /** Frameworks whose jobs are instances of services: they have no response, so no run time and no slowdown. */
  readonly services?: ReadonlySet<string>;
}

/** The columns of `jobs.csv`. */
export function jobsColumns(space: ResourceSpace): readonly TableColumn[] {
  return [
    textColumn('job_id'),
    textColumn('framework'),
    numberColumn('submit'),
    numberColumn('start'),
    numberColumn('end'),
    numberColumn('tasks'),
    textColumn('outcome'),
    textColumn('reason'),
    numberColumn('critical_path'),
    ...RUN_KEY_COLUMNS,
    textColumn('user'),
    ...resourceColumns(space),
    numberColumn('time_limit'),
    numberColumn('wait'),
    numberColumn('run'),
    numberColumn('slowdown'),
  ];
}

/**
 * Writes `jobs.csv`: a line per job when its last task has ended, then the jobs that had not ended at the end of the run. Times
 * are seconds on the trace's clock; empty if the job had not started or ended. Outcomes: finished, failed, rejected, running,
 * waiting, not-run. The reason is that of a rejection, or why tasks could not run. The critical path is the longest chain of run
 * times of tasks that depend on each other, in seconds; empty for other jobs. The demand is that of a task as submitted, the mean if the
 * tasks of the job differ. The time limit is the longest of its tasks; empty if one has none. Wait, run time and slowdown are those of
 * the summary.
 */
export class JobsCsv implements Partial<Observer> {
  private readonly cluster: Cluster;
  /** Why jobs were rejected or did not run, until their end. */
  private readonly reasons = new Map<JobId, string>();
  private readonly notRun = new Set<JobId>();
  private readonly criticalPaths = new Map<JobId, Micros>();
  private readonly runTimes: JobRunTimes;
  private readonly run: RunOfJobs;
  private readonly write: (line: string) => void;
  /** `demand[job * dims + dimension]`: the sum over the submitted tasks, in quanta. */
  private demand = new Float64Array(0);
  /** By row of the ledger: the longest time limit of a submitted task. */
  private timeLimit = new Float64Array(0);

  constructor(cluster: Cluster, run: RunOfJobs, write: (line: string) => void) {
    this.cluster = cluster;
    this.run = run;
    this.write = write;
    this.runTimes = new JobRunTimes(cluster);
    write(csvLine(jobsColumns(cluster.space).map(({ name }) => name)));
  }

  jobSubmitted(job: JobId): void {
    const { size } = this.cluster.space;
    this.runTimes.jobSubmitted(job);
    this.demand = grown(this.demand, (job + 1) * size);
    this.demand.fill(0, job * size, (job + 1) * size);
    this.timeLimit = grown(this.timeLimit, job + 1);
    this.timeLimit[job] = 0;
  }

  taskSubmitted(task: TaskId): void {
    const { tasks, classes } = this.cluster;
    const { dims } = classes;
    const job = tasks.job[task];
    const taskClass = tasks.taskClass[task];
    for (let d = 0; d < dims; d++) this.demand[job * dims + d] += classes.demand[taskClass * dims + d];
    if (tasks.timeLimit[task] > this.timeLimit[job]) this.timeLimit[job] = tasks.timeLimit[task];
  }

  taskEnded(task: TaskId, machine: MachineId): void {
    if (machine !== NONE) this.runTimes.taskEnded(task);
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
    const { jobs, frameworks, space } = this.cluster;
    const { policy, seed, services } = this.run;
    const framework = frameworks[jobs.framework[job]].name;
    const start = jobs.started[job];
    const hasResponse = !Number.isNaN(start) && services?.has(framework) !== true;
    // NaN for a job that did not end, too.
    const response = hasResponse ? end - jobs.submitted[job] : Number.NaN;
    const ran = Number.isNaN(response) ? Number.NaN : this.runTimes.of(job, end);
    const demand = space.kinds.map(
      ({ quantaPerUnit }, d) => this.demand[job * space.size + d] / jobs.tasks[job] / quantaPerUnit,
    );
    this.write(
      csvLine([
        jobs.name[job],
        framework,
        secondsText(jobs.submitted[job]),
        secondsText(start),
        Number.isNaN(start) ? '' : secondsText(end),
        jobs.tasks[job],
        outcome,
        this.reasons.get(job) ?? '',
        secondsText(this.criticalPaths.get(job) ?? Number.NaN),
        policy,
        seed,
        jobs.user[job] ?? '',
        ...demand.map((amount) => (Number.isNaN(amount) ? '' : sixDigits(amount))),
        secondsText(this.timeLimit[job]),
        secondsText(start - jobs.submitted[job]),
        secondsText(ran),
        Number.isNaN(ran) ? '' : sixDigits(boundedSlowdown(response, ran) / SLOWDOWN_UNIT),
      ]),
    );
  }
}
