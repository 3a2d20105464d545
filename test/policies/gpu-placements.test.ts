import { describe, expect, test } from 'vitest';
import { type Constraint, constraintsText, type MachineId, ResourceSpace } from '../../src/model/index.js';
import { FragmentationDescent } from '../../src/policies/placement/fgd.js';
import { GpuFragmentation } from '../../src/policies/placement/gpu-fragmentation.js';
import {
  dotProduct,
  gpuClustering,
  gpuPacking,
  gpuRandom,
} from '../../src/policies/placement/gpu-placements.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import type { Ties } from '../../src/policies/placement/placement.js';
import { type TypicalTask, typicalTasks } from '../../src/policies/placement/typical-tasks.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { placingView } from './placing-view.js';

const SPACE = new ResourceSpace(['cpus', 'gpus']);

const cpuTask = (cpuMilli: number) => ({ demand: [cpuMilli, 0] });
const share = (cpuMilli: number, milli: number) => ({
  demand: [cpuMilli, milli],
  gpuCount: 1,
  gpuMilliEach: milli,
});
const whole = (cpuMilli: number, gpus: number) => ({
  demand: [cpuMilli, 1000 * gpus],
  gpuCount: gpus,
  gpuMilliEach: 1000,
});

/** Machines of so many cores and GPUs. */
const machines = (...shapes: [cores: number, gpus: number][]) =>
  placingView(
    ['cpus', 'gpus'],
    shapes.map(([cores, gpus]) => [cores * 1000, gpus * 1000]),
    new RandomStreams(3).stream('ties'),
  );

const typical = (
  probability: number,
  cpuMilli: number,
  gpuCount: number,
  gpuMilliEach: number,
  constraint: readonly Constraint[] = [],
): TypicalTask => ({ probability, cpuMilli, gpuCount, gpuMilliEach, constraint });

describe('dot-product', () => {
  test('takes the smallest product of what is free and what is asked for', () => {
    // Task of 64 cores and 4 GPUs. 64 cores, 8 GPUs free: 100 (1 - (1/2 x 1/2 + 1 x 1/2) / 2) = 62.5.
    // 128 cores, 4 GPUs: 100 (1 - (1 x 1/2 + 1/2 x 1/2) / 2) = 62.5. 64 cores, 4 GPUs: 100 (1 - (1/4 + 1/4) / 2) = 75.
    const { choose, submit } = machines([64, 8], [128, 4], [64, 4]);
    expect(choose(dotProduct, submit(whole(64_000, 4)))).toBe(2);
  });

  test('cuts scores to whole numbers unless ties are those of floats', () => {
    // Task of 64 cores: 100 (1 - 65/128 x 1/2 / 2) = 87.3 and 100 (1 - 64/128 x 1/2 / 2) = 87.5.
    const { choose, submit } = machines([65, 0], [64, 0]);
    const task = submit(cpuTask(64_000));
    expect(choose(dotProduct, task)).toBe(0);
    const float = placementNamed('dot-product', { space: SPACE, ties: 'float', taskMix: [] });
    expect(choose(float, task)).toBe(1);
  });
});

describe('gpu-clustering', () => {
  test('prefers machines with tasks alike only, then with tasks alike and others, then with none, then the rest', () => {
    const { choose, view, submit, occupy } = machines([64, 8], [64, 8], [64, 8], [64, 8]);
    occupy(0, whole(1000, 1));
    occupy(2, share(1000, 100));
    occupy(3, share(1000, 100));
    occupy(3, whole(1000, 1));
    // m0 only others 25 x 1000/8000 = 3; m1 nothing 25; m2 alike 75; m3 alike and others 50 + 3.
    const order: MachineId[] = [];
    for (let i = 0; i < 4; i++) {
      const machine = choose(gpuClustering, submit(share(1000, 200)));
      order.push(machine);
      occupy(machine, cpuTask(64_000 - 1000 * view.machines.taskCount(machine)));
    }
    expect(order).toEqual([2, 3, 1, 0]);
  });

  test('takes the machine with the least GPU left among equals, and tells 2 whole GPUs from 1', () => {
    const { choose, submit, occupy } = machines([64, 8], [64, 8], [64, 8]);
    occupy(0, whole(1000, 2));
    occupy(1, whole(1000, 1));
    occupy(2, whole(1000, 1));
    occupy(2, whole(1000, 1));
    expect(choose(gpuClustering, submit(whole(1000, 1)))).toBe(2);
    expect(choose(gpuClustering, submit(whole(1000, 2)))).toBe(0);
  });

  test('scores a machine anew when a task on it ends', () => {
    const { cluster, choose, submit, occupy } = machines([64, 8], [64, 8]);
    const other = occupy(1, whole(1000, 1));
    occupy(1, share(1000, 100));
    occupy(0, share(1000, 100));
    for (let i = 0; i < 3; i++) expect(choose(gpuClustering, submit(share(1000, 100)))).toBe(0);
    occupy(0, whole(1000, 3));
    for (let i = 0; i < 3; i++) expect(choose(gpuClustering, submit(share(1000, 100)))).toBe(0);
    cluster.finish(other);
    expect(choose(gpuClustering, submit(share(1000, 100)))).toBe(1);
  });

  test('leaves tasks without a GPU to the lowest rank', () => {
    const { choose, submit, occupy } = machines([64, 8], [64, 8]);
    occupy(1, share(1000, 100));
    expect(choose(gpuClustering, submit(cpuTask(1000)))).toBe(0);
  });
});

