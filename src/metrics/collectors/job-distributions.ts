import {
  type Cluster,
  type JobId,
  type Micros,
  NONE,
  type Observer,
  type TaskId,
} from '../../model/index.js';
import { boundedSlowdown } from '../kernels/bounded-slowdown.js';
import { LogHistogram } from '../kernels/log-histogram.js';
import { JobRunTimes } from './job-run-times.js';

/** What is measured of jobs, as in the summary: Micros, and the slowdown in millionths. */
export class JobHistograms {
  readonly wait = new LogHistogram();
  readonly response = new LogHistogram();
  readonly slowdown = new LogHistogram();
}

/** Users with histograms of their own: the first ones. Later users share one, so that memory does not grow with the users. */
const MOST_USERS = 500;

/** Sizes of one class differ by at most this factor. */
const SIZE_FACTOR = 4;

/** Waits, responses and bounded slowdowns of jobs: of all, and by framework, size and user. Jobs of the warm-up are left out. */
export class JobDistributions implements Partial<Observer> {
  readonly all = new JobHistograms();
  readonly byFramework = new Map<string, JobHistograms>();
  /** By the largest size of the class: a power of 4 of the unit of the first resource. */
  readonly bySize = new Map<number, JobHistograms>();
  /** Undefined for jobs whose users are unknown. */
  readonly byUser = new Map<string | undefined, JobHistograms>();
  /** Of the users after the first ones. */
  readonly otherUsers = new JobHistograms();
  private readonly runTimes: JobRunTimes;
  private countsFrom: Micros = 0;
  /** By row of the ledger: quanta of the first resource, of all tasks. */
  private readonly sizes: number[] = [];

  /** `services`: frameworks whose jobs are instances of services, which have no response. */
  constructor(
    readonly cluster: Cluster,
    private readonly services: ReadonlySet<string> = new Set(),
    private readonly warmUp: Micros = 0,
  ) {
    this.runTimes = new JobRunTimes(cluster);
  }

  runStarted(now: Micros): void {
    this.countsFrom = now + this.warmUp;
  }

  jobSubmitted(job: JobId): void {
    this.runTimes.jobSubmitted(job);
    this.sizes[job] = 0;
  }

  taskSubmitted(task: TaskId): void {
    const { tasks, classes } = this.cluster;
    this.sizes[tasks.job[task]] += classes.demand[tasks.taskClass[task] * classes.dims];
  }

  taskEnded(task: TaskId, machine: number): void {
    if (machine !== NONE) this.runTimes.taskEnded(task);
  }

  jobEnded(job: JobId, now: Micros): void {
    const { jobs, frameworks } = this.cluster;
    const started = jobs.started[job];
    if (Number.isNaN(started) || jobs.submitted[job] < this.countsFrom) return;
    const isService = this.services.has(frameworks[jobs.framework[job]].name);
    const response = now - jobs.submitted[job];
    const slowdown = boundedSlowdown(response, this.runTimes.of(job, now));
    for (const group of this.groupsOf(job)) {
      group.wait.record(started - jobs.submitted[job]);
      if (isService) continue;
      group.response.record(response);
      group.slowdown.record(slowdown);
    }
  }

  runEnded(): void {
    const { jobs } = this.cluster;
    for (let job = 0; job < jobs.bound; job++) {
      if (jobs.framework[job] === NONE || Number.isNaN(jobs.started[job])) continue;
      if (jobs.submitted[job] < this.countsFrom) continue;
      for (const { wait } of this.groupsOf(job)) wait.record(jobs.started[job] - jobs.submitted[job]);
    }
  }

  private groupsOf(job: JobId): JobHistograms[] {
    const { jobs, frameworks, space } = this.cluster;
    const size = this.sizes[job] / space.kinds[0].quantaPerUnit;
    // The small amount is for sizes that are a power but for the rounding of the logarithm.
    const power = size > 0 ? Math.ceil(Math.log(size) / Math.log(SIZE_FACTOR) - 1e-9) : 0;
    const user = jobs.user[job];
    return [
      this.all,
      groupIn(this.byFramework, frameworks[jobs.framework[job]].name),
      groupIn(this.bySize, size > 0 ? SIZE_FACTOR ** power : 0),
      this.byUser.has(user) || this.byUser.size < MOST_USERS ? groupIn(this.byUser, user) : this.otherUsers,
    ];
  }
}

function groupIn<K>(groups: Map<K, JobHistograms>, key: K): JobHistograms {
  let group = groups.get(key);
  if (group === undefined) {
    group = new JobHistograms();
    groups.set(key, group);
  }
  return group;
}
