import { type Cluster, type JobId, NO_RULE, NONE, PendingQueue, type TaskId } from '../model/index.js';
import { viewAtStart } from '../policies/hosting/scheduling-view.js';
import { Feasibility } from '../policies/planner/feasibility.js';
import { inWords } from '../policies/planner/impossible.js';

/** A job that can never run. */
export interface ImpossibleJob {
  readonly job: JobId;
  readonly tasks: readonly TaskId[];
  /** In words, for users. */
  readonly reason: string;
}

/**
 * Jobs that can never run, on a proof against all machines that exist or can be rented, empty. Gangs are checked as a whole.
 * Tasks of other jobs are checked alone, because they may run one after another.
 */
export class ImpossibleJobs {
  private readonly cluster: Cluster;
  private readonly view: ReturnType<typeof viewAtStart>;
  private readonly feasibility: Feasibility;
  /** Jobs whose rules or size may make them impossible. */
  private readonly arrived = new Set<JobId>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    const queue = new PendingQueue(cluster.tasks, cluster.jobs);
    this.view = viewAtStart({ cluster, queue, table: cluster.free, random: () => 0 });
    this.feasibility = new Feasibility(this.view);
  }

  /** Are there jobs to check? */
  get hasNews(): boolean {
    return this.arrived.size > 0;
  }

  taskArrived(task: TaskId): void {
    const { jobs, tasks } = this.cluster;
    const job = tasks.job[task];
    if (jobs.gang[job] === 1 || jobs.rule[job] !== NO_RULE) this.arrived.add(job);
  }

  /** The jobs among those that arrived which can never run. They are checked once. */
  find(): readonly ImpossibleJob[] {
    const { jobs } = this.cluster;
    const found: ImpossibleJob[] = [];
    for (const job of this.arrived) {
      if (jobs.framework[job] === NONE || jobs.pending[job] === 0 || jobs.running[job] > 0) continue;
      const members = this.pendingOf(job);
      if (jobs.gang[job] === 1) found.push(...this.whyNever(job, members));
      else found.push(...this.neverAlone(job, members));
    }
    this.arrived.clear();
    return found;
  }

  /** By job, these tasks, each of which fits no machine, even an empty one. */
  alone(unplaceable: Iterable<TaskId>): readonly ImpossibleJob[] {
    const { job, taskClass } = this.cluster.tasks;
    const byJob = new Map<JobId, TaskId[]>();
    for (const task of unplaceable) byJob.set(job[task], [...(byJob.get(job[task]) ?? []), task]);
    return [...byJob].map(([id, tasks]) => {
      const why = { kind: 'places', taskClass: taskClass[tasks[0]], tasks: 1, places: 0 } as const;
      return { job: id, tasks, reason: inWords(why, this.view.machines) };
    });
  }

  /** Tasks of the job that can never run, each by itself. */
  private neverAlone(job: JobId, members: readonly TaskId[]): ImpossibleJob[] {
    const found = members.flatMap((task) => this.whyNever(job, [task]));
    if (found.length === 0) return [];
    return [{ job, tasks: found.flatMap(({ tasks }) => tasks), reason: found[0].reason }];
  }

  private whyNever(job: JobId, members: readonly TaskId[]): ImpossibleJob[] {
    // The capacity of revocable machines changes, so nothing is proved.
    if (this.cluster.machines.specs.some(({ supply }) => supply === 'revocable')) return [];
    const reason = this.feasibility.whyNever(job, members, this.keyOf(job, members));
    return reason === undefined ? [] : [{ job, tasks: members, reason }];
  }

  private pendingOf(job: JobId): TaskId[] {
    const { next, first } = this.cluster.jobs.pendingTasks;
    const members: TaskId[] = [];
    for (let task = first[job]; task !== NONE; task = next[task]) members.push(task);
    return members;
  }

  /** Equal for jobs of the same framework with equal members and rule. */
  private keyOf(job: JobId, members: readonly TaskId[]): string {
    const { classes, jobs, tasks } = this.cluster;
    const counts = new Map<number, number>();
    for (const task of members)
      counts.set(tasks.taskClass[task], (counts.get(tasks.taskClass[task]) ?? 0) + 1);
    const parts = [...counts]
      .sort(([a], [b]) => a - b)
      .map(([taskClass, count]) => `${count}x${taskClass}.${classes.generation[taskClass]}`);
    return `${jobs.rule[job]} ${jobs.framework[job]} ${parts.join()}`;
  }
}