describe('gpu-packing', () => {
  test('fills GPUs in use first, then idle GPUs beside them, then idle machines', () => {
    const { choose, submit, occupy } = machines([64, 2], [64, 4], [64, 2]);
    occupy(1, share(1000, 900));
    occupy(2, share(1000, 300));
    // Share of 500: m0 idle, max(33 - 2, 2) = 31; m1 takes one idle GPU, max(50 - 1, 33) = 49; m2 has 700 left on a GPU in
    // use, max(100 - 70 / 10, 50) = 93.
    expect(choose(gpuPacking, submit(share(1000, 500)))).toBe(2);
    occupy(2, share(1000, 600));
    expect(choose(gpuPacking, submit(share(1000, 500)))).toBe(1);
    occupy(1, whole(1000, 3));
    occupy(2, whole(1000, 1));
    expect(choose(gpuPacking, submit(share(1000, 500)))).toBe(0);
  });

  test('reckons in whole numbers', () => {
    // 709 and 701 left: both 70 %, then 7: both score 93, and the lower rank wins.
    const { choose, submit, occupy } = machines([64, 1], [64, 1]);
    occupy(0, share(1000, 291));
    occupy(1, share(1000, 299));
    expect(choose(gpuPacking, submit(share(1000, 500)))).toBe(0);
  });
});

describe('gpu-random', () => {
  test('draws the device of a share among those that fit, and takes idle devices in order for whole GPUs', () => {
    const { cluster, devices, submit, occupy } = machines([64, 4]);
    const full = occupy(0, share(1000, 900));
    expect(cluster.tasks.devices[full]).toBe(0b0001);
    const drawn = new Set(Array.from({ length: 60 }, () => devices(gpuRandom, submit(share(1000, 500)), 0)));
    expect([...drawn].sort()).toEqual([0b0010, 0b0100, 0b1000]);
    expect(devices(gpuRandom, submit(whole(1000, 2)), 0)).toBe(0b0110);
  });
});

describe('typical tasks', () => {
  const mixed = (tasks: number, cpuMilli: number, gpuCount: number, gpuMilliEach: number, type = '') => ({
    demand: [cpuMilli, gpuCount * gpuMilliEach],
    gpuCount,
    gpuMilliEach,
    constraint:
      type === '' ? [] : [{ attribute: 'gpu_model', operator: 'equal' as const, values: type.split('|') }],
    tasks,
  });

  test('are the most frequent shapes up to 95 %, the larger first on ties, and their probabilities add up to 1', () => {
    const mix = [
      mixed(4, 1000, 1, 500),
      mixed(50, 2000, 0, 0),
      mixed(4, 1000, 1, 600),
      mixed(42, 500, 1, 500),
    ];
    const found = typicalTasks(mix, SPACE);
    expect(found.map(({ cpuMilli, gpuMilliEach }) => [cpuMilli, gpuMilliEach])).toEqual([
      [2000, 0],
      [500, 500],
      [1000, 600],
    ]);
    expect(found.map(({ probability }) => probability)).toEqual([
      50 / 100 / (96 / 100),
      42 / 100 / (96 / 100),
      4 / 100 / (96 / 100),
    ]);
  });

  test('tell GPU types apart, but neither memory nor the type of a task without a GPU', () => {
    const space = new ResourceSpace(['cpus', 'mem', 'gpus']);
    const shape = (mem: number, gpuCount: number, type: string) => ({
      ...mixed(1, 1000, gpuCount, 500, type),
      demand: [1000, mem, gpuCount * 500],
    });
    const mix = [
      shape(1, 1, 'T4'),
      shape(2, 1, 'T4'),
      shape(1, 1, 'P100|T4'),
      shape(1, 0, 'T4'),
      shape(1, 0, ''),
    ];
    const found = typicalTasks(mix, space);
    expect(found.map(({ gpuCount, constraint }) => [gpuCount, constraintsText(constraint)])).toEqual([
      [1, 'gpu_model=T4'],
      [0, ''],
      [1, 'gpu_model=P100|T4'],
    ]);
  });
});

