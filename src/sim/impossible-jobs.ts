import { type Cluster, type JobId, type MachineId, NO_RULE, NONE, type TaskId } from '../model/index.js';
import type { SchedulingView } from '../policies/contract.js';
import { planningView } from '../policies/hosting/scheduling-view.js';
import { Feasibility } from '../policies/planner/feasibility.js';
import { inWords } from '../policies/planner/impossible.js';
import type { AnnouncedMachines } from './announced-machines.js';
import type { FrameworkBounds } from './framework-bounds.js';
import type { PlaceableClasses } from './placeable-classes.js';
import { ruleWords, whyNoMachine, whyNoNeighbour } from './rule-words.js';

/** A job that can never run. */
export interface ImpossibleJob {
  readonly job: JobId;
  readonly tasks: readonly TaskId[];
  /** In words, for users. */
  readonly reason: string;
}

/** What is known of the whole workload. Frameworks may be added while it is read. */
export interface KnownWorkload {
  readonly frameworks: readonly { readonly name: string }[];
}

/** Machines that are still to come. */
export interface ComingMachines {
  /** Left out if the trace changes no machine. */
  readonly announced: AnnouncedMachines | undefined;
  readonly placeable: PlaceableClasses;
}

/** How much of the workload has arrived. */
export type Arrived = 'some' | 'all';

/**
 * Jobs that can never run, on a proof against all machines that exist or can be rented, empty, and against what the policy never
 * gives to their framework. Gangs are checked as a whole. Tasks of other jobs are checked alone, because they may run one after
 * another. While machines are still to be added or updated, only a task that fits none of them is a proof.
 */
export class ImpossibleJobs {
  private readonly cluster: Cluster;
  private readonly bounds: FrameworkBounds;
  private readonly workload: KnownWorkload;
  private readonly view: SchedulingView;
  private readonly coming: ComingMachines;
  private feasibility: Feasibility;
  /** Jobs whose rules or size may make them impossible. */
  private readonly arrived = new Set<JobId>();
  /** Jobs that need a neighbour of a framework that has not been seen yet. */
  private readonly lonely = new Set<JobId>();

  constructor(cluster: Cluster, bounds: FrameworkBounds, workload: KnownWorkload, coming: ComingMachines) {
    this.cluster = cluster;
    this.coming = coming;
    this.bounds = bounds;
    this.workload = workload;
    this.view = planningView(cluster);
    this.feasibility = new Feasibility(this.view);
  }

  /** False if there are no jobs to check, however much of the workload has arrived. */
  get mayHaveNews(): boolean {
    return this.arrived.size > 0 || this.lonely.size > 0;
  }

  /** Are there jobs to check? */
  hasNews(arrived: Arrived): boolean {
    return this.arrived.size > 0 || (arrived === 'all' && this.lonely.size > 0);
  }

  taskArrived(task: TaskId): void {
    this.check(this.cluster.tasks.job[task]);
  }

  /** A machine was added, removed or changed. What was proved or not before is open again. */
  machinesChanged(): void {
    const { jobs } = this.cluster;
    this.feasibility = new Feasibility(this.view);
    this.bounds.machinesChanged();
    if (this.coming.announced?.mayGrow === true) return;
    for (let job = 0; job < jobs.bound; job++) if (this.waits(job)) this.check(job);
  }

  private check(job: JobId): void {
    const { jobs } = this.cluster;
    if (jobs.gang[job] === 1 || jobs.rule[job] !== NO_RULE || this.bounds.limit(jobs.framework[job]))
      this.arrived.add(job);
  }

  /** The jobs among those that arrived which can never run. They are checked once, but for neighbours that may still come. */
  find(arrived: Arrived): readonly ImpossibleJob[] {
    const found: ImpossibleJob[] = [];
    if (arrived === 'all') {
      for (const job of this.lonely) this.arrived.add(job);
      this.lonely.clear();
    }
    for (const job of this.arrived) {
      if (!this.waits(job)) continue;
      const members = this.cluster.jobs.pendingTasks.of(job);
      const neighbour = this.whyNoNeighbour(job);
      if (neighbour !== undefined && arrived === 'all')
        found.push({ job, tasks: members, reason: neighbour });
      else if (this.cluster.jobs.gang[job] === 1) found.push(...this.whyNever(job, members));
      else found.push(...this.neverAlone(job, members));
      if (neighbour !== undefined && arrived === 'some') this.lonely.add(job);
    }
    this.arrived.clear();
    return found;
  }

