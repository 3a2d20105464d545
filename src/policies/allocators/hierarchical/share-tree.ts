import type { Column } from '../../../model/index.js';
import type { Random } from '../../contract.js';

/** A node of the tree. Callers get leaves, except from `top`. */
export interface ShareNode {
  readonly name: string;
  /** Names from the top, joined by `/`; the virtual leaf of `a` is `a/.`. */
  readonly path: string;
  readonly parent: ShareNode | undefined;
  /** Undefined for a node without children. */
  family: Family | undefined;
  /** The caller's number of a leaf; INNER for other nodes. */
  client: number;
  isActive: boolean;
  /** Number of active leaves of the subtree, itself included. */
  activeLeaves: number;
  weight: number;
  /** Held by the subtree, per dimension. */
  readonly held: Float64Array;
  /** Number of allocations ever made to the subtree. */
  allocations: number;
  /** The share and the number of allocations at the last sort. */
  share: number;
  sortedAllocations: number;
  /** Is it in the `living` of its parent, and in the `stale` of it? */
  isLiving: boolean;
  isStale: boolean;
}

/** The children of a node. */
export interface Family {
  /** In the order in which they were added. */
  children: ShareNode[];
  readonly byName: Map<string, ShareNode>;
  /** The children with active leaves, lowest share first, as of the last sort. */
  living: ShareNode[];
  /** Children whose place in `living` may be wrong. */
  readonly stale: ShareNode[];
}

const INNER = -1;
/** Name of the virtual leaf of a client that is also a parent. */
const SELF = '.';
const NO_NODES: readonly ShareNode[] = [];

/** With more stale children than one in this many, all are sorted. */
const FEW = 8;

/**
 * A tree of clients and their holdings, for weighted dominant-resource fairness among siblings (Mesos: the DRF sorter; Ghodsi
 * et al., NSDI 2011, for the share). The holdings of a node are the sum over its subtree. Siblings are compared only with each
 * other: the lowest share divided by the weight is first, then the fewest allocations ever made, then the path. A client that
 * is also a parent competes with its children as a virtual leaf of weight 1. Inactive leaves are not in the order, but their
 * holdings count in their ancestors.
 *
 * Only subtrees with active leaves are sorted, and only nodes that changed since the last sort move. So a tree of many clients
 * costs little when few of them are active.
 */
