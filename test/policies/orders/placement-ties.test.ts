import { describe, expect, test } from 'vitest';
import { PLACEMENTS } from '../../../src/policies/placement/index.js';
import { typicalTasks } from '../../../src/policies/placement/typical-tasks.js';
import { CPUS_MEM_GPUS } from '../../simulate.js';
import { runPreset, startsUnder } from './run-preset.js';

const TASK = { needs: { cpus: 2, mem: 4 }, gpus: 1, runs: 10 };

/** What tasks usually ask for: that of TASK, as fgd wants to know. */
const TASK_MIX = [
  {
    demand: CPUS_MEM_GPUS.quanta({ cpus: 2, mem: 4, gpus: 1 }),
    gpuCount: 1,
    gpuMilliEach: 1000,
    constraint: [],
    tasks: 1,
  },
];

const alike = Array.from({ length: 6 }, () => ({ cpus: 8, mem: 16, gpus: 2 }));

/** Placements that draw a machine whatever the tie rule says. */
const DRAWN = ['random', 'gpu-random'];

/** Placements without a score. */
const UNSCORED = ['first-fit', ...DRAWN];

const scored = PLACEMENTS.map(({ name }) => name).filter((name) => !UNSCORED.includes(name));

async function machineOf(placement: string, ties: string, seed: string): Promise<string> {
  const [start] = await startsUnder('bin-packing', alike, [TASK], {
    set: { placement, ties },
    taskMix: TASK_MIX,
    seed,
  });
  return start.split(' ').at(-1) as string;
}

describe('of machines that are all alike', () => {
  test.each(PLACEMENTS.map(({ name }) => name).filter((name) => !DRAWN.includes(name)))(
    '%s takes that of the lowest rank',
    async (placement) => {
      for (const ties of ['lowest-rank', 'float'])
        expect(await machineOf(placement, ties, '1'), ties).toBe('m0');
    },
  );

  test.each(scored)('%s draws one where ties are random', async (placement) => {
    const seeds = Array.from({ length: 12 }, (_, i) => String(i));
    for (const ties of ['random', 'float-random']) {
      const drawn = new Set<string>();
      for (const seed of seeds) drawn.add(await machineOf(placement, ties, seed));
      expect(drawn.size, ties).toBeGreaterThan(2);
    }
  });
});

describe('of machines of different sizes', () => {
  test.each([
    ['first-fit', 'm0'],
    ['best-fit', 'm1'],
    ['worst-fit', 'm2'],
  ])('%s takes %s', async (placement, machine) => {
    const { events } = await runPreset(
      'bin-packing',
      [
        { cpus: 4, mem: 8 },
        { cpus: 3, mem: 6 },
        { cpus: 8, mem: 16 },
      ],
      [{ needs: { cpus: 1, mem: 2 }, runs: 10 }],
      { set: { placement } },
    );
    expect(events[0]).toBe(`0 task 0 started ${machine}`);
  });
});

describe('hybrid', () => {
  test('takes the machine whose left-over is even, where best fit would leave a little less', async () => {
    // As shares, m0 would be left with 0 and 0.5, m1 with 0.3 and 0.3.
    const machines = [
      { cpus: 2, mem: 8 },
      { cpus: 2.857, mem: 5.714 },
    ];
    const rows = [{ needs: { cpus: 2, mem: 4 }, runs: 10 }];
    const on = (placement: string) => startsUnder('bin-packing', machines, rows, { set: { placement } });
    expect(await on('best-fit')).toEqual(['0 task 0 started m0']);
    expect(await on('hybrid')).toEqual(['0 task 0 started m1']);
  });
});

describe('gpu-packing', () => {
  test('fills the devices with the least left', async () => {
    const share = (gpuShare: number, at = 0) => ({ needs: { cpus: 1 }, gpus: 1, gpuShare, runs: 99, at });
    const machines = [
      { cpus: 8, gpus: 2 },
      { cpus: 8, gpus: 2 },
    ];
    // Worst fit spreads the first two over both machines: m0 has a device with 0.4 in use, m1 one with 0.7.
    const rows = [share(0.4), share(0.7), share(0.3, 1)];
    expect(
      await startsUnder('bin-packing', machines, rows.slice(0, 2), { set: { placement: 'worst-fit' } }),
    ).toEqual(['0 task 0 started m0', '0 task 1 started m1']);
    // Under gpu-packing 0.7 does not fit beside 0.4 and takes the idle device of the same machine; 0.3 joins it there.
    const { cluster } = await runPreset('gpu-packing', machines, rows, { until: 2 });
    expect([...cluster.free.gpuFree.subarray(0, 4)]).toEqual([600, 0, 1000, 1000]);
  });
});

describe('the typical tasks of fgd', () => {
  const shape = (cpus: number, tasks: number) => ({
    demand: CPUS_MEM_GPUS.quanta({ cpus }),
    gpuCount: 0,
    gpuMilliEach: 0,
    constraint: [],
    tasks,
  });

  test('are the most frequent shapes until they cover 95 % of the tasks, and no more', () => {
    const frequent = typicalTasks([shape(1, 19), shape(2, 1)], CPUS_MEM_GPUS);
    expect(frequent.map(({ cpuMilli, probability }) => [cpuMilli, probability])).toEqual([[1000, 1]]);
    const both = typicalTasks([shape(1, 18), shape(2, 2)], CPUS_MEM_GPUS);
    expect(both.map(({ cpuMilli, probability }) => [cpuMilli, probability])).toEqual([
      [1000, 0.9],
      [2000, 0.1],
    ]);
  });
});
