import { describe, expect, test } from 'vitest';
import { NONE } from '../../src/model/index.js';
import {
  bestFit,
  firstFit,
  leftOver,
  randomFit,
  worstFit,
} from '../../src/policies/placement/classic-placements.js';
import { gpuBestFit } from '../../src/policies/placement/gpu-placements.js';
import { PLACEMENTS, placementNamed } from '../../src/policies/placement/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { placingView } from './placing-view.js';

describe('every placement', () => {
  test('is found by its name, and names are unique', () => {
    const names = PLACEMENTS.map((placement) => placement.name);
    expect(new Set(names).size).toBe(names.length);
    for (const placement of PLACEMENTS) expect(placementNamed(placement.name)).toBe(placement);
    expect(() => placementNamed('no-fit')).toThrow(RangeError);
  });

  test('chooses nothing where nothing fits, and the only machine where one fits', () => {
    for (const placement of PLACEMENTS) {
      const { choose, submit, occupy } = placingView(['cpus'], [[4000], [4000], [4000]]);
      occupy(0, { demand: [2000] });
      occupy(2, { demand: [4000] });
      expect(choose(placement, submit({ demand: [3000] })), placement.name).toBe(1);
      expect(choose(placement, submit({ demand: [5000] })), placement.name).toBe(NONE);
    }
  });
});

describe('first-fit', () => {
  test('takes the lowest rank that fits, from the first machine on each time, and not from where it stopped', () => {
    const { cluster, choose, submit, occupy } = placingView(['cpus'], [[2000], [2000], [2000]]);
    const first = occupy(0, { demand: [1500] });
    expect(choose(firstFit, submit({ demand: [1000] }))).toBe(1);
    cluster.finish(first);
    expect(choose(firstFit, submit({ demand: [1000] }))).toBe(0);
  });
});

describe('what is left over', () => {
  // m0 has 4 cores and 8 MiB, all free; m1 has 8 and 8, of which 3 and 4 are free.
  const twoMachines = () => {
    const made = placingView(
      ['cpus', 'mem'],
      [
        [4000, 8],
        [8000, 8],
      ],
    );
    made.occupy(1, { demand: [5000, 4] });
    return made;
  };

  test('is summed over the dimensions, in shares of the capacity of the machine', () => {
    const { view, cluster, submit } = twoMachines();
    const taskClass = cluster.tasks.taskClass[submit({ demand: [2000, 2] })];
    expect(leftOver(view.machines, 0, taskClass)).toBe(2 / 4 + 6 / 8);
    expect(leftOver(view.machines, 1, taskClass)).toBe(1 / 8 + 2 / 8);
  });

  test('leads best-fit to the least and worst-fit to the most', () => {
    const { choose, submit } = twoMachines();
    const task = submit({ demand: [2000, 2] });
    expect(choose(bestFit, task)).toBe(1);
    expect(choose(worstFit, task)).toBe(0);
  });

  test('of equal amounts leads both to the lowest rank', () => {
    const { choose, submit, occupy } = placingView(['cpus'], [[8000], [4000], [4000], [8000]]);
    occupy(0, { demand: [3000] });
    occupy(3, { demand: [3000] });
    // A task of 1 core leaves 4/8 on m0 and m3, and 3/4 on m1 and m2.
    const task = submit({ demand: [1000] });
    expect(choose(bestFit, task)).toBe(0);
    expect(choose(worstFit, task)).toBe(1);
  });

  test('counts nothing in a dimension that the machine does not have', () => {
    const { view, cluster, submit } = placingView(['cpus', 'gpus'], [[4000, 0]]);
    const taskClass = cluster.tasks.taskClass[submit({ demand: [1000, 0] })];
    expect(leftOver(view.machines, 0, taskClass)).toBe(3 / 4);
  });
});

