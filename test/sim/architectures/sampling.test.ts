import { describe, expect, test } from 'vitest';
import { fromSeconds, ParameterValues } from '../../../src/model/index.js';
import { sparrow } from '../../../src/policies/presets/sparrow.js';
import { onCores } from '../../on-cores.js';
import { runPreset, startsUnder } from '../../policies/orders/run-preset.js';
import { CPUS, firstStarts, type SimulationSketch, story } from '../../simulate.js';
import type { RowSketch } from '../../traces-in-memory.js';

const NO_RULE = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
const SECOND = fromSeconds(1);

function run(
  rows: readonly RowSketch[],
  cpus: readonly number[],
  more: Partial<SimulationSketch> & { set?: Record<string, number | string> } = {},
) {
  const settings = new ParameterValues(sparrow.parameters, { delay: 0, ...more.set });
  const parts = sparrow.build(settings, { space: CPUS, machines: [], frameworks: [], forecast: undefined });
  return onCores(cpus, rows, { parts, ...more });
}

const one = { needs: { cpus: 1 }, runs: 10 };

describe('batch sampling with late binding', () => {
  test('gives a task to the probed worker that has room first, whichever that is', async () => {
    // Both workers are probed for everything; the one with the short task has room first.
    const rows = [
      { ...one, runs: 100 },
      { ...one, runs: 5 },
      { ...one, at: 1 },
    ];
    const result = await run(rows, [1, 1]);
    expect(firstStarts(result)).toEqual([0, 0, 5]);
  });

  test('serves the probes of a worker in the order of their coming, and drops those that come too late', async () => {
    const rows = [
      { ...one, tasks: 2 },
      { ...one, at: 1, tasks: 2 },
      { ...one, at: 2 },
    ];
    const result = await run(rows, [1, 1]);
    expect(firstStarts(result)).toEqual([0, 0, 10, 10, 20]);
  });

  test('lets a large task at the head of a queue hold up the small ones behind it', async () => {
    const rows = [one, { at: 1, needs: { cpus: 2 }, runs: 10 }, { ...one, at: 2 }];
    expect(firstStarts(await run(rows, [2]))).toEqual([0, 10, 20]);
  });

  test('costs a message to the worker and, when its turn comes, one each way for the task', async () => {
    const rows = [one, { ...one, at: 1 }];
    const result = await run(rows, [1], {
      set: { delay: SECOND },
      decisionTimes: { perJob: 4 * SECOND, perTask: 0 },
    });
    // 4 s of thought, 1 s to the worker, 2 s for the task; the second has its turn at 17.
    expect(firstStarts(result)).toEqual([7, 19]);
  });

  test('probes again for tasks whose workers left, and for those whose machine failed under them', async () => {
    const rows = [
      { ...one, tasks: 2 },
      { ...one, at: 1 },
    ];
    const result = await run(rows, [1, 1], {
      set: { probes: 1 },
      machineEvents: [{ time: 2 * SECOND, machine: 0, state: 'down' }],
      seed: '3',
    });
    const ends = story(result, 'ended').map((line) => line.replace(/task \d/, 'task'));
    expect(ends).toHaveLength(3);
    expect(ends.every((line) => line.endsWith('m1 finished'))).toBe(true);
  });

  test('waits for a machine to come back when there is none that could take the task', async () => {
    const result = await run([{ ...one, at: 1 }], [1], {
      machineEvents: [
        { time: 0, machine: 0, state: 'down' },
        { time: 7 * SECOND, machine: 0, state: 'up' },
      ],
    });
    expect(firstStarts(result)).toEqual([7]);
  });

  test('drops a worker that left while a task was on its way to it', async () => {
    const result = await run([one], [1, 1], {
      set: { delay: SECOND, probes: 2 },
      machineEvents: [
        { time: 2 * SECOND, machine: 0, state: 'draining' },
        { time: 2 * SECOND, machine: 1, state: 'draining' },
        { time: 9 * SECOND, machine: 1, state: 'up' },
      ],
    });
    expect(story(result, 'started')).toEqual(['12 task 0 started m1']);
  });

  test('starts a gang when the workers it probes have room for all of it at once', async () => {
    const rows = [
      { ...one, tasks: 2, runs: 3.5 },
      { ...one, at: 1, tasks: 3, gang: true },
    ];
    const result = await run(rows, [2, 2]);
    expect(firstStarts(result)).toEqual([0, 0, 4, 4, 4]);
  });

  test('starts a gang that stands on the probed workers in one way only', async () => {
    // First fit puts the small members on one machine each, or both on one: 1 + 3 on each machine is the only way.
    const rows: RowSketch[] = [
      { job: 'gang', gang: true, tasks: 2, needs: { cpus: 1 }, runs: 10 },
      { job: 'gang', gang: true, tasks: 2, needs: { cpus: 3 }, runs: 10 },
    ];
    expect(firstStarts(await run(rows, [4, 4]))).toEqual([0, 0, 0, 0]);
  });

  test('starts a gang with a spread rule that first fit cannot place', async () => {
    // At most one task per rack. The small task fits everywhere, the large one only on the first machine.
    const rows: RowSketch[] = [
      { job: 'gang', gang: true, needs: { cpus: 1 }, runs: 10, rule: 1 },
      { job: 'gang', gang: true, needs: { cpus: 4 }, runs: 10, rule: 1 },
    ];
    const spread = [{ attribute: 'rack', atMost: 1 }];
    const rules = [undefined, { ...NO_RULE, spread }];
    const attributes = [{ rack: 'a' }, { rack: 'b' }];
    for (const seed of ['1', '2', '3', '4']) {
      const terms = { rules, attributes, seed, set: { delay: '0s' } };
      expect(await startsUnder('sparrow', [{ cpus: 4 }, { cpus: 1 }], rows, terms)).toEqual([
        '0 task 0 started m1',
        '0 task 1 started m0',
      ]);
    }
  });

  test('probes more and more workers for a gang whose rules suit few sets of them', async () => {
    // One rack of 4 among 40 racks of 2 holds the gang. It finds all workers after log2(84 / 8) vain probes at most.
    const machines = Array.from({ length: 84 }, () => ({ cpus: 1 }));
    const attributes = machines.map((_, machine) => ({ rack: machine < 4 ? 'wide' : `r${machine >> 1}` }));
    const rows: RowSketch[] = [{ job: 'gang', gang: true, tasks: 4, needs: { cpus: 1 }, runs: 10, rule: 1 }];
    const rules = [undefined, { ...NO_RULE, together: ['rack'] }];
    for (const seed of ['1', '2', '3', '4', '5', '6']) {
      const terms = { rules, attributes, seed, set: { delay: '0s' } };
      const [start] = firstStarts(await runPreset('sparrow', machines, rows, terms));
      expect(start).toBeLessThanOrEqual(4);
    }
  });
});