  /** By job, these tasks, each of which fits no machine that it may use, even an empty one. */
  alone(unplaceable: Iterable<TaskId>): readonly ImpossibleJob[] {
    const { job, taskClass } = this.cluster.tasks;
    const byJob = new Map<JobId, TaskId[]>();
    for (const task of unplaceable) byJob.set(job[task], [...(byJob.get(job[task]) ?? []), task]);
    return [...byJob].map(([id, tasks]) => {
      const mine = this.machinesOf(id) ?? (() => true);
      const ruled = whyNoMachine(this.cluster, id, tasks.slice(0, 1), mine);
      if (ruled !== undefined) return { job: id, tasks, reason: ruled };
      const why = { kind: 'places', taskClass: taskClass[tasks[0]], tasks: 1, places: 0 } as const;
      const words = inWords(why, this.view.machines, ruleWords(this.cluster, id));
      return { job: id, tasks, reason: this.onItsMachines(words) };
    });
  }

  private waits(job: JobId): boolean {
    const { jobs } = this.cluster;
    return jobs.framework[job] !== NONE && jobs.pending[job] > 0 && jobs.running[job] === 0;
  }

  private whyNoNeighbour(job: JobId): string | undefined {
    const { jobs, rules } = this.cluster;
    return whyNoNeighbour(rules.rule(jobs.rule[job]), this.workload.frameworks);
  }

  /** Tasks of the job that can never run, each by itself. */
  private neverAlone(job: JobId, members: readonly TaskId[]): ImpossibleJob[] {
    const found = members.flatMap((task) => this.whyNever(job, [task]));
    if (found.length === 0) return [];
    return [{ job, tasks: found.flatMap(({ tasks }) => tasks), reason: found[0].reason }];
  }

  private whyNever(job: JobId, members: readonly TaskId[]): ImpossibleJob[] {
    const reason = this.bounds.whyNever(members) ?? this.whyNowhere(job, members);
    return reason === undefined ? [] : [{ job, tasks: members, reason }];
  }

  private whyNowhere(job: JobId, members: readonly TaskId[]): string | undefined {
    const { jobs, machines } = this.cluster;
    if (jobs.gang[job] === 0 && jobs.rule[job] === NO_RULE) return undefined;
    if (this.mayStandLater(members)) return undefined;
    const mine = this.machinesOf(job);
    const ruled = whyNoMachine(this.cluster, job, members, mine ?? (() => true));
    if (ruled !== undefined) return ruled;
    // The capacity of revocable machines changes, so nothing is proved.
    if (machines.revocable > 0) return undefined;
    const words = (reason: Parameters<typeof inWords>[0]) =>
      inWords(reason, this.view.whatIf.machines, ruleWords(this.cluster, job));
    const reason = this.feasibility.whyNever(job, members, this.keyOf(job, members), { mine, words });
    return reason === undefined ? undefined : this.onItsMachines(reason);
  }

  /** Are machines to come, and does each of these tasks fit some machine then? */
  private mayStandLater(members: readonly TaskId[]): boolean {
    const { taskClass, framework } = this.cluster.tasks;
    const { announced, placeable } = this.coming;
    return (
      announced?.mayGrow === true && members.every((task) => placeable.has(taskClass[task], framework[task]))
    );
  }

  /** The machines of the cluster that the job may use; undefined for all. */
  private machinesOf(job: JobId): ((machine: MachineId) => boolean) | undefined {
    const mine = this.bounds.machinesOf(this.cluster.jobs.framework[job]);
    if (this.coming.announced === undefined) return mine;
    return (machine) => this.cluster.machines.isPresent(machine) && mine?.(machine) !== false;
  }

  /** Says that a policy which divides the machines leaves fewer of them to the framework. */
  private onItsMachines(reason: string): string {
    return this.bounds.mayUse === undefined
      ? reason
      : `${reason}, on the machines that its framework may use`;
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
