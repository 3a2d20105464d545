import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError, NONE, ResourceSpace } from '../../src/model/index.js';
import {
  givenPartition,
  proportionalPartition,
  silosAllocator,
} from '../../src/policies/allocators/silos.js';
import type { PolicyContext } from '../../src/policies/policy.js';
import { fakeAllocation } from './fake-allocation.js';

/** Machines of one core each. */
function contextOf(machines: number, names: readonly string[]): PolicyContext {
  return {
    space: new ResourceSpace(['cpus', 'mem']),
    machines: Array.from({ length: machines }, (_, i) => ({ name: `m${i}`, capacity: [1000, 100] })),
    frameworks: names.map((name) => ({ name })),
    forecast: undefined,
  };
}

/** Number of machines of each framework. */
function sizes(owner: Int32Array, frameworks: number): number[] {
  return Array.from({ length: frameworks }, (_, f) => owner.filter((o) => o === f).length);
}

/** Silos for frameworks that ask for so many cores. */
function silosFor(cores: readonly number[], machines: number): number[] {
  const demand = Float64Array.from(cores.flatMap((amount) => [amount, 0]));
  const names = cores.map((_, i) => `f${i}`);
  return sizes(proportionalPartition(demand, contextOf(machines, names)), cores.length);
}

describe('a given partition', () => {
  test('hands machines out in rank order, in the order written, and leaves the rest to nobody', () => {
    const owner = givenPartition('kafka:2, spark:3', contextOf(7, ['spark', 'kafka']));
    expect([...owner]).toEqual([1, 1, 0, 0, 0, NONE, NONE]);
  });

  test('may name a framework twice, and give one nothing', () => {
    const owner = givenPartition('a:1,b:0,a:1', contextOf(3, ['a', 'b']));
    expect([...owner]).toEqual([0, 0, NONE]);
  });

  test('says which name is unknown, and when there are too few machines', () => {
    expect(() => givenPartition('hive:1', contextOf(3, ['a', 'b']))).toThrow(
      /partitions: found "hive", expected one of the frameworks a, b/,
    );
    expect(() => givenPartition('a:2,b:2', contextOf(3, ['a', 'b']))).toThrow(
      /partitions: "a:2,b:2" needs at least 4 machines, but the cluster has 3/,
    );
  });
});

describe('a proportional partition', () => {
  test('gives machines in proportion to the demand', () => {
    expect(silosFor([3000, 1000], 8)).toEqual([6, 2]);
    expect(silosFor([1000, 1000, 2000], 8)).toEqual([2, 2, 4]);
  });

  test('goes by the dominant share, so that a memory-bound framework is not starved', () => {
    const demand = Float64Array.of(1000, 800, 8000, 100);
    expect(sizes(proportionalPartition(demand, contextOf(10, ['mem', 'cpu'])), 2)).toEqual([5, 5]);
  });

  test('gives what rounding leaves to the largest remainders, then to the framework named first', () => {
    // Exact seats 4.7, 3.5, 1.8 of 10: floors 4, 3, 1, and the two seats left go to .8 and .7.
    expect(silosFor([4700, 3500, 1800], 10)).toEqual([5, 3, 2]);
    // 10/3 each: one seat left, all remainders equal.
    expect(silosFor([1000, 1000, 1000], 10)).toEqual([4, 3, 3]);
  });

  test('gives every framework with any demand a machine, at the cost of the largest', () => {
    expect(silosFor([1_000_000, 1, 1], 10)).toEqual([8, 1, 1]);
    expect(silosFor([1000, 1, 0], 10)).toEqual([9, 1, 0]);
  });

  test('does not give a framework that was rounded up to its first machine a second one for its remainder', () => {
    // Exact seats 0.9, 4.55, 4.55 of 10.
    expect(silosFor([900, 4550, 4550], 10)).toEqual([1, 5, 4]);
  });

  test('says so when there are more frameworks than machines', () => {
    expect(() => silosFor([1, 1, 1], 2)).toThrow(
      /3 frameworks need at least one machine each, but the cluster has 2/,
    );
    expect(() => silosFor([1, 1, 1], 2)).toThrow(InputError);
  });

  test('of no demand at all owns nothing', () => {
    expect([...proportionalPartition(new Float64Array(4), contextOf(3, ['a', 'b']))]).toEqual([
      NONE,
      NONE,
      NONE,
    ]);
  });

  test('hands out every machine, in ranks that lie together, within one machine of the exact share where nobody was rounded up', () => {
    const cores = fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cores, fc.integer({ min: 6, max: 60 }), (wanted, machines) => {
        fc.pre(wanted.some((amount) => amount > 0));
        const demand = Float64Array.from(wanted.flatMap((amount) => [amount, 0]));
        const owner = proportionalPartition(demand, contextOf(machines, wanted.map(String)));
        const counts = sizes(owner, wanted.length);
        const total = wanted.reduce((a, b) => a + b, 0);
        expect(counts.reduce((a, b) => a + b, 0)).toBe(machines);
        expect([...owner]).toEqual([...owner].sort((a, b) => a - b));
        const exact = wanted.map((amount) => (amount / total) * machines);
        counts.forEach((count, i) => {
          if (wanted[i] === 0) expect(count).toBe(0);
          else expect(count).toBeGreaterThanOrEqual(1);
          if (exact.every((seats) => seats === 0 || seats >= 1))
            expect(Math.abs(count - exact[i])).toBeLessThan(1 + 1e-9);
        });
      }),
    );
  });
});

describe('the allocator of silos', () => {
  test('offers each machine to its owner, wanted or not, and to nobody else', () => {
    const { call, notes } = fakeAllocation({
      resources: ['cpus'],
      machines: [[1000], [1000], [1000], [1000]],
      frameworks: [{ name: 'a' }, { name: 'b' }],
      content: [0],
    });
    call(silosAllocator([1, 0, NONE, 1]));
    expect(notes).toEqual(['b 0', 'a 1', 'b 3']);
  });
});
