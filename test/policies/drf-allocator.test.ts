import { describe, expect, test } from 'vitest';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { type FakeAllocation, fakeAllocation } from './fake-allocation.js';

const MINIMUM = [{ cpus: 10 }, { mem: 32 }];

/** What is offered, in order. */
function offered(fake: FakeAllocation, weights: Readonly<Record<string, number>> = {}): string[] {
  const { call, notes } = fakeAllocation(fake);
  call(drfAllocator({ minimum: MINIMUM, weights: new Map(Object.entries(weights)) }));
  return notes;
}

const four = (capacity: readonly number[]) => Array.from({ length: 4 }, () => capacity);

describe('the DRF allocator', () => {
  test('gives each machine to the framework with the lowest share, whose offers count at once', () => {
    const fake = {
      resources: ['cpus'],
      machines: four([1000]),
      frameworks: [{ name: 'a' }, { name: 'b' }],
      allocated: [[1000], [0]],
    };
    expect(offered(fake)).toEqual(['b 0', 'a 1', 'b 2', 'a 3']);
  });

  test('breaks ties by name, not by the order of joining', () => {
    const fake = {
      resources: ['cpus'],
      machines: four([1000]),
      frameworks: [{ name: 'spark' }, { name: 'kafka' }, { name: 'web' }],
    };
    expect(offered(fake)).toEqual(['kafka 0', 'spark 1', 'web 2', 'kafka 3']);
  });

  test('divides shares by weights, those of the frameworks or those that are set', () => {
    const frameworks = [{ name: 'a', weight: 3 }, { name: 'b' }];
    const machines = Array.from({ length: 8 }, () => [1000]);
    const counts = (notes: readonly string[]) =>
      ['a', 'b'].map((name) => notes.filter((n) => n.startsWith(name)).length);
    expect(counts(offered({ resources: ['cpus'], machines, frameworks }))).toEqual([6, 2]);
    expect(counts(offered({ resources: ['cpus'], machines, frameworks }, { a: 1 }))).toEqual([4, 4]);
    expect(counts(offered({ resources: ['cpus'], machines, frameworks }, { b: 5 }))).toEqual([3, 5]);
  });

  test('passes over a framework that wants nothing, and offers nothing when nobody wants', () => {
    const fake = { resources: ['cpus'], machines: four([1000]), frameworks: [{ name: 'a' }, { name: 'b' }] };
    expect(offered({ ...fake, content: [0] })).toEqual(['b 0', 'b 1', 'b 2', 'b 3']);
    expect(offered({ ...fake, content: [0, 1] })).toEqual([]);
    expect(offered({ ...fake, frameworks: [] })).toEqual([]);
  });

  test('goes on to the next framework where one has refused the machine', () => {
    const fake = {
      resources: ['cpus'],
      machines: four([1000]),
      frameworks: [{ name: 'a' }, { name: 'b' }],
      filtered: ['0/0', '0/2', '1/2'],
    };
    expect(offered(fake)).toEqual(['b 0', 'a 1', 'a 3']);
  });

  test('leaves alone a machine with too little free to be worth it: less than 0.01 cores and less than 32 MiB', () => {
    const fake = {
      resources: ['cpus', 'mem', 'disk'],
      machines: [
        [9, 31, 1000],
        [10, 0, 0],
        [0, 32, 0],
      ],
      frameworks: [{ name: 'a' }],
    };
    expect(offered(fake)).toEqual(['a 1', 'a 2']);
  });

  test('offers whatever is free where the cluster has neither cores nor memory', () => {
    expect(offered({ resources: ['slots'], machines: [[1]], frameworks: [{ name: 'a' }] })).toEqual(['a 0']);
  });
});