describe('GPU fragmentation', () => {
  test('is what the next typical task could not use', () => {
    const { view, occupy } = machines([8, 2]);
    occupy(0, share(1000, 600));
    // 7 cores free; devices 400 and 1000.
    const of = (...tasks: TypicalTask[]) => new GpuFragmentation(tasks, view.machines).of(0);
    // No GPU asked for: all 1400. Fits: what is left on devices too full for it.
    expect(of(typical(1, 1000, 0, 0))).toBe(1400);
    expect(of(typical(1, 1000, 1, 300))).toBe(0);
    expect(of(typical(1, 1000, 1, 500))).toBe(400);
    // Too few devices, too few cores, no machine of its type: all.
    expect(of(typical(1, 1000, 2, 1000))).toBe(1400);
    expect(of(typical(1, 8000, 1, 300))).toBe(1400);
    expect(
      of(typical(1, 1000, 1, 300, [{ attribute: 'gpu_model', operator: 'equal' as const, values: ['T4'] }])),
    ).toBe(1400);
    expect(of(typical(0.25, 1000, 0, 0), typical(0.75, 1000, 1, 500))).toBe(0.25 * 1400 + 0.75 * 400);
  });

  test('is measured with one more task as if it were there', () => {
    const { view, cluster, submit, occupy } = machines([8, 2]);
    const mix = [typical(0.5, 1000, 0, 0), typical(0.5, 6000, 1, 700)];
    const fragmentation = new GpuFragmentation(mix, view.machines);
    const taskClass = cluster.tasks.taskClass[submit(share(3000, 400))];
    const expected = fragmentation.with(0, taskClass, 0b10);
    const task = occupy(0, cpuTask(0));
    cluster.finish(task);
    const second = submit(share(3000, 400));
    cluster.start(second, 0, 0, cluster.free, 0b10);
    expect(expected).toBe(0.5 * 1600 + 0.5 * 1600);
    expect(fragmentation.of(0)).toBe(expected);
  });

  test('is nothing on a machine without GPUs', () => {
    const { view } = machines([8, 0]);
    expect(new GpuFragmentation([typical(1, 1000, 1, 500)], view.machines).of(0)).toBe(0);
  });
});

describe('fgd', () => {
  const HALF_OR_WHOLE = [typical(0.5, 1000, 1, 500), typical(0.5, 1000, 1, 1000)];

  test('scores 100 / (1 + e^(growth of the fragmentation / 1000)), cut to a whole number', () => {
    const { view, cluster, submit } = machines([64, 2]);
    const taskClass = cluster.tasks.taskClass[submit(share(1000, 600))];
    // 400 are left on one device: too little for either typical task. 100 / (1 + e^0.4) = 40.13.
    const scoreUnder = (ties: Ties) =>
      new FragmentationDescent(HALF_OR_WHOLE, ties, view.machines).score(0, taskClass);
    expect(scoreUnder('lowest-rank')).toBe(40);
    expect(scoreUnder('float')).toBeCloseTo(100 / (1 + Math.exp(0.4)), 12);
  });

  test('puts a share on the device where it strands least, and on the machine where it does', () => {
    const { view, cluster, submit, occupy } = machines([64, 2], [64, 2]);
    occupy(1, share(1000, 400));
    // Devices of m1: 600 and 1000. A share of 600 uses the first up: what it strands today is gone.
    const descent = new FragmentationDescent(HALF_OR_WHOLE, 'lowest-rank', view.machines);
    const taskClass = cluster.tasks.taskClass[submit(share(1000, 600))];
    expect(descent.bestDevices(1, taskClass)).toBe(0b01);
    // m1: the 600 were stranded for whole GPUs, 0.5 x 600 less. 100 / (1 + e^-0.3) = 57.4.
    expect(descent.score(1, taskClass)).toBe(57);
    expect(descent.score(0, taskClass)).toBe(40);
  });

  test('without a task mix takes the lowest rank that fits', () => {
    const { choose, submit, occupy } = machines([8, 2], [8, 2]);
    const blind = placementNamed('fgd', { space: SPACE, ties: 'lowest-rank', taskMix: [] });
    occupy(0, whole(1000, 2));
    expect(choose(blind, submit(share(1000, 500)))).toBe(1);
    expect(choose(blind, submit(cpuTask(1000)))).toBe(0);
  });
});

describe('ties at random', () => {
  test('give each machine of the highest score the same chance, and others none', () => {
    const { choose, submit, occupy } = machines([64, 8], [64, 8], [64, 8], [64, 8]);
    occupy(2, share(1000, 500));
    const random = placementNamed('gpu-clustering', { space: SPACE, ties: 'random', taskMix: [] });
    const task = submit(whole(1000, 1));
    const counts = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      const machine = choose(random, task);
      counts.set(machine, (counts.get(machine) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual([0, 1, 3]);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    // The 99.99 % quantile with 2 degrees of freedom.
    expect(chiSquare).toBeLessThan(18.4);
  });
});
