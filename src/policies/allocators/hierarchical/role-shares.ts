import type { RolePath } from '../../../model/index.js';
import type { AllocationView, FrameworkId } from '../../contract.js';
import { type DrfSettings, resourceNames, type SorterKind } from './drf-settings.js';
import { randomOrder, type ShareNode, ShareTree } from './share-tree.js';

/** A role that has frameworks, with the resources that each of them holds. */
interface RoleMembers {
  readonly path: RolePath;
  readonly frameworks: ShareTree;
  leaf: ShareNode;
  /** The largest weight of its frameworks. */
  weight: number;
}

/**
 * The order of roles and frameworks. Roles are ordered by share in the tree of their paths, and the frameworks of a role by
 * share. All shares are relative to the whole cluster. It is a cache of the view: built from the frameworks of the view, and
 * loaded with their holdings at each call.
 */
export class RoleShares {
  private readonly roles: ShareTree;
  private readonly members: RoleMembers[] = [];
  private readonly memberLeaf: ShareNode[] = [];
  private readonly memberRole: RoleMembers[] = [];
  private readonly settings: DrfSettings;
  private readonly charged: Float64Array;
  /** Number of frameworks that wanted offers at the last `load`. */
  private wanting = 0;

  constructor(view: AllocationView, settings: DrfSettings) {
    const isCounted = resourceNames(view).map((name) => !settings.fairnessExcluded.has(name));
    this.settings = settings;
    this.charged = new Float64Array(isCounted.length);
    this.roles = new ShareTree(isCounted);
    for (let framework = 0; framework < view.frameworks.length; framework++) {
      const { name, role: own, weight } = view.frameworks[framework];
      const role = settings.roles.get(name) ?? own;
      const group = this.members.find(({ path }) => path === role) ?? this.addRole(role, isCounted);
      group.weight = Math.max(group.weight, weight);
      this.memberRole[framework] = group;
      this.memberLeaf[framework] = group.frameworks.add([name], framework);
    }
    for (const group of this.members) group.leaf = this.roles.leafOf(group.path.split('/')) as ShareNode;
  }

  private addRole(path: RolePath, isCounted: readonly boolean[]): RoleMembers {
    const leaf = this.roles.add(path.split('/'), this.members.length);
    const group = { path, frameworks: new ShareTree(isCounted), leaf, weight: 0 };
    this.members.push(group);
    return group;
  }

  /** Reads weights, holdings and demand from the settings and the view. */
  load(view: AllocationView): void {
    this.setWeights();
    this.roles.clear();
    const total = Float64Array.from(view.space.dimensions, (d) => view.total(d));
    this.roles.setTotal(total);
    // A role whose frameworks are all suppressed takes part in a random draw. An order by share leaves it out.
    const takesPart = this.settings.roleSorter === 'random';
    for (const { frameworks, leaf } of this.members) {
      frameworks.clear();
      frameworks.setTotal(total);
      this.roles.setActive(leaf, takesPart);
    }
    this.wanting = 0;
    for (let framework = 0; framework < view.frameworks.length; framework++) {
      const { frameworks, leaf } = this.memberRole[framework];
      const wants = view.wants(framework);
      if (wants) this.wanting++;
      frameworks.setActive(this.memberLeaf[framework], wants);
      if (wants) this.roles.setActive(leaf, true);
      this.chargeHeld(view, framework);
    }
  }

  private setWeights(): void {
    for (const { path, weight } of this.members)
      this.roles.setWeight(path, this.settings.weights.get(path) ?? weight);
    for (const [path, weight] of this.settings.weights) this.roles.setWeight(path, weight);
  }

  private chargeHeld(view: AllocationView, framework: FrameworkId): void {
    for (const d of view.space.dimensions)
      this.charged[d] = view.allocated(framework, d) + view.offered(framework, d);
    this.charge(framework, view.offersMade(framework));
  }

  /** Adds an offer to the framework's holdings. */
  chargeOffer(framework: FrameworkId, amounts: ArrayLike<number>): void {
    // A single framework that wants offers stays first regardless of its holdings, until the next load.
    if (this.wanting < 2) return;
    this.charged.set(amounts);
    this.charge(framework, 1);
  }

  private charge(framework: FrameworkId, allocations: number): void {
    const { frameworks, leaf } = this.memberRole[framework];
    frameworks.charge(this.memberLeaf[framework], this.charged, 0, 1, allocations);
    this.roles.charge(leaf, this.charged, 0, 1, allocations);
  }

  /** Indexes of the roles, lowest share first. */
  rolesInOrder(view: AllocationView): readonly ShareNode[] {
    return inOrder(this.roles, this.settings.roleSorter, view);
  }

  /** The frameworks of a role that want offers, lowest share first. */
  frameworksInOrder(role: number, view: AllocationView): readonly ShareNode[] {
    return inOrder(this.members[role].frameworks, this.settings.frameworkSorter, view);
  }

  /** The role of a framework. */
  roleOf(framework: FrameworkId): RolePath {
    return this.memberRole[framework].path;
  }

  /** Path of a role's index. */
  path(role: number): RolePath {
    return this.members[role].path;
  }
}

function inOrder(tree: ShareTree, kind: SorterKind, view: AllocationView): readonly ShareNode[] {
  return kind === 'drf' ? tree.sorted() : randomOrder(tree.top(), view.random);
}
