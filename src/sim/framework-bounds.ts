import { type Cluster, type FrameworkId, isWithin, type MachineId, type TaskId } from '../model/index.js';
import type { RoleGuarantee, RoleLimit } from '../policies/policy.js';
import type { UseBounds } from './architectures/architecture.js';

/** The most of each resource that a framework can ever have for one reason, in quanta. */
interface Bound {
  /** By dimension; Infinity without a bound. */
  readonly most: Float64Array;
  /** Why, such as `the limit of role x is 2 cpus`. */
  words(dimension: number): string;
}

/**
 * What each framework can have at most under the policy, in words for users. What never changes any more is a proof: the
 * machines of a framework, the limits of its roles, and, once no machine is to be added or updated, the guarantees of other roles.
 */
export class FrameworkBounds {
  private readonly cluster: Cluster;
  private readonly bounds: () => UseBounds | undefined;
  private readonly mayGrow: () => boolean;
  private known: (readonly Bound[] | undefined)[] = [];

  /**
   * The policy may have no bounds. They are read when they are first asked for. `mayGrow`: is a machine still to be added or
   * updated?
   */
  constructor(cluster: Cluster, bounds: () => UseBounds | undefined, mayGrow: () => boolean = () => false) {
    this.cluster = cluster;
    this.bounds = bounds;
    this.mayGrow = mayGrow;
  }

  /** A machine was added, removed or changed. */
  machinesChanged(): void {
    this.known = [];
  }

  /** May the framework ever use the machine? Undefined if frameworks may use all machines. */
  get mayUse(): UseBounds['mayUse'] {
    return this.bounds()?.mayUse;
  }

  /** The machines that the framework may ever use; undefined for all. */
  machinesOf(framework: FrameworkId): ((machine: MachineId) => boolean) | undefined {
    const { mayUse } = this;
    return mayUse === undefined ? undefined : (machine) => mayUse(framework, machine);
  }

  /** Do limits or guarantees bound what the framework can have? */
  limit(framework: FrameworkId): boolean {
    return this.bounds() !== undefined && this.boundsFor(framework).length > 0;
  }

  /** Why these tasks of one framework can never run together, in words; undefined without a proof. */
  whyNever(tasks: readonly TaskId[]): string | undefined {
    const [first] = tasks;
    if (first === undefined || this.bounds() === undefined) return undefined;
    for (const { most, words } of this.boundsFor(this.cluster.tasks.framework[first]))
      for (let d = 0; d < most.length; d++) {
        const needed = most[d] === Number.POSITIVE_INFINITY ? 0 : demandOf(this.cluster, tasks, d);
        if (needed > most[d]) return `needs ${this.amount(needed, d)}, ${words(d)}`;
      }
    return undefined;
  }

  /** Which limit keeps these tasks of one framework waiting, beside what the role has now; undefined if none does. */
  whyNotNow(tasks: readonly TaskId[]): string | undefined {
    const [first] = tasks;
    const limits = this.bounds()?.limits;
    if (first === undefined || limits === undefined) return undefined;
    const { space, tasks: table } = this.cluster;
    for (const { role, frameworks, most } of limits.filter(this.concerns(table.framework[first])))
      for (const [d, name] of space.names.entries()) {
        const limit = most[name] ?? Number.POSITIVE_INFINITY;
        const held = heldBy(this.cluster, frameworks, d);
        if (demandOf(this.cluster, tasks, d) > 0 && demandOf(this.cluster, tasks, d) + held > limit)
          return `its role ${role} has ${this.amount(held, d)} and a limit of ${this.amount(limit, d)}`;
      }
    return undefined;
  }

  private boundsFor(framework: FrameworkId): readonly Bound[] {
    this.known[framework] ??= this.makeBounds(framework);
    return this.known[framework];
  }

