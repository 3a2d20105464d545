import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  randomOrder,
  type ShareNode,
  ShareTree,
} from '../../src/policies/allocators/hierarchical/share-tree.js';
import { RandomStreams } from '../../src/sim/random-streams.js';

/** A tree of active clients over cpus and mem, 100 of each. */
function treeOf(
  paths: readonly string[],
  weights: Readonly<Record<string, number>> = {},
  isCounted = [true, true],
) {
  const tree = new ShareTree(isCounted);
  tree.setTotal([100, 100]);
  for (const [path, weight] of Object.entries(weights)) tree.setWeight(path, weight);
  paths.forEach((path, client) => {
    tree.setActive(tree.add(path.split('/'), client), true);
  });
  return tree;
}

function leaf(tree: ShareTree, path: string): ShareNode {
  return tree.leafOf(path.split('/')) as ShareNode;
}

function give(tree: ShareTree, path: string, ...amounts: number[]): void {
  tree.charge(leaf(tree, path), amounts, 0, 1, 1);
}

const orderOf = (tree: ShareTree) => tree.sorted().map(({ path }) => path);

describe('the dominant share', () => {
  test('is the largest share of any one resource, divided by the weight', () => {
    const tree = treeOf(['a', 'b', 'c'], { c: 4 });
    give(tree, 'a', 20, 10);
    give(tree, 'b', 1, 30);
    give(tree, 'c', 5, 60);
    tree.sorted();
    expect(['a', 'b', 'c'].map((path) => leaf(tree, path).share)).toEqual([0.2, 0.3, 0.15]);
    expect(tree.dominantShare(leaf(tree, 'c'))).toBe(0.6);
    expect(orderOf(tree)).toEqual(['c', 'a', 'b']);
  });

  test('leaves out a resource that the cluster has nothing of, and one that is excluded', () => {
    const tree = treeOf(['a', 'b'], {}, [true, false]);
    give(tree, 'a', 10, 90);
    expect(tree.dominantShare(leaf(tree, 'a'))).toBe(0.1);
    tree.setTotal([0, 100]);
    expect(tree.dominantShare(leaf(tree, 'a'))).toBe(0);
  });

  test('is divided by the total first and then by the weight, as in Mesos, also where the last bit then differs', () => {
    const tree = treeOf(['a', 'b'], { b: 3 });
    tree.setTotal([5, 100]);
    give(tree, 'a', 1, 0);
    give(tree, 'b', 3, 0);
    tree.sorted();
    const shares = ['a', 'b'].map((path) => leaf(tree, path).share);
    expect(shares).toEqual([1 / 5, 3 / 5 / 3]);
    expect(shares[0]).not.toBe(shares[1]);
  });
});