describe('sampling with early binding', () => {
  test('by task queues at the less loaded of two workers', async () => {
    const rows = [
      { ...one, runs: 100 },
      { ...one, at: 1, runs: 5 },
      { ...one, at: 2, runs: 5 },
    ];
    const result = await run(rows, [1, 1], { set: { sampling: 'per-task' } });
    expect(firstStarts(result)[1]).toBe(1);
  });

  test('by batch spreads the tasks of a job over the least loaded workers, one each', async () => {
    const rows = [
      { ...one, tasks: 2, runs: 100 },
      { ...one, at: 1, tasks: 2, runs: 100 },
    ];
    const result = await run(rows, [4, 4, 4, 4], { set: { sampling: 'batch' }, until: 50 });
    const machines = story(result, 'started').map((line) => line.slice(-2));
    expect(new Set(machines).size).toBe(4);
  });

  test('binds for good: a task waits for its worker though another has room', async () => {
    const rows = [
      { ...one, tasks: 1, runs: 20 },
      { ...one, at: 1, tasks: 2, runs: 5 },
    ];
    const late = await run(rows, [1, 1], { set: { sampling: 'late-binding' } });
    const early = await run(rows, [1, 1], { set: { sampling: 'batch' } });
    expect(firstStarts(late).toSorted()).toEqual([0, 1, 6]);
    expect(firstStarts(early).toSorted()).toEqual([0, 1, 20]);
  });
});
