import { grown, type RolePath } from '../../../model/index.js';
import type { AllocationView, FrameworkFacts, FrameworkId } from '../../contract.js';
import { type DrfSettings, resourceNames, type SorterKind } from './drf-settings.js';
import { randomOrder, type ShareNode, ShareTree } from './share-tree.js';

/** A role that has frameworks, with the resources that each of them holds. */
interface RoleMembers {
  readonly path: RolePath;
  readonly frameworks: ShareTree;
  leaf: ShareNode;
  /** The largest weight of its frameworks. */
  weight: number;
  /** Number of its frameworks that wanted offers at the last `load`. */
  wanting: number;
}

/** A framework as it was entered. */
interface Member {
  readonly facts: FrameworkFacts;
  readonly leaf: ShareNode;
  readonly role: RoleMembers;
  wants: boolean;
}

/**
 * The order of roles and frameworks. Roles are ordered by share in the tree of their paths, and the frameworks of a role by
 * share. All shares are relative to the whole cluster. It is a cache of the view: the trees are kept from call to call, and each
 * call enters what differs from the view. Amounts are whole, so sums of differences are exact.
 */
export class RoleShares {
  private readonly roles: ShareTree;
  private readonly groups: RoleMembers[] = [];
  private readonly groupOf = new Map<RolePath, RoleMembers>();
  private readonly members: Member[] = [];
  private readonly settings: DrfSettings;
  private readonly isCounted: readonly boolean[];
  private readonly dims: number;
  /** The array of the view whose frameworks were entered. */
  private entered: AllocationView['frameworks'] = [];
  /** Amounts and allocations in the trees, by framework and dimension. */
  private held = new Float64Array(0);
  private made = new Float64Array(0);
  private readonly charged: Float64Array;
  private readonly total: Float64Array;
  /** The weights of the operator at the last `load`. */
  private weights = new Map<RolePath, number>();
  /** Number of frameworks that wanted offers at the last `load`. */
  private wanting = 0;

  constructor(view: AllocationView, settings: DrfSettings) {
    this.isCounted = resourceNames(view).map((name) => !settings.fairnessExcluded.has(name));
    this.dims = this.isCounted.length;
    this.settings = settings;
    this.charged = new Float64Array(this.dims);
    this.total = new Float64Array(this.dims);
    this.roles = new ShareTree(this.isCounted);
  }

  /**
   * Enters the frameworks of the view that are new. False if frameworks left or changed; then the shares must be made anew.
   */
  follow(view: AllocationView): boolean {
    const { frameworks } = view;
    const { members } = this;
    if (frameworks === this.entered && frameworks.length === members.length) return true;
    if (frameworks.length < members.length) return false;
    for (let i = 0; i < members.length; i++)
      if (!this.isSame(members[i] as Member, frameworks[i] as FrameworkFacts)) return false;
    for (let i = members.length; i < frameworks.length; i++) this.enter(frameworks[i] as FrameworkFacts);
    this.entered = frameworks;
    return true;
  }

  private isSame({ facts, role }: Member, now: FrameworkFacts): boolean {
    if (facts.name !== now.name || facts.weight !== now.weight) return false;
    return role.path === this.roleNamed(now);
  }

  private roleNamed({ name, role }: FrameworkFacts): RolePath {
    return this.settings.roles.get(name) ?? role;
  }

  private enter(facts: FrameworkFacts): void {
    const path = this.roleNamed(facts);
    const role = this.groupOf.get(path) ?? this.addRole(path);
    if (facts.weight > role.weight) {
      role.weight = facts.weight;
      this.setWeight(role);
    }
    const leaf = role.frameworks.add([facts.name], this.members.length);
    this.members.push({ facts, leaf, role, wants: false });
    const { length } = this.members;
    this.made = grown(this.made, length);
    this.held = grown(this.held, length * this.dims);
  }