  private makeBounds(framework: FrameworkId): readonly Bound[] {
    const { limits = [], guarantees = [] } = this.bounds() ?? {};
    const others = this.others(framework, guarantees);
    const ofLimits = limits.filter(this.concerns(framework)).map((limit) => {
      return this.limitBound(
        limit,
        others.filter(({ role }) => isWithin(role, limit.role)),
      );
    });
    return others.length === 0 ? ofLimits : [...ofLimits, this.guaranteeBound(others)];
  }

  /** A limit, less what it keeps for guarantees of other roles below it. */
  private limitBound({ role, most }: RoleLimit, inner: readonly RoleGuarantee[]): Bound {
    const limit = (d: number) => most[this.cluster.space.names[d]] ?? Number.POSITIVE_INFINITY;
    return {
      most: this.column((d) => limit(d) - this.guaranteed(inner, d)),
      words: (d) => {
        const text = `the limit of role ${role} is ${this.amount(limit(d), d)}`;
        const kept = this.guaranteed(inner, d);
        return kept === 0
          ? text
          : `${text}, of which ${this.amount(kept, d)} are guaranteed to ${namesOf(inner)}`;
      },
    };
  }

  /** All machines, less what is held back for guarantees of other roles; no bound while their capacity may grow. */
  private guaranteeBound(others: readonly RoleGuarantee[]): Bound {
    const { machines, space } = this.cluster;
    const total = new Float64Array(space.size);
    const isOpen = this.mayGrow() || machines.specs.some(({ supply }) => supply === 'revocable');
    for (let machine = 0; machine < machines.count && !isOpen; machine++)
      for (let d = 0; d < space.size && machines.isPresent(machine); d++)
        total[d] += machines.capacity[machine * space.size + d];
    return {
      most: this.column((d) =>
        isOpen || this.guaranteed(others, d) === 0
          ? Number.POSITIVE_INFINITY
          : total[d] - this.guaranteed(others, d),
      ),
      words: (d) =>
        `the machines have ${this.amount(total[d], d)}, of which ${this.amount(this.guaranteed(others, d), d)} are guaranteed to ${namesOf(others)}`,
    };
  }

  /** The outermost roles with a guarantee that the framework is not in. What they lack is kept from it. */
  private others(framework: FrameworkId, guarantees: readonly RoleGuarantee[]): readonly RoleGuarantee[] {
    const { name } = this.cluster.frameworks[framework];
    const foreign = guarantees.filter(({ frameworks }) => !frameworks.has(name));
    return foreign.filter(
      ({ role }) => !foreign.some((other) => other.role !== role && isWithin(role, other.role)),
    );
  }

  private guaranteed(roles: readonly RoleGuarantee[], dimension: number): number {
    const name = this.cluster.space.names[dimension];
    return roles.reduce((sum, { least }) => sum + (least[name] ?? 0), 0);
  }

  private concerns(framework: FrameworkId): (limit: RoleLimit) => boolean {
    const { name } = this.cluster.frameworks[framework];
    return ({ frameworks }) => frameworks.has(name);
  }

  private column(most: (dimension: number) => number): Float64Array {
    return Float64Array.from(this.cluster.space.names.keys(), most);
  }

  private amount(quanta: number, dimension: number): string {
    const { kinds, names } = this.cluster.space;
    return `${quanta / kinds[dimension].quantaPerUnit} ${names[dimension]}`;
  }
}

function namesOf(roles: readonly { readonly role: string }[]): string {
  return roles.map(({ role }) => role).join(', ');
}

/** What the tasks of these frameworks hold of a resource, in quanta. */
export function heldBy(
  { frameworks, frameworkAllocated, space }: Cluster,
  names: ReadonlySet<string>,
  dimension: number,
): number {
  let held = 0;
  for (const [id, { name }] of frameworks.entries())
    if (names.has(name)) held += frameworkAllocated[id * space.size + dimension];
  return held;
}

/** What these tasks ask for together, in quanta. */
export function demandOf(
  { classes, tasks: table }: Cluster,
  tasks: readonly TaskId[],
  dimension: number,
): number {
  let sum = 0;
  for (const task of tasks) sum += classes.demand[table.taskClass[task] * classes.dims + dimension];
  return sum;
}
