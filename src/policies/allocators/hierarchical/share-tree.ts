import type { Column } from '../../../model/index.js';
import type { Random } from '../../contract.js';

/** A node of the tree; those that are handed out are leaves. */
export interface ShareNode {
  readonly name: string;
  /** Names from the top, joined by `/`; the virtual leaf of `a` is `a/.`. */
  readonly path: string;
  readonly parent: ShareNode | undefined;
  children: ShareNode[];
  /** The caller's number of a leaf; INNER for what is not a leaf. */
  client: number;
  isActive: boolean;
  weight: number;
  /** Held by the subtree, per dimension. */
  readonly held: Float64Array;
  /** Allocations ever made to the subtree. */
  allocations: number;
  share: number;
}

const INNER = -1;
/** Name of the virtual leaf that stands for a client that is a parent as well. */
const SELF = '.';

/**
 * Clients by path, with what each holds, for weighted dominant-resource fairness among siblings (Mesos: the DRF sorter;
 * Ghodsi et al., NSDI 2011, for the share). A node holds what its subtree holds; siblings compete only among themselves:
 * the lowest share, divided by the weight, is first, then the fewest allocations ever made, then the path. A client
 * that is a parent too competes with its children as a virtual leaf of weight 1. Leaves that are not active are left out of
 * the order; what they hold counts in the nodes above them.
 */
export class ShareTree {
  private readonly dims: number;
  private readonly root: ShareNode;
  private readonly weights = new Map<string, number>();
  private total: Column;
  private isCounted: readonly boolean[];
  private isSorted = false;
  /** The one leaf whose amounts changed since the last sort; after a change to a second one everything is sorted again. */
  private moved: ShareNode | undefined;
  private activeCount = 0;
  private order: ShareNode[] | undefined;

  /** `isCounted` says of each dimension whether it makes a share. */
  constructor(isCounted: readonly boolean[]) {
    this.isCounted = isCounted;
    this.dims = isCounted.length;
    this.total = new Float64Array(this.dims);
    this.root = this.node(undefined, '', '');
  }

  /** Capacity of the cluster, per dimension; a live column may be given again and again. */
  setTotal(total: Column): void {
    this.total = total;
    this.unsort();
  }

  /** The weight of the subtree at this path, there already or not. */
  setWeight(path: string, weight: number): void {
    if (this.weights.get(path) === weight) return;
    this.weights.set(path, weight);
    const node = this.find(path.split('/'));
    if (node !== undefined) node.weight = weight;
    this.unsort();
  }

  /** A new client that is not yet active. The nodes on the way to it are made. */
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

  /** A client leaves, with all it holds. Nodes that nobody needs any more go with it. */
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

  /** The leaf of a client, or undefined. */
  leafOf(names: readonly string[]): ShareNode | undefined {
    const node = this.find(names);
    if (node === undefined || node.client !== INNER) return node;
    return node.children.find((child) => child.name === SELF);
  }

  /** Puts a client into the order, or takes it out. */
  setActive(leaf: ShareNode, isActive: boolean): void {
    if (leaf.isActive === isActive) return;
    leaf.isActive = isActive;
    this.activeCount += isActive ? 1 : -1;
    this.order = undefined;
  }

  /** Forgets what everybody holds and how often they were given anything. */
  clear(): void {
    this.clearNode(this.root);
    this.unsort();
  }

  /** A client gets `amounts[offset …]` (`sign` -1: gives back), in so many allocations. */
  charge(leaf: ShareNode, amounts: Column, offset: number, sign: 1 | -1, allocations: number): void {
    for (let node: ShareNode | undefined = leaf; node !== undefined; node = node.parent) {
      for (let d = 0; d < this.dims; d++) node.held[d] += sign * amounts[offset + d];
      node.allocations += allocations;
    }
    if (this.moved !== undefined && this.moved !== leaf) this.isSorted = false;
    this.moved = leaf;
  }

  /** The active leaves, lowest first: each subtree in the place of its node. */
  sorted(): readonly ShareNode[] {
    // The order of one is known without its share: the usual case of a round that a single arrival asked for.
    if (this.activeCount > 1) this.sort();
    // A new array at each change of the order: whoever goes through it may make changes on the way.
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

  /** The top of the tree, for orders other than by share. */
  top(): ShareNode {
    return this.root;
  }

  /** The share of a node, before its weight: its largest part of any one resource of the cluster. */
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

  /** A client becomes a parent: a virtual leaf takes its place. */
  private makeInner(node: ShareNode): void {
    const leaf = this.addChild(node, SELF);
    leaf.client = node.client;
    leaf.isActive = node.isActive;
    leaf.held.set(node.held);
    leaf.allocations = node.allocations;
    node.client = INNER;
    node.isActive = false;
  }

  /** The reverse, where the virtual leaf is the only child that is left. */
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
   * Moves a leaf and the nodes above it to their places; nothing else has changed since the last sort (MESOS-9249). Returns
   * whether any of them has another place than before.
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

  /** One division, so that shares that are equal as fractions are equal as numbers. */
  private shareOf(node: ShareNode, weight: number): number {
    let share = 0;
    for (let d = 0; d < this.dims; d++) {
      if (!this.isCounted[d] || !(this.total[d] > 0)) continue;
      const part = node.held[d] / (this.total[d] * weight);
      if (part > share) share = part;
    }
    return share;
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
 * The active leaves in a random order, weighted, without replacement: by random^(1/weight), largest first (Efraimidis and
 * Spirakis, 2006, as in Mesos's random sorter). A leaf weighs the product, along its path, of each node's weight over the
 * weights of its siblings that have an active leaf, itself included.
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
