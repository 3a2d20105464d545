import type { Random } from '../../contract.js';
import type { ShareNode } from './share-tree.js';

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