export class ShareTree {
  private readonly dims: number;
  private readonly root: ShareNode;
  private readonly weights = new Map<string, number>();
  private total: Column;
  private isCounted: readonly boolean[];
  /** False when any node may have changed, not only those that are marked as stale. */
  private isSorted = false;
  /** Number of nodes with children, besides the root. */
  private innerNodes = 0;
  private order: readonly ShareNode[] | undefined;

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
    if ((this.weights.get(path) ?? 1) === weight) return;
    this.weights.set(path, weight);
    const node = this.find(path.split('/'));
    if (node === undefined) return;
    node.weight = weight;
    this.unsort();
  }

  /** Adds a client, which is inactive at first, and the missing nodes on its path. */
  add(names: readonly string[], client: number): ShareNode {
    let node = this.root;
    for (const name of names) {
      if (node.client !== INNER) this.makeInner(node);
      node = node.family?.byName.get(name) ?? this.addChild(node, name);
    }
    const leaf = node.family === undefined ? node : this.addChild(node, SELF);
    leaf.client = client;
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
      if (node.family === undefined && node.client === INNER) this.removeChild(parent, node);
      else if (node.family?.children.length === 1) this.foldVirtualLeaf(node);
      node = parent;
    }
    this.unsort();
  }

  /** The leaf of the client with this path, or undefined. */
  leafOf(names: readonly string[]): ShareNode | undefined {
    const node = this.find(names);
    if (node === undefined || node.client !== INNER) return node;
    return node.family?.byName.get(SELF);
  }

  /** Adds a client to the order, or removes it. */
  setActive(leaf: ShareNode, isActive: boolean): void {
    if (leaf.isActive === isActive) return;
    leaf.isActive = isActive;
    for (let node: ShareNode | undefined = leaf; node !== undefined; node = node.parent) {
      node.activeLeaves += isActive ? 1 : -1;
      this.markStale(node);
    }
    this.order = undefined;
  }

  /** Adds `amounts[offset …]` to a client's holdings (`sign` -1: subtracts), and `allocations` to its allocations. */
  charge(leaf: ShareNode, amounts: Column, offset: number, sign: 1 | -1, allocations: number): void {
    for (let node: ShareNode | undefined = leaf; node !== undefined; node = node.parent) {
      for (let d = 0; d < this.dims; d++) node.held[d] += sign * amounts[offset + d];
      node.allocations += allocations;
      if (node.activeLeaves > 0) this.markStale(node);
    }
  }

  private markStale(node: ShareNode): void {
    if (node.isStale || !this.isSorted) return;
    node.isStale = true;
    node.parent?.family?.stale.push(node);
  }

  /** The active leaves, lowest share first. The leaves of a subtree are at the position of its node. */
  sorted(): readonly ShareNode[] {
    this.sort();
    // Each change of the order makes a new array, because callers may change the tree while they iterate.
    this.order ??= activeLeaves(this.root, []);
    return this.order;
  }

  /** The same, valid until the next change of the tree. A flat tree needs no new array. */
  sortedNow(): readonly ShareNode[] {
    if (this.innerNodes > 0) return this.sorted();
    this.sort();
    return this.root.family?.living ?? NO_NODES;
  }

  private sort(): void {
    if (!this.isSorted) {
      this.sortBelow(this.root);
      this.order = undefined;
    } else if (this.root.isStale && this.placeStale(this.root)) this.order = undefined;
    this.root.isStale = false;
    this.isSorted = true;
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
  }

  private node(parent: ShareNode | undefined, name: string, path: string): ShareNode {
    const weight = this.weights.get(path) ?? 1;
    const held = new Float64Array(this.dims);
    return {
      name,
      path,
      parent,
      family: undefined,
      client: INNER,
      isActive: false,
      activeLeaves: 0,
      weight,
      held,
      allocations: 0,
      share: 0,
      sortedAllocations: 0,
      isLiving: false,
      isStale: false,
    };
  }

  private addChild(parent: ShareNode, name: string): ShareNode {
    const child = this.node(parent, name, parent === this.root ? name : `${parent.path}/${name}`);
    if (parent.family === undefined) {
      parent.family = { children: [], byName: new Map(), living: [], stale: [] };
      if (parent !== this.root) this.innerNodes++;
    }
    parent.family.children.push(child);
    parent.family.byName.set(name, child);
    return child;
  }

  private removeChild(parent: ShareNode, child: ShareNode): void {
    const { family } = parent;
    if (family === undefined) return;
    family.children = family.children.filter((other) => other !== child);
    family.byName.delete(child.name);
    if (family.children.length === 0) this.dropFamily(parent);
  }

  private dropFamily(parent: ShareNode): void {
    parent.family = undefined;
    if (parent !== this.root) this.innerNodes--;
  }

  /** Makes a client a parent. A virtual leaf takes its place. */
  private makeInner(node: ShareNode): void {
    const leaf = this.addChild(node, SELF);
    leaf.client = node.client;
    leaf.isActive = node.isActive;
    leaf.activeLeaves = node.activeLeaves;
    leaf.held.set(node.held);
    leaf.allocations = node.allocations;
    node.client = INNER;
    node.isActive = false;
    this.unsort();
  }

  /** The reverse of `makeInner`, if the virtual leaf is the only child left. */
  private foldVirtualLeaf(node: ShareNode): void {
    const [child] = node.family?.children ?? NO_NODES;
    if (child?.name !== SELF) return;
    node.client = child.client;
    node.isActive = child.isActive;
    this.dropFamily(node);
  }

  private find(names: readonly string[]): ShareNode | undefined {
    let node: ShareNode | undefined = this.root;
    for (const name of names) node = node?.family?.byName.get(name);
    return node;
  }

  private sortBelow({ family }: ShareNode): void {
    if (family === undefined) return;
    for (const child of family.stale) child.isStale = false;
    family.stale.length = 0;
    for (const child of family.children) this.sortBelow(child);
    this.rebuild(family);
  }

  /** Sorts all children with active leaves. */
  private rebuild(family: Family): void {
    family.living = family.children.filter(({ activeLeaves }) => activeLeaves > 0);
    for (const child of family.children) {
      child.isLiving = child.activeLeaves > 0;
      if (child.isLiving) this.readKey(child);
    }
    family.living.sort(byShare);
  }

  /** Puts stale nodes below a node in their places. Returns whether the order changed. */
  private placeStale({ family }: ShareNode): boolean {
    if (family === undefined || family.stale.length === 0) return false;
    let hasMoved = false;
    for (const child of family.stale) {
      child.isStale = false;
      if (this.placeStale(child)) hasMoved = true;
    }
    if (family.stale.length * FEW > family.children.length && family.stale.length > 1) {
      this.rebuild(family);
      hasMoved = true;
    } else for (const child of family.stale) if (this.place(family.living, child)) hasMoved = true;
    family.stale.length = 0;
    return hasMoved;
  }

  /** Moves a child to its place. The others are sorted by their keys (MESOS-9249). Returns whether the order changed. */
  private place(living: ShareNode[], child: ShareNode): boolean {
    const before = child.isLiving ? placeOf(living, child) : living.length;
    const wasLiving = child.isLiving;
    child.isLiving = child.activeLeaves > 0;
    if (!child.isLiving) {
      if (wasLiving) living.splice(before, 1);
      return wasLiving;
    }
    this.readKey(child);
    if (!wasLiving) living.push(child);
    let at = before;
    for (; at > 0 && byShare(child, living[at - 1] as ShareNode) < 0; at--)
      living[at] = living[at - 1] as ShareNode;
    for (; at < living.length - 1 && byShare(living[at + 1] as ShareNode, child) < 0; at++)
      living[at] = living[at + 1] as ShareNode;
    living[at] = child;
    return at !== before || !wasLiving;
  }

  private readKey(node: ShareNode): void {
    node.share = this.shareOf(node, node.weight);
    node.sortedAllocations = node.allocations;
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
  if (a.sortedAllocations !== b.sortedAllocations) return a.sortedAllocations - b.sortedAllocations;
  return a.path < b.path ? -1 : 1;
}

/** Index of a node by its key, which must be that of the last sort. */
function placeOf(living: readonly ShareNode[], node: ShareNode): number {
  let [low, high] = [0, living.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (living[middle] === node) return middle;
    if (byShare(living[middle] as ShareNode, node) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function activeLeaves(node: ShareNode, found: ShareNode[]): ShareNode[] {
  for (const child of node.family?.living ?? NO_NODES) {
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
  const living = (node.family?.children ?? NO_NODES).filter((child) => child.activeLeaves > 0);
  const sum = living.reduce((total, child) => total + child.weight, 0);
  for (const child of living) {
    const part = (weight * child.weight) / sum;
    if (child.isActive) found(child, part);
    else eachLeaf(child, part, found);
  }
}