  private addRole(path: RolePath): RoleMembers {
    // The new role may make a role above it a parent. Then that one is a leaf of its own.
    const leaf = this.roles.add(path.split('/'), this.groups.length);
    const group = { path, frameworks: new ShareTree(this.isCounted), leaf, weight: 0, wanting: 0 };
    group.frameworks.setTotal(this.total);
    this.groups.push(group);
    this.groupOf.set(path, group);
    // A role whose frameworks are all suppressed takes part in a random draw. An order by share leaves it out.
    if (this.settings.roleSorter === 'random') this.roles.setActive(leaf, true);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const above = this.groupOf.get(path.slice(0, end));
      if (above !== undefined) above.leaf = this.roles.leafOf(above.path.split('/')) as ShareNode;
    }
    return group;
  }

  /** Reads weights, holdings and demand from the settings and the view. */
  load(view: AllocationView): void {
    this.readWeights();
    this.readTotal(view);
    for (let framework = 0; framework < this.members.length; framework++)
      this.setWanting(this.members[framework] as Member, view.wants(framework));
    // With one framework that wants offers there is no order, so its holdings and those of the others do not matter.
    if (this.wanting < 2) return;
    for (let framework = 0; framework < this.members.length; framework++) this.readHeld(view, framework);
  }

  private setWanting(member: Member, wants: boolean): void {
    if (member.wants === wants) return;
    const { leaf, role } = member;
    member.wants = wants;
    const change = wants ? 1 : -1;
    this.wanting += change;
    role.wanting += change;
    role.frameworks.setActive(leaf, wants);
    if (this.settings.roleSorter !== 'random') this.roles.setActive(role.leaf, role.wanting > 0);
  }

  private readTotal(view: AllocationView): void {
    let isSame = true;
    for (let d = 0; d < this.dims; d++) {
      const total = view.total(view.space.dimensions[d]);
      if (total !== this.total[d]) isSame = false;
      this.total[d] = total;
    }
    if (isSame) return;
    this.roles.setTotal(this.total);
    for (const { frameworks } of this.groups) frameworks.setTotal(this.total);
  }

  /** A host may change the weights between calls. */
  private readWeights(): void {
    const { weights } = this.settings;
    if (weights.size === this.weights.size) {
      let isSame = true;
      for (const [path, weight] of weights) if (this.weights.get(path) !== weight) isSame = false;
      if (isSame) return;
    }
    const gone = [...this.weights.keys()].filter((path) => !weights.has(path));
    this.weights = new Map(weights);
    for (const [path, weight] of weights) this.roles.setWeight(path, weight);
    for (const path of gone) {
      const group = this.groupOf.get(path);
      if (group !== undefined) this.setWeight(group);
    }
  }

  private setWeight({ path, weight }: RoleMembers): void {
    this.roles.setWeight(path, this.settings.weights.get(path) ?? weight);
  }

  private readHeld(view: AllocationView, framework: FrameworkId): void {
    const { dimensions } = view.space;
    const at = framework * this.dims;
    const made = view.offersMade(framework);
    let isSame = made === this.made[framework];
    for (let d = 0; d < this.dims; d++) {
      const dimension = dimensions[d];
      const held = view.allocated(framework, dimension) + view.offered(framework, dimension);
      this.charged[d] = held - this.held[at + d];
      if (this.charged[d] !== 0) isSame = false;
    }
    if (!isSame) this.charge(framework, made - this.made[framework]);
  }

  /** Adds an offer to the framework's holdings. */
  chargeOffer(framework: FrameworkId, amounts: ArrayLike<number>): void {
    // A single framework that wants offers stays first regardless of its holdings, until the next load.
    if (this.wanting < 2) return;
    this.charged.set(amounts);
    this.charge(framework, 1);
  }

  private charge(framework: FrameworkId, allocations: number): void {
    const { charged } = this;
    const { leaf, role } = this.members[framework] as Member;
    const at = framework * this.dims;
    for (let d = 0; d < this.dims; d++) this.held[at + d] += charged[d];
    this.made[framework] += allocations;
    role.frameworks.charge(leaf, charged, 0, 1, allocations);
    this.roles.charge(role.leaf, charged, 0, 1, allocations);
  }

  /** The roles, lowest share first. */
  rolesInOrder(view: AllocationView): readonly ShareNode[] {
    return inOrder(this.roles, this.settings.roleSorter, view);
  }

  /** The frameworks of a role that want offers, lowest share first. */
  frameworksInOrder(role: number, view: AllocationView): readonly ShareNode[] {
    return inOrder((this.groups[role] as RoleMembers).frameworks, this.settings.frameworkSorter, view);
  }

  /** The same two, valid until the next charge: they need no new array. */
  rolesInOrderNow(view: AllocationView): readonly ShareNode[] {
    return inOrderNow(this.roles, this.settings.roleSorter, view);
  }

  frameworksInOrderNow(role: number, view: AllocationView): readonly ShareNode[] {
    return inOrderNow((this.groups[role] as RoleMembers).frameworks, this.settings.frameworkSorter, view);
  }

  /** The role of a framework. */
  roleOf(framework: FrameworkId): RolePath {
    return (this.members[framework] as Member).role.path;
  }

  /** Path of a role's index. */
  path(role: number): RolePath {
    return (this.groups[role] as RoleMembers).path;
  }
}

function inOrder(tree: ShareTree, kind: SorterKind, view: AllocationView): readonly ShareNode[] {
  return kind === 'drf' ? tree.sorted() : randomOrder(tree.top(), view.random);
}

function inOrderNow(tree: ShareTree, kind: SorterKind, view: AllocationView): readonly ShareNode[] {
  return kind === 'drf' ? tree.sortedNow() : randomOrder(tree.top(), view.random);
}