describe('the order of clients', () => {
  test('among equals is by the number of allocations ever made, then by path', () => {
    const tree = treeOf(['b', 'a', 'c']);
    expect(orderOf(tree)).toEqual(['a', 'b', 'c']);
    for (const path of ['a', 'a', 'b']) {
      give(tree, path, 5, 5);
      tree.charge(leaf(tree, path), [5, 5], 0, -1, 0);
    }
    expect(orderOf(tree)).toEqual(['c', 'b', 'a']);
  });

  test('counts what inactive clients hold in the nodes above them', () => {
    const tree = treeOf(['x/a', 'x/b', 'y']);
    give(tree, 'x/a', 50, 0);
    give(tree, 'y', 10, 0);
    tree.setActive(leaf(tree, 'x/a'), false);
    expect(orderOf(tree)).toEqual(['y', 'x/b']);
  });

  test('gives a client that is a parent a leaf of weight 1, whatever the weight of its subtree', () => {
    const tree = treeOf(['x', 'x/a'], { x: 9, 'x/a': 2 });
    give(tree, 'x', 10, 0);
    give(tree, 'x/a', 15, 0);
    expect(orderOf(tree)).toEqual(['x/a', 'x/.']);
    expect(leaf(tree, 'x').weight).toBe(1);
  });

  test('is the same after many changes as that of a tree that is sorted afresh', () => {
    const paths = ['a', 'b', 'b/c', 'b/d', 'e/f', 'e/g/h', 'i'];
    const change = fc.record({
      path: fc.constantFrom(...paths),
      amounts: fc.tuple(fc.nat(4), fc.nat(4)),
      isActive: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 20 }), (rounds) => {
        const tree = treeOf(paths, { b: 2, 'e/f': 0.5 });
        const made: { path: string; amounts: [number, number] }[] = [];
        for (const round of rounds) {
          for (const { path, amounts, isActive } of round) {
            give(tree, path, ...amounts);
            made.push({ path, amounts });
            tree.setActive(leaf(tree, path), isActive);
          }
          const fresh = treeOf(paths, { b: 2, 'e/f': 0.5 });
          for (const { path, amounts } of made) give(fresh, path, ...amounts);
          for (const path of paths) fresh.setActive(leaf(fresh, path), leaf(tree, path).isActive);
          expect(orderOf(tree)).toEqual(orderOf(fresh));
        }
      }),
    );
  });

  test('is that of a tree without them after clients have come and gone', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'a/b', 'a/b/c', 'd', 'd/e', 'f/g']), (guests) => {
        const tree = treeOf(['a/x', 'd/y', 'z']);
        give(tree, 'd/y', 3, 4);
        guests.forEach((path, i) => {
          tree.setActive(tree.add(path.split('/'), 10 + i), true);
          give(tree, path, 7, 7);
        });
        for (const path of guests) tree.remove(path.split('/'));
        const plain = treeOf(['a/x', 'd/y', 'z']);
        give(plain, 'd/y', 3, 4);
        const shares = (of: ShareTree) =>
          of
            .sorted()
            .map(({ path, share }) => `${path} ${share}`)
            .sort();
        expect(shares(tree)).toEqual(shares(plain));
      }),
    );
  });
});

describe('the random order', () => {
  const DRAWS = 20_000;

  function firstPlaces(tree: ShareTree): Record<string, number> {
    const random = new RandomStreams(1).stream('sorter');
    const counts: Record<string, number> = {};
    for (let i = 0; i < DRAWS; i++) {
      const [first] = randomOrder(tree.top(), random) as [ShareNode];
      counts[first.path] = (counts[first.path] ?? 0) + 1 / DRAWS;
    }
    return counts;
  }

  test('has a client of weight w of five first with probability w/15', () => {
    const counts = firstPlaces(treeOf(['1', '2', '3', '4', '5'], { '1': 1, '2': 2, '3': 3, '4': 4, '5': 5 }));
    for (const [path, share] of Object.entries(counts))
      expect(Math.abs(share - Number(path) / 15)).toBeLessThan(0.02);
  });

  test('weighs a leaf of a tree by the weights along its path, among siblings', () => {
    const counts = firstPlaces(treeOf(['a', 'a/b', 'c/d', 'c/e'], { 'a/b': 2, c: 2, 'c/e': 2 }));
    const expected = { 'a/.': 1 / 9, 'a/b': 2 / 9, 'c/d': 2 / 9, 'c/e': 4 / 9 };
    for (const [path, share] of Object.entries(expected))
      expect(Math.abs((counts[path] as number) - share)).toBeLessThan(0.02);
  });

  test('draws the places after the first without replacement', () => {
    const tree = treeOf(['1', '2', '3'], { '1': 1, '2': 2, '3': 3 });
    const random = new RandomStreams(2).stream('sorter');
    let secondIsThree = 0;
    for (let i = 0; i < DRAWS; i++) {
      const order = randomOrder(tree.top(), random).map(({ path }) => path);
      expect([...order].sort()).toEqual(['1', '2', '3']);
      if (order[1] === '3') secondIsThree += 1 / DRAWS;
    }
    // First 1, then 3 out of {2, 3}; or first 2, then 3 out of {1, 3}.
    expect(Math.abs(secondIsThree - ((1 / 6) * (3 / 5) + (2 / 6) * (3 / 4)))).toBeLessThan(0.02);
  });
});
