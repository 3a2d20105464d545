import { type Cluster, type JobId, type MachineId, NONE, type TaskId } from '../../model/index.js';
import type { WhatIf } from '../../policies/contract.js';
import { planningView } from '../../policies/hosting/scheduling-view.js';
import { GangSearch } from '../../policies/planner/search.js';
import type { RoleLimit } from '../../policies/policy.js';
import type { UseBounds } from '../architectures/architecture.js';
import { demandOf, heldBy } from '../framework-bounds.js';

/**
 * Which pending tasks could start on machines that are not up yet: in the room as it would be, under all rules. Tasks are tried on
 * machines by rank. Gangs are placed by the planner.
 */
export class StartableTasks {
  private readonly cluster: Cluster;
  private readonly bounds: UseBounds | undefined;
  private readonly whatIf: WhatIf;
  private readonly search: GangSearch;
  /** Where tasks were put in the room as it would be. */
  private readonly places = new Map<TaskId, MachineId>();
  /** The machines for a gang: those that are up, then those that could be ordered. */
  private candidates: readonly MachineId[] = [];

  /** Without bounds, frameworks may use everything. */
  constructor(cluster: Cluster, bounds?: UseBounds) {
    this.cluster = cluster;
    this.bounds = bounds;
    const view = planningView(cluster);
    this.whatIf = view.whatIf;
    this.search = new GangSearch(view, {
      choice: { best: (task) => this.firstFit(task, this.candidates) },
    });
  }

  /**
   * Tries the tasks in their order, each beside those before it. A task without rules is tried only for its size, because its
   * machines are counted by the sum of the demands. A gang may use the machines that are up too. Tasks above the limit of their
   * role are left out: they wait for other tasks of the role, not for machines. So are tasks that fit on rented machines that are
   * up: the policy keeps them waiting, and would do so beside more of these machines.
   */
  on(machines: readonly MachineId[], tasks: readonly TaskId[]): readonly TaskId[] {
    const { cluster, places } = this;
    const { jobs, rules } = cluster;
    const [sample] = machines;
    if (sample === undefined) return [];
    this.whatIf.reset('now');
    places.clear();
    const rented = this.rentedUp();
    this.candidates = [...this.upMachines(machines), ...machines];
    for (const machine of machines) this.whatIf.open(machine);
    const tried = new Set<JobId>();
    const leeway = new RoleLeeway(cluster, this.bounds?.limits ?? []);
    const isPutHere = (task: TaskId) => machines.includes(places.get(task) ?? NONE);
    return tasks.filter((task) => {
      const job = cluster.tasks.job[task];
      const isGang = jobs.gang[job] === 1 && jobs.pending[job] > 1;
      if (this.bounds?.mayUse?.(cluster.tasks.framework[task], sample) === false) return false;
      if (!cluster.fitsEmpty(sample, cluster.tasks.taskClass[task]) && !isGang) return false;
      if (!isGang && rented.length > 0 && this.put(task, rented)) return false;
      if (!isGang && !rules.mayForbid(task)) return leeway.take([task]);
      if (!isGang) return leeway.has([task]) && this.put(task, machines) && leeway.take([task]);
      if (tried.has(job)) return isPutHere(task);
      tried.add(job);
      const members = jobs.pendingTasks.of(job).sort((a, b) => a - b);
      if (leeway.has(members) && this.putGang(job, members)) leeway.take(members);
      return isPutHere(task);
    });
  }

  private putGang(job: JobId, members: readonly TaskId[]): boolean {
    const isCandidate = new Set(this.candidates);
    const answer = this.search.place(job, members, (machine) => isCandidate.has(machine));
    if (answer.answer !== 'yes') return false;
    const { tasks, machines, devices } = answer.placing;
    for (const [i, task] of tasks.entries()) {
      this.whatIf.put(task, machines[i], devices?.[i]);
      this.places.set(task, machines[i]);
    }
    return true;
  }

  private rentedUp(): readonly MachineId[] {
    const { specs } = this.cluster.machines;
    return this.upMachines([]).filter((machine) => specs[machine].supply === 'rented');
  }

  private upMachines(others: readonly MachineId[]): readonly MachineId[] {
    const { machines } = this.cluster;
    const rented = new Set(others);
    return Array.from({ length: machines.count }, (_, machine) => machine).filter(
      (machine) => machines.isUp(machine) && !rented.has(machine),
    );
  }

  private put(task: TaskId, machines: readonly MachineId[]): boolean {
    const machine = this.firstFit(task, machines);
    if (machine === NONE || this.whatIf.put(task, machine) !== 'done') return false;
    this.places.set(task, machine);
    return true;
  }

  private firstFit(task: TaskId, machines: readonly MachineId[]): MachineId {
    return machines.find((machine) => this.whatIf.machines.whyNot(task, machine) === 'done') ?? NONE;
  }
}

/** What roles may still have below their limits, beside what their tasks hold. */
class RoleLeeway {
  private readonly cluster: Cluster;
  private readonly roles: readonly {
    readonly frameworks: ReadonlySet<string>;
    readonly left: Float64Array;
  }[];

  constructor(cluster: Cluster, limits: readonly RoleLimit[]) {
    this.cluster = cluster;
    this.roles = limits.map(({ frameworks, most }) => ({
      frameworks,
      left: Float64Array.from(
        cluster.space.names,
        (name, d) => (most[name] ?? Number.POSITIVE_INFINITY) - heldBy(cluster, frameworks, d),
      ),
    }));
  }

  /** Do these tasks of one framework stay below all limits? */
  has(tasks: readonly TaskId[]): boolean {
    return this.of(tasks).every(({ left }) =>
      left.every((amount, d) => demandOf(this.cluster, tasks, d) <= amount),
    );
  }

  /** Counts them as started if they do. */
  take(tasks: readonly TaskId[]): boolean {
    if (!this.has(tasks)) return false;
    for (const { left } of this.of(tasks))
      for (const d of left.keys()) left[d] -= demandOf(this.cluster, tasks, d);
    return true;
  }

  private of(tasks: readonly TaskId[]) {
    if (this.roles.length === 0) return this.roles;
    const { name } = this.cluster.frameworks[this.cluster.tasks.framework[tasks[0]]];
    return this.roles.filter(({ frameworks }) => frameworks.has(name));
  }
}
