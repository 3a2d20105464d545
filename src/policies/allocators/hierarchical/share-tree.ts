import type { Column } from '../../../model/index.js';
import type { Random } from '../../contract.js';

/** A node of the tree. Callers get leaves, except from `top`. */
export interface ShareNode {
  readonly name: string;
  /** Names from the top, joined by `/`; the virtual leaf of `a` is `a/.`. */
  readonly path: string;
  readonly parent: ShareNode | undefined;
  children: ShareNode[];
  /** The caller's number of a leaf; INNER for other nodes. */
  client: number;
  isActive: boolean;
  weight: number;
  /** Held by the subtree, per dimension. */
  readonly held: Float64Array;
  /** Number of allocations ever made to the subtree. */
  allocations: number;
  share: number;
}

const INNER = -1;
/** Name of the virtual leaf of a client that is also a parent. */
const SELF = '.';

/**
 * A tree of clients and their holdings, for weighted dominant-resource fairness among siblings (Mesos: the DRF sorter; Ghodsi
 * et al., NSDI 2011, for the share). The holdings of a node are the sum over its subtree. Siblings are compared only with each
 * other: the lowest share divided by the weight is first, then the fewest allocations ever made, then the path. A client that
 * is also a parent competes with its children as a virtual leaf of weight 1. Inactive leaves are not in the order, but their
 * holdings count in their ancestors.
 */
export class ShareTree {
  private readonly dims: number;
  private readonly root: ShareNode;
  private readonly weights = new Map<string, number>();
  private total: Column;
  private isCounted: readonly boolean[];
  private isSorted = false;
  /** The only leaf whose amounts changed since the last sort. If a second leaf changes, the whole tree is sorted again. */
  private moved: ShareNode | undefined;
  private activeCount = 0;
  private order: ShareNode[] | undefined;

  /** `isCounted[dimension]`: does the dimension count in shares? */
  constructor(isCounted: readonly boolean[]) {
    this.isCounted = isCounted;
    this.dims = isCounted.length;
    this.total = new Float64Array(this.dims);
    this.root = this.node(undefined, '', '');
  }

  /** Sets the capacity of the cluster, per dimension. Call it again after a change, even with the same column. */
  setTotal(total: Column): void {
    this.total = total;
    this.unsort();
  }

  /** Sets the weight of the subtree at this path. The path need not exist yet. */
  setWeight(path: string, weight: number): void {
    if (this.weights.get(path) === weight) return;
    this.weights.set(path, weight);
    const node = this.find(path.split('/'));
    if (node !== undefined) node.weight = weight;
    this.unsort();
  }

  /** Adds a client, which is inactive at first, and the missing nodes on its path. */
  add(names: readonly string[], client: number): ShareNode {
    let node = this.root;
    for (const name of names) {
      if (node.client !== INNER) this.makeInner(node);
      node = node.children.find((child) => child.name === name) ?? this.addChild(node, name);
    }
    const isInner = node.children.length > 0;
    const leaf = isInner ? this.addChild(node, SELF) : node;
    leaf.client = client;
    this.unsort();
    return leaf;
  }

  /** Removes a client and its holdings. Nodes without clients are removed too. */
  remove(names: readonly string[]): void {
    const leaf = this.leafOf(names);
    if (leaf === undefined) return;
    for (let node = leaf.parent; node !== undefined; node = node.parent)
      for (let d = 0; d < this.dims; d++) node.held[d] -= leaf.held[d];
    this.setActive(leaf, false);
    leaf.client = INNER;
    let node: ShareNode | undefined = leaf;
    while (node?.parent !== undefined) {
      const parent: ShareNode = node.parent;
      if (node.children.length === 0 && node.client === INNER)
        parent.children = parent.children.filter((child) => child !== node);
      else if (node.children.length === 1) this.foldVirtualLeaf(node);
      node = parent;
    }
    this.unsort();
  }

  /** The leaf of the client with this path, or undefined. */
  leafOf(names: readonly string[]): ShareNode | undefined {
    const node = this.find(names);
    if (node === undefined || node.client !== INNER) return node;
    return node.children.find((child) => child.name === SELF);
  }

  /** Adds a client to the order, or removes it. */
  setActive(leaf: ShareNode, isActive: boolean): void {
    if (leaf.isActive === isActive) return;
    leaf.isActive = isActive;
    this.activeCount += isActive ? 1 : -1;
    this.order = undefined;
  }

  /** Resets the holdings and the numbers of allocations of all nodes. */
  clear(): void {
    this.clearNode(this.root);
    this.unsort();
  }

  /** Adds `amounts[offset …]` to a client's holdings (`sign` -1: subtracts), and `allocations` to its allocations. */
  charge(leaf: ShareNode, amounts: Column, offset: number, sign: 1 | -1, allocations: number): void {
    for (let node: ShareNode | undefined = leaf; node !== undefined; node = node.parent) {
      for (let d = 0; d < this.dims; d++) node.held[d] += sign * amounts[offset + d];
      node.allocations += allocations;
    }
    if (this.moved !== undefined && this.moved !== leaf) this.isSorted = false;
    this.moved = leaf;
  }

  /** The active leaves, lowest share first. The leaves of a subtree are at the position of its node. */
  sorted(): readonly ShareNode[] {
    // A single active leaf needs no sort. This is the usual case of an allocation caused by one arrival.
    if (this.activeCount > 1) this.sort();
    // Each change of the order makes a new array, because callers may change the tree while they iterate.
    this.order ??= activeLeaves(this.root, []);
    return this.order;
  }

