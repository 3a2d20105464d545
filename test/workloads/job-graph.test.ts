import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GraphRow, isMistake, type JobGraph, jobGraph } from '../../src/workloads/job-graph.js';

/** Rows by task name: `['a', 3, 'b', 'c']` is task a, which runs for 3 and depends on b and c. */
function rows(...sketches: readonly (readonly [string | undefined, number, ...string[]])[]): GraphRow[] {
  return sketches.map(([task, duration, ...after]) => ({ dependencies: { task, after }, duration }));
}

describe('the graph of a job', () => {
  test('has a critical path: the longest chain of run times', () => {
    // a 3, then b 4 and c 1, then d 2: a, b, d take 9.
    const graph = jobGraph(rows(['a', 3], ['b', 4, 'a'], ['c', 1, 'a'], ['d', 2, 'b', 'c'])) as JobGraph;
    expect(graph.criticalPath).toBe(9);
    expect(graph.parents).toEqual([[], [0], [0], [1, 2]]);
    expect(graph.children).toEqual([[1, 2], [3], [3], []]);
  });

  test('may name a parent that stands below', () => {
    const graph = jobGraph(rows(['b', 4, 'a'], ['a', 3])) as JobGraph;
    expect(graph.parents).toEqual([[1], []]);
    expect(graph.criticalPath).toBe(7);
  });

  test('takes rows with one task name as one parent', () => {
    const graph = jobGraph(rows(['map', 2], ['map', 5], [undefined, 1, 'map'])) as JobGraph;
    expect(graph.parents[2]).toEqual([0, 1]);
    expect(graph.criticalPath).toBe(6);
  });

  test.each([
    ['a missing parent', rows(['a', 1], ['b', 1, 'x']), 1, 'x', 'the name of a task of the same job'],
    ['a task that depends on itself', rows(['a', 1, 'a']), 0, 'a', 'another task than its own'],
    [
      'a cycle, and the way round it',
      rows(['r', 1], ['a', 1, 'c', 'r'], ['b', 1, 'a'], ['c', 1, 'b'], ['d', 1, 'c']),
      1,
      'a after c after b after a',
      'tasks without a cyclic dependency',
    ],
  ])('names %s', (_, graph, row, found, expected) => {
    expect(jobGraph(graph)).toEqual({ row, found, expected });
  });

  test('has the critical path of a naive search, or a cycle where that one finds a cycle', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.uniqueArray(fc.nat(6), { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 7 }), (sketches) => {
        const all = sketches.map(([duration, parents], i) => ({
          dependencies: {
            task: `t${i}`,
            after: parents.filter((p) => p < sketches.length && p !== i).map((p) => `t${p}`),
          },
          duration,
        }));
        const graph = jobGraph(all);
        const naive = longestChain(all);
        expect(isMistake(graph) ? undefined : graph.criticalPath).toBe(naive);
      }),
    );
  });
});

/** The longest chain by trying all chains; undefined with a cycle. */
function longestChain(all: readonly GraphRow[]): number | undefined {
  let isCyclic = false;
  const endOf = (name: string, below: readonly string[]): number => {
    if (below.includes(name)) {
      isCyclic = true;
      return 0;
    }
    const row = all.find(({ dependencies }) => dependencies?.task === name) as GraphRow;
    const parents = row.dependencies?.after ?? [];
    return row.duration + Math.max(0, ...parents.map((parent) => endOf(parent, [...below, name])));
  };
  const longest = Math.max(...all.map(({ dependencies }) => endOf(dependencies?.task ?? '', [])));
  return isCyclic ? undefined : longest;
}
