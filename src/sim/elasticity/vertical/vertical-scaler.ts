import { type FrameworkId, type JobId, type Micros, type TaskId, TaskState } from '../../../model/index.js';
import { JobUsage } from '../../../policies/controllers/vertical/job-usage.js';
import type { VerticalTerms } from '../../../policies/controllers/vertical/vertical-parameters.js';
import type { ControlHost, Controller } from '../controller.js';

const LOOK = 0;

/** A watched job. Rows of jobs are reused, so the submit time identifies the job. */
interface WatchedJob {
  readonly submitted: Micros;
  readonly usage: JobUsage;
  /** Original demand of its tasks, in quanta per dimension. */
  readonly asked: Float64Array;
}

/** Sums of the limits of a framework's tasks; see LimitReview. */
interface Review {
  readonly asked: Float64Array;
  readonly limit: Float64Array;
  readonly used: Float64Array;
  readonly beyond: Float64Array;
  refused: number;
}

/**
 * Limits that follow usage, as in Autopilot (Rzadca et al., EuroSys 2020). At each interval the usage of every job is
 * recorded, and its running tasks get new limits in place. If a machine has too little free for a higher limit, the
 * change is tried again at the next check.
 */
export class VerticalScaler implements Controller {
  private readonly frameworks: ReadonlySet<string> | 'all';
  private readonly terms: VerticalTerms;
  private readonly jobs = new Map<JobId, WatchedJob>();
  private host!: ControlHost;

  /** `frameworks` are the names of frameworks whose limits follow their usage. */
  constructor(frameworks: ReadonlySet<string> | 'all', terms: VerticalTerms) {
    this.frameworks = frameworks;
    this.terms = terms;
  }

  begin(host: ControlHost, now: Micros): void {
    this.host = host;
    host.wake(now + this.terms.interval, LOOK);
  }

  due(_subject: number, now: Micros): void {
    this.host.wake(now + this.terms.interval, LOOK);
    const { tasks } = this.host.cluster;
    const byJob = new Map<JobId, TaskId[]>();
    for (let task = 0; task < tasks.bound; task++) {
      if (tasks.state[task] !== TaskState.running || !this.isWatched(tasks.framework[task])) continue;
      const job = tasks.job[task];
      const others = byJob.get(job);
      if (others === undefined) byJob.set(job, [task]);
      else others.push(task);
    }
    for (const job of this.jobs.keys()) if (!byJob.has(job)) this.jobs.delete(job);
    const reviews = new Map<FrameworkId, Review>();
    for (const [job, members] of byJob) this.reviewJob(job, members, reviews, now);
    for (const [framework, review] of reviews) this.host.observer.limitsReviewed(framework, review, now);
  }

  private reviewJob(
    job: JobId,
    members: readonly TaskId[],
    reviews: Map<FrameworkId, Review>,
    now: Micros,
  ): void {
    const { cluster } = this.host;
    const dims = cluster.space.size;
    const known = this.watchedJob(job, members[0], now);
    const each = members.map((task) => this.host.usageOf(task, now));
    const mean = new Float64Array(dims);
    for (const used of each) for (let d = 0; d < dims; d++) mean[d] += used[d] / members.length;
    // Without usage in the trace there is nothing to record.
    if (Number.isNaN(mean[0])) return;
    known.usage.record(mean, now);
    const framework = cluster.jobs.framework[job];
    const review = reviews.get(framework) ?? emptyReview(dims);
    reviews.set(framework, review);
    members.forEach((task, i) => {
      if (!this.resize(task, known, now)) review.refused++;
      const { demand } = cluster.classes;
      for (let d = 0; d < dims; d++) {
        const limit = demand[cluster.tasks.taskClass[task] * dims + d];
        review.asked[d] += known.asked[d];
        review.limit[d] += limit;
        review.used[d] += each[i][d];
        review.beyond[d] += Math.max(0, each[i][d] - limit);
      }
    });
  }

  /** Returns false if a limit could not be raised. */
  private resize(task: TaskId, { usage }: WatchedJob, now: Micros): boolean {
    const { cluster } = this.host;
    const dims = cluster.space.size;
    const before = cluster.tasks.taskClass[task] * dims;
    let isOther = false;
    const demand = Array.from({ length: dims }, (_, d) => {
      const limit = usage.limit(d, cluster.classes.demand[before + d], now);
      if (limit !== cluster.classes.demand[before + d]) isOther = true;
      return limit;
    });
    return !isOther || this.host.resize(task, demand);
  }

  private watchedJob(job: JobId, task: TaskId, now: Micros): WatchedJob {
    const { cluster } = this.host;
    const known = this.jobs.get(job);
    if (known !== undefined && known.submitted === cluster.jobs.submitted[job]) return known;
    const dims = cluster.space.size;
    const first = cluster.tasks.taskClass[task] * dims;
    const asked = Float64Array.from(cluster.classes.demand.subarray(first, first + dims));
    const usage = new JobUsage(asked, this.terms, now);
    const watched = { submitted: cluster.jobs.submitted[job], usage, asked };
    this.jobs.set(job, watched);
    return watched;
  }

  private isWatched(framework: FrameworkId): boolean {
    return this.frameworks === 'all' || this.frameworks.has(this.host.cluster.frameworks[framework].name);
  }
}

function emptyReview(dims: number): Review {
  return {
    asked: new Float64Array(dims),
    limit: new Float64Array(dims),
    used: new Float64Array(dims),
    beyond: new Float64Array(dims),
    refused: 0,
  };
}