  private sort(): void {
    if (!this.isSorted) {
      this.sortBelow(this.root);
      this.order = undefined;
    } else if (this.moved !== undefined && this.place(this.moved)) this.order = undefined;
    this.isSorted = true;
    this.moved = undefined;
  }

  /** The root of the tree, for orders other than by share. */
  top(): ShareNode {
    return this.root;
  }

  /** The dominant share of a node, not divided by its weight: its largest share of any one resource of the cluster. */
  dominantShare(node: ShareNode): number {
    return this.shareOf(node, 1);
  }

  private unsort(): void {
    this.isSorted = false;
    this.order = undefined;
    this.moved = undefined;
  }

  private node(parent: ShareNode | undefined, name: string, path: string): ShareNode {
    const weight = this.weights.get(path) ?? 1;
    const held = new Float64Array(this.dims);
    return {
      name,
      path,
      parent,
      children: [],
      client: INNER,
      isActive: false,
      weight,
      held,
      allocations: 0,
      share: 0,
    };
  }

  private addChild(parent: ShareNode, name: string): ShareNode {
    const child = this.node(parent, name, parent === this.root ? name : `${parent.path}/${name}`);
    parent.children.push(child);
    return child;
  }

  /** Makes a client a parent. A virtual leaf takes its place. */
  private makeInner(node: ShareNode): void {
    const leaf = this.addChild(node, SELF);
    leaf.client = node.client;
    leaf.isActive = node.isActive;
    leaf.held.set(node.held);
    leaf.allocations = node.allocations;
    node.client = INNER;
    node.isActive = false;
  }

  /** The reverse of `makeInner`, if the virtual leaf is the only child left. */
  private foldVirtualLeaf(node: ShareNode): void {
    const [child] = node.children as [ShareNode];
    if (child.name !== SELF) return;
    node.client = child.client;
    node.isActive = child.isActive;
    node.children = [];
  }

  private find(names: readonly string[]): ShareNode | undefined {
    let node: ShareNode | undefined = this.root;
    for (const name of names) node = node?.children.find((child) => child.name === name);
    return node;
  }

  private clearNode(node: ShareNode): void {
    node.held.fill(0);
    node.allocations = 0;
    for (const child of node.children) this.clearNode(child);
  }

  private sortBelow(node: ShareNode): void {
    for (const child of node.children) {
      child.share = this.shareOf(child, child.weight);
      this.sortBelow(child);
    }
    node.children.sort(byShare);
  }

  /**
   * Moves a leaf and its ancestors to their sorted positions. No other leaf has changed since the last sort (MESOS-9249).
   * Returns whether any position changed.
   */
  private place(leaf: ShareNode): boolean {
    let hasMoved = false;
    for (let node = leaf; node.parent !== undefined; node = node.parent) {
      node.share = this.shareOf(node, node.weight);
      const siblings = node.parent.children;
      const before = siblings.indexOf(node);
      let at = before;
      for (; at > 0 && byShare(node, siblings[at - 1]) < 0; at--) siblings[at] = siblings[at - 1];
      for (; at < siblings.length - 1 && byShare(siblings[at + 1], node) < 0; at++)
        siblings[at] = siblings[at + 1];
      siblings[at] = node;
      hasMoved ||= at !== before;
    }
    return hasMoved;
  }

  /**
   * The largest allocated / total, then divided by the weight, in doubles and in this order, as in Mesos (DRFSorter,
   * calculateShare). With another order of the divisions, shares that tie in Mesos could differ in the last bit, or the reverse.
   */
  private shareOf(node: ShareNode, weight: number): number {
    let share = 0;
    for (let d = 0; d < this.dims; d++) {
      if (!this.isCounted[d] || !(this.total[d] > 0)) continue;
      const part = node.held[d] / this.total[d];
      if (part > share) share = part;
    }
    return share / weight;
  }
}

function byShare(a: ShareNode, b: ShareNode): number {
  if (a.share !== b.share) return a.share - b.share;
  if (a.allocations !== b.allocations) return a.allocations - b.allocations;
  return a.path < b.path ? -1 : 1;
}

function activeLeaves(node: ShareNode, found: ShareNode[]): ShareNode[] {
  for (const child of node.children) {
    if (child.isActive) found.push(child);
    activeLeaves(child, found);
  }
  return found;
}

/**
 * The active leaves in a weighted random order without replacement: by random^(1/weight), largest first (Efraimidis and
 * Spirakis, 2006, as in the random sorter of Mesos). The weight of a leaf is a product along its path. The factor of each node
 * is its weight divided by the sum of weights of all its siblings with an active leaf, itself included.
 */
export function randomOrder(top: ShareNode, random: Random): ShareNode[] {
  const drawn: { leaf: ShareNode; key: number }[] = [];
  eachLeaf(top, 1, (leaf, weight) => drawn.push({ leaf, key: random() ** (1 / weight) }));
  return drawn.sort((a, b) => b.key - a.key).map(({ leaf }) => leaf);
}

function eachLeaf(node: ShareNode, weight: number, found: (leaf: ShareNode, weight: number) => void): void {
  const living = node.children.filter(hasActiveLeaf);
  const sum = living.reduce((total, child) => total + child.weight, 0);
  for (const child of living) {
    const part = (weight * child.weight) / sum;
    if (child.isActive) found(child, part);
    else eachLeaf(child, part, found);
  }
}

function hasActiveLeaf(node: ShareNode): boolean {
  return node.isActive || node.children.some(hasActiveLeaf);
}
