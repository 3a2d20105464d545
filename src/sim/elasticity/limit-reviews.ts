import type { FrameworkId, JobId, LimitReview, Micros, TaskId } from '../../model/index.js';
import type { RunActions } from './run-actions.js';

/** A job whose limits may change. Rows of jobs are reused, so the submit time identifies the job. */
interface WatchedJob {
  readonly submitted: Micros;
  /** Original demand of its tasks, in quanta per dimension. */
  readonly asked: Float64Array;
}

/** A review while it is summed up. */
type Sums = LimitReview & Readonly<Record<'asked' | 'limit' | 'used' | 'beyond', Float64Array>>;

/**
 * Reports demand, limits and real usage of the tasks whose limits may change to the metrics, at each call of a control loop
 * that changes limits. The loop knows measured usage only.
 */
export class LimitReviews {
  private readonly actions: RunActions;
  private readonly mayResize: (framework: FrameworkId) => boolean;
  private readonly jobs = new Map<JobId, WatchedJob>();
  private readonly reported = new Set<FrameworkId>();
  private running: ReadonlyMap<JobId, readonly TaskId[]> = new Map();
  /** Refused changes of limits in this call. */
  private readonly refused = new Map<FrameworkId, number>();

  constructor(actions: RunActions, mayResize: (framework: FrameworkId) => boolean) {
    this.actions = actions;
    this.mayResize = mayResize;
  }

  /** Before the call: keeps the original demand of jobs that are new. */
  before(): void {
    const { jobs, classes, tasks, space } = this.actions.cluster;
    this.refused.clear();
    this.running = this.runningTasks();
    for (const job of this.jobs.keys()) if (!this.running.has(job)) this.jobs.delete(job);
    for (const [job, [first]] of this.running) {
      const submitted = jobs.submitted[job];
      if (this.jobs.get(job)?.submitted === submitted) continue;
      const row = tasks.taskClass[first] * space.size;
      this.jobs.set(job, {
        submitted,
        asked: Float64Array.from(classes.demand.subarray(row, row + space.size)),
      });
    }
  }

  /** The limit of a task could not be changed. */
  countRefused(task: TaskId): void {
    const framework = this.actions.cluster.tasks.framework[task];
    this.refused.set(framework, (this.refused.get(framework) ?? 0) + 1);
  }

  /**
   * After the call: reports each framework with running tasks, with NaN for resources of which the usage of a task is unknown.
   * Frameworks of which no usage was ever known are left out.
   */
  after(now: Micros): void {
    const { jobs } = this.actions.cluster;
    const reviews = new Map<FrameworkId, Sums>();
    for (const [job, members] of this.running) {
      const framework = jobs.framework[job];
      const sums = reviews.get(framework) ?? this.newSums(framework);
      reviews.set(framework, sums);
      for (const task of members) this.add(sums, job, task);
    }
    for (const [framework, review] of reviews) {
      if (review.used.some((used, d) => used >= 0 && review.asked[d] > 0)) this.reported.add(framework);
      if (this.reported.has(framework)) this.actions.observer.limitsReviewed(framework, review, now);
    }
  }

  private add(sums: Sums, job: JobId, task: TaskId): void {
    const { classes, tasks, space } = this.actions.cluster;
    const asked = this.jobs.get(job)?.asked as Float64Array;
    for (let d = 0; d < space.size; d++) {
      const limit = classes.demand[tasks.taskClass[task] * space.size + d];
      const used = this.actions.used(task, d);
      sums.asked[d] += asked[d];
      sums.limit[d] += limit;
      sums.used[d] += used;
      sums.beyond[d] += Math.max(0, used - limit);
    }
  }

  private newSums(framework: FrameworkId): Sums {
    const zeros = () => new Float64Array(this.actions.cluster.space.size);
    const refused = this.refused.get(framework) ?? 0;
    return { asked: zeros(), limit: zeros(), used: zeros(), beyond: zeros(), refused };
  }

  private runningTasks(): ReadonlyMap<JobId, readonly TaskId[]> {
    const { tasks } = this.actions.cluster;
    const byJob = new Map<JobId, TaskId[]>();
    for (let task = 0; task < tasks.bound; task++) {
      if (!this.actions.isRunning(task) || !this.mayResize(tasks.framework[task])) continue;
      const others = byJob.get(tasks.job[task]);
      if (others === undefined) byJob.set(tasks.job[task], [task]);
      else others.push(task);
    }
    return byJob;
  }
}