describe('gpu-best-fit', () => {
  const task = { demand: [8000, 1000], gpuCount: 1, gpuMilliEach: 1000 };

  test('leaves the least, CPU and GPU weighed one half each against the largest machine of the study', () => {
    // Scores: 100 (1 - (56/128 + 1/8) / 2) = 71.9, 100 (1 - (56/128 + 3/8) / 2) = 59.4, 100 (1 - (24/128 + 3/8) / 2) = 71.9.
    const { choose, submit } = placingView(
      ['cpus', 'gpus'],
      [
        [64_000, 4000],
        [64_000, 2000],
        [32_000, 4000],
      ],
    );
    expect(choose(gpuBestFit, submit(task))).toBe(1);
  });

  test('cuts scores to whole numbers, so that a better machine can lose to a lower rank', () => {
    // 71.09 and 71.87: the second leaves less, both count as 71.
    const { choose, submit } = placingView(
      ['cpus', 'gpus'],
      [
        [66_000, 2000],
        [64_000, 2000],
      ],
    );
    expect(choose(gpuBestFit, submit(task))).toBe(0);
    // 70.7 and 71.87: now the ranks do not matter.
    const apart = placingView(
      ['cpus', 'gpus'],
      [
        [67_000, 2000],
        [64_000, 2000],
      ],
    );
    expect(apart.choose(gpuBestFit, apart.submit(task))).toBe(1);
  });

  test('takes the GPU devices with the least left that suffice', () => {
    const { cluster, choose, submit, occupy } = placingView(['cpus', 'gpus'], [[64_000, 3000]]);
    const part = (milli: number) => ({ demand: [1000, milli], gpuCount: 1, gpuMilliEach: milli });
    occupy(0, part(600));
    occupy(0, part(500));
    // Devices now have 400, 500 and 1000 left.
    const shared = submit(part(450));
    cluster.start(shared, choose(gpuBestFit, shared), 0);
    expect(cluster.tasks.devices[shared]).toBe(0b010);
    const whole = submit(part(1000));
    cluster.start(whole, choose(gpuBestFit, whole), 0);
    expect(cluster.tasks.devices[whole]).toBe(0b100);
  });

  test('goes by what is left of CPU and GPU only', () => {
    const { choose, submit } = placingView(
      ['cpus', 'mem', 'gpus'],
      [
        [64_000, 100_000, 2000],
        [64_000, 10, 2000],
      ],
    );
    expect(choose(gpuBestFit, submit({ ...task, demand: [8000, 10, 1000] }))).toBe(0);
  });
});

describe('random placement', () => {
  test('chooses each machine that fits with the same probability', () => {
    const random = new RandomStreams(1).stream('placement');
    const capacities = Array.from({ length: 10 }, (_, i) => [i % 2 === 0 ? 4000 : 1000]);
    const { choose, submit } = placingView(['cpus'], capacities, random);
    const task = submit({ demand: [2000] });
    const draws = 5000;
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const machine = choose(randomFit, task);
      counts.set(machine, (counts.get(machine) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 2, 4, 6, 8]);
    const expected = draws / 5;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // The 99.99 % quantile with 4 degrees of freedom.
    expect(chiSquare).toBeLessThan(23.5);
  });

  test('draws from the stream of the run and from nothing else', () => {
    const choices = () => {
      const { choose, submit } = placingView(
        ['cpus'],
        Array.from({ length: 50 }, () => [1000]),
        new RandomStreams(5).stream('placement'),
      );
      const task = submit({ demand: [1000] });
      return Array.from({ length: 20 }, () => choose(randomFit, task));
    };
    expect(choices()).toEqual(choices());
    expect(new Set(choices()).size).toBeGreaterThan(5);
  });
});

describe('hybrid', () => {
  const shape = { demand: [2000, 4] };

  test('prefers an even rest where best fit would leave one resource without the other', () => {
    // 8 cores and 16 units of memory each. After 2 cores and 4 units:
    // m0 has 0 of 8 and 10 of 16 left: 0 + 0.625 left over, and as much uneven: 1.25.
    // m1 has 3 of 8 and 5 of 16 left: 0.375 + 0.3125 left over, 0.0625 uneven: 0.75.
    const { choose, submit, occupy } = placingView(
      ['cpus', 'mem'],
      [
        [8000, 16],
        [8000, 16],
      ],
    );
    occupy(0, { demand: [6000, 2] });
    occupy(1, { demand: [3000, 7] });
    const task = submit(shape);
    expect(choose(placementNamed('best-fit'), task)).toBe(0);
    expect(choose(placementNamed('hybrid'), task)).toBe(1);
  });

  test('looks at the dimensions that a machine has, and takes the lowest rank of equals', () => {
    const { choose, submit } = placingView(
      ['cpus', 'mem'],
      [
        [8000, 16],
        [4000, 8],
        [4000, 8],
      ],
    );
    // Half of m1 and m2 would be left in both dimensions, three quarters of m0.
    expect(choose(placementNamed('hybrid'), submit(shape))).toBe(1);
  });
});
