import type { FrameworkCapability, FrameworkId, FrameworkTraits, RolePath } from '../../model/index.js';
import type { FrameworkFacts } from '../../policies/contract.js';

/** Description of a framework that subscribes. */
export interface FrameworkArrival {
  /** The name that it gave itself. */
  readonly title?: string;
  readonly roles: readonly RolePath[];
  /** Roles in which it wants no offers until it revives. */
  readonly suppressed: readonly RolePath[];
  readonly capabilities: ReadonlySet<FrameworkCapability>;
  /** Minimum allocatable resources, by role. */
  readonly minimums: Readonly<Record<RolePath, FrameworkTraits['minimum']>>;
}

/** A framework in one of its roles; its index is the allocator's framework id. */
export interface Subscription {
  readonly framework: string;
  readonly role: RolePath;
  /** `unsubscribed`: it left the role or is not subscribed yet, but holds resources in it. `gone`: the framework was removed. */
  state: 'subscribed' | 'unsubscribed' | 'gone';
  offersMade: number;
}

interface FrameworkRecord {
  isActive: boolean;
  readonly title: string | undefined;
  readonly traits: FrameworkTraits;
  readonly minimums: FrameworkArrival['minimums'];
}

/** The frameworks of a master, each in its roles. */
export class Subscriptions {
  /** As the allocator sees them: one entry per framework and role, replaced when they change. */
  specs: readonly FrameworkFacts[] = [];
  private readonly frameworks = new Map<string, FrameworkRecord>();
  private readonly all: Subscription[] = [];
  private readonly weights: ReadonlyMap<RolePath, number>;

  /** `weights` has the weights of roles that are not 1. `weightsChanged` must follow each change. */
  constructor(weights: ReadonlyMap<RolePath, number>) {
    this.weights = weights;
  }

  weightsChanged(): void {
    this.list();
  }

  has(framework: string): boolean {
    return this.frameworks.has(framework);
  }

  /** Adds a framework, or completes one known only from its tasks. */
  join(framework: string, { title, roles, capabilities, minimums }: FrameworkArrival): void {
    this.frameworks.set(framework, { isActive: true, title, traits: { capabilities }, minimums });
    this.setRoles(framework, roles);
    this.list();
  }

  /** Removes a framework; its ids are not reused. */
  leave(framework: string): void {
    for (const subscription of this.all)
      if (subscription.framework === framework) subscription.state = 'gone';
    this.frameworks.delete(framework);
    this.list();
  }

  setActive(framework: string, isActive: boolean): void {
    const record = this.frameworks.get(framework);
    if (record !== undefined) record.isActive = isActive;
  }

  /** Changes the roles of a framework. @returns the ids of the roles that it left. */
  setRoles(framework: string, roles: readonly RolePath[]): readonly FrameworkId[] {
    const left = this.idsOf(framework, []).filter((id) => !roles.includes(this.at(id).role));
    for (const id of left) this.at(id).state = 'unsubscribed';
    for (const role of roles) {
      const subscription = this.at(this.idOf(framework, role) ?? this.add(framework, role));
      if (subscription.state === 'unsubscribed') subscription.state = 'subscribed';
    }
    return left;
  }

  /** Adds a framework in a role that it is not subscribed to. */
  add(framework: string, role: RolePath): FrameworkId {
    const id = this.all.push({ framework, role, state: 'unsubscribed', offersMade: 0 }) - 1;
    this.list();
    return id;
  }

  at(id: FrameworkId): Subscription {
    return this.all[id] as Subscription;
  }

  isPresent(id: FrameworkId): boolean {
    return this.all[id] !== undefined && this.all[id].state !== 'gone';
  }

  /** The id of a framework in a role, or undefined. */
  idOf(framework: string, role: RolePath): FrameworkId | undefined {
    const id = this.all.findIndex(
      (other) => other.framework === framework && other.role === role && other.state !== 'gone',
    );
    return id < 0 ? undefined : id;
  }

  /** The subscribed ids of a framework, in these roles; an empty list means all roles. */
  idsOf(framework: string, roles: readonly RolePath[]): readonly FrameworkId[] {
    return this.everyIdOf(framework).filter((id) => {
      const { role, state } = this.at(id);
      return state !== 'unsubscribed' && (roles.length === 0 || roles.includes(role));
    });
  }

  /** All ids of a framework. */
  everyIdOf(framework: string): readonly FrameworkId[] {
    return [...this.all.keys()].filter((id) => {
      const subscription = this.at(id);
      return subscription.framework === framework && subscription.state !== 'gone';
    });
  }

  /** Is it connected in this role? */
  isConnected(id: FrameworkId): boolean {
    const { framework, state } = this.at(id);
    return state === 'subscribed' && this.frameworks.get(framework)?.isActive === true;
  }

  traitsOf(id: FrameworkId): FrameworkTraits {
    const { framework, role } = this.at(id);
    const { traits, minimums } = this.frameworks.get(framework) as FrameworkRecord;
    const minimum = minimums[role];
    return minimum === undefined ? traits : { ...traits, minimum };
  }

  /** Number of allocations so far, by id. */
  offersMade(): readonly number[] {
    return this.all.map(({ offersMade }) => offersMade);
  }

  /** A removed framework keeps its ids under another name, so that its name can be used again. */
  private list(): void {
    const facts = this.all.map((subscription, id) => Object.freeze(this.factsOf(subscription, id)));
    this.specs = Object.freeze(facts);
  }

  private factsOf({ framework, role, state }: Subscription, id: FrameworkId): FrameworkFacts {
    const title = state === 'gone' ? undefined : this.frameworks.get(framework)?.title;
    return {
      name: state === 'gone' ? `${framework} (left, ${id})` : framework,
      role,
      weight: this.weights.get(role) ?? 1,
      ...(title !== undefined && { title }),
    };
  }
}
