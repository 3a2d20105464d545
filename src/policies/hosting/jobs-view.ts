import { type Cluster, FOREVER, NONE } from '../../model/index.js';
import type { Dimension, FrameworkId, JobFacts, JobId, Micros, TaskId } from '../contract.js';

/** Jobs, over the ledger's columns. The host moves the time of `call`. */
export class JobsView implements JobFacts {
  readonly #cluster: Cluster;
  readonly #call: { readonly now: Micros };

  constructor(cluster: Cluster, call: { readonly now: Micros }) {
    this.#cluster = cluster;
    this.#call = call;
    Object.freeze(this);
  }

  framework(job: JobId): FrameworkId {
    return this.#cluster.jobs.framework[job];
  }

  name(job: JobId): string {
    return String(this.#cluster.jobs.name[job]);
  }

  user(job: JobId): string | undefined {
    return this.#cluster.jobs.user[job];
  }

  group(job: JobId): string | undefined {
    return this.#cluster.jobs.group[job];
  }

  queue(job: JobId): string | undefined {
    return this.#cluster.jobs.queue[job];
  }

  label(job: JobId, key: string): string | undefined {
    const labels = this.#cluster.jobs.labels[job];
    return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  }

  submitted(job: JobId): Micros {
    return this.#cluster.jobs.submitted[job];
  }

  waitingSince(job: JobId): Micros {
    const { jobs } = this.#cluster;
    return jobs.running[job] > 0 ? Number.NaN : jobs.waitingSince[job];
  }

  deadline(job: JobId): Micros {
    return this.#cluster.jobs.deadline[job];
  }

  isGang(job: JobId): boolean {
    return this.#cluster.jobs.gang[job] === 1;
  }

  minimum(job: JobId): number {
    return this.#cluster.jobs.leastRunning(job);
  }

  tasks(job: JobId): number {
    return this.#cluster.jobs.unfinished[job];
  }

  pending(job: JobId): number {
    return this.#cluster.jobs.pending[job];
  }

  running(job: JobId): number {
    return this.#cluster.jobs.running[job];
  }

  firstTask(job: JobId): TaskId {
    return this.#cluster.jobs.allTasks.first[job] ?? NONE;
  }

  nextTask(task: TaskId): TaskId {
    return this.#cluster.jobs.allTasks.next[task] ?? NONE;
  }

  firstPending(job: JobId): TaskId {
    return this.#cluster.jobs.pendingTasks.first[job] ?? NONE;
  }

  nextPending(task: TaskId): TaskId {
    return this.#cluster.jobs.pendingTasks.next[task] ?? NONE;
  }

  demand(job: JobId, dimension: Dimension): number {
    const { classes, tasks } = this.#cluster;
    let sum = 0;
    for (let task = this.firstTask(job); task !== NONE; task = this.nextTask(task))
      sum += classes.demand[tasks.taskClass[task] * classes.dims + dimension];
    return sum;
  }

  attained(job: JobId, dimension: Dimension): number {
    return this.#cluster.attained.of(job, dimension, this.#call.now);
  }

  kept(job: JobId, dimension: Dimension): number {
    return this.#cluster.attained.kept(job, dimension, this.#call.now);
  }

  /** No host measures disruption budgets yet. */
  mayLose(_job: JobId): number {
    return FOREVER;
  }

  promised(job: JobId): Micros {
    return this.#cluster.jobs.promised[job];
  }
}
