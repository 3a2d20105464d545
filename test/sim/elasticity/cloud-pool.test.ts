import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FOREVER,
  fromSeconds,
  type MachineSpec,
  NONE,
  ParameterValues,
  parseParameter,
} from '../../../src/model/index.js';
import { silosAllocator } from '../../../src/policies/allocators/silos.js';
import type { Allocator } from '../../../src/policies/contract.js';
import { CloudPool, type CloudPoolTerms, machinesFor } from '../../../src/policies/controllers/cloud-pool.js';
import { POLICIES } from '../../../src/policies/registry.js';
import type { CloudTerms } from '../../../src/sim/elasticity/cloud-provider.js';
import {
  CPUS_MEM,
  countsOf,
  listParts,
  machinesOf,
  type SimulationSketch,
  simulate,
  story,
} from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';

const OWN = machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]);
const CLOUD: readonly MachineSpec[] = [0, 1, 2].map((i) => ({
  name: `cloud-${i}`,
  capacity: CPUS_MEM.quanta({ cpus: 10, mem: 100 }),
  supply: 'rented',
  pricePerHour: 0.5,
}));

/** Durations in seconds: 97 to start, looks every 10, 30 in the queue, 600 idle, 20 of notice; nothing is taken back. */
const TERMS: CloudPoolTerms & CloudTerms = {
  startup: fromSeconds(97),
  interval: fromSeconds(10),
  growAfter: fromSeconds(30),
  idleAfter: fromSeconds(600),
  notice: fromSeconds(20),
  lifetime: () => FOREVER,
};

const FRAMEWORKS = [{ name: 'service' }, { name: 'batch' }];

function run(
  rows: readonly RowSketch[],
  until: number,
  changes: Partial<CloudPoolTerms & CloudTerms> = {},
  more: Partial<SimulationSketch> = {},
) {
  const terms = { ...TERMS, ...changes };
  return simulate({
    space: CPUS_MEM,
    machines: [...OWN, ...CLOUD],
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { frameworks: FRAMEWORKS }),
    parts: listParts(),
    controls: { controllers: [new CloudPool(terms)], cloud: terms },
    until,
    ...more,
  });
}

/** It has all of the machine that is there for good. */
const SERVICE: RowSketch = { needs: { cpus: 10, mem: 10 }, runs: FOREVER };
const batch = (tasks: number): RowSketch => ({
  framework: 1,
  at: 100,
  tasks,
  needs: { cpus: 5, mem: 10 },
  runs: 600,
});

describe('a pool of machines of a cloud', () => {
  test('is ordered for what has waited, starts up, and is given back when it has been idle', async () => {
    // 4 x 5 cores wait from 100 on; at the look of 130 two machines are ordered, ready at 227.
    const result = await run([SERVICE, batch(4)], 2000);
    expect(story(result, 'started', 'machine').slice(3)).toEqual([
      '0 task 0 started m0',
      '227 machine cloud-0 up',
      '227 task 1 started cloud-0',
      '227 task 2 started cloud-0',
      '227 machine cloud-1 up',
      '227 task 3 started cloud-1',
      '227 task 4 started cloud-1',
      // They end at 827, are seen idle at 830, and 600 s later still.
      '1430 machine cloud-0 down',
      '1430 machine cloud-1 down',
    ]);
    // From the order at 130 to 1430.
    expect(result.recorder.cost?.rentedHours).toBeCloseTo((2 * 1300) / 3600, 9);
    expect(result.recorder.cost?.rented).toBeCloseTo((0.5 * 2 * 1300) / 3600, 9);
  });

  test('is not ordered for tasks above the limit of their role, which wait for other tasks of the role', async () => {
    const names = FRAMEWORKS.map(({ name }) => ({ name, role: name, weight: 1 }));
    const rows = [
      { ...SERVICE, needs: { cpus: 2, mem: 10 } },
      { ...batch(3), at: 0, runs: 1000 },
      { ...batch(2), job: 'gang', gang: true },
    ];
    const orders = async (limits: string) => {
      const preset = POLICIES.find(({ name }) => name === 'drf') as (typeof POLICIES)[number];
      const parameter = preset.parameters.find(
        ({ name }) => name === 'limits',
      ) as (typeof preset.parameters)[number];
      const settings = new ParameterValues(preset.parameters, { limits: parseParameter(parameter, limits) });
      const machines = [...OWN, ...CLOUD];
      const parts = preset.build(settings, {
        space: CPUS_MEM,
        machines,
        frameworks: names,
        forecast: undefined,
      });
      const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { frameworks: names });
      const result = await run([], 400, {}, { parts, trace });
      return story(result, 'machine').filter((line) => line.endsWith(' up')).length;
    };
    expect(await orders('service:cpus=100')).toBe(2);
    // One task of 5 cores runs, another one may be added, and then no more.
    expect(await orders('batch:cpus=10')).toBe(1);
    expect(await orders('batch:cpus=5')).toBe(0);
  });

  describe('beside tasks that the policy keeps waiting', () => {
    // B fits only beside A, as if it needed a device of the own machine; C fits anywhere, and first come is first served.
    const A: RowSketch = { job: 'A', needs: { cpus: 1, mem: 10 }, runs: 3000 };
    const B: RowSketch = { job: 'B', at: 1, needs: { cpus: 1, mem: 150 }, runs: 1000 };
    const C: RowSketch = { job: 'C', at: 2, needs: { cpus: 1, mem: 10 }, runs: 1000 };
    const machines = [...machinesOf(CPUS_MEM, [{ cpus: 10, mem: 155 }]), ...CLOUD];
    const machineStory = async (rows: readonly RowSketch[]) => {
      const result = await run(rows, 3600, {}, { machines, parts: listParts('none') });
      return story(result, 'machine').slice(3);
    };

    test('is ordered once, and not again before anything has changed', async () => {
      // Ordered at the look of 40, up 97 s later, seen idle at 140. When A ends, B leaves no room for C, which may start now.
      expect(await machineStory([A, B, C])).toEqual([
        '137 machine cloud-0 up',
        '740 machine cloud-0 down',
        '3097 machine cloud-0 up',
      ]);
    });

    test('is ordered for what came later, and again after a task has ended', async () => {
      // Ordered at the looks of 40, of 990 when D ends, of 2030 for E, and of 3000 when A ends.
      const D: RowSketch = { job: 'D', needs: { cpus: 1, mem: 5 }, runs: 990 };
      const later: RowSketch = { ...C, job: 'E', at: 2000 };
      expect((await machineStory([A, D, B, C, later])).filter((line) => line.endsWith(' up'))).toEqual([
        '137 machine cloud-0 up',
        '1087 machine cloud-0 up',
        '2127 machine cloud-0 up',
        '3097 machine cloud-0 up',
      ]);
    });
  });

  test('is not ordered for frameworks with machines of their own', async () => {
    const terms = { interval: fromSeconds(1), hold: 0, refuse: fromSeconds(5), timeout: FOREVER };
    const parts = {
      architecture: 'two-level' as const,
      scheduler: () => listParts('any').scheduler,
      terms,
    };
    const rows = [{ ...batch(3), framework: 0, at: 0 }];
    const ordered = async (allocator: Allocator) =>
      story(await run(rows, 400, {}, { parts: { ...parts, allocator } }), 'machine').filter((line) =>
        line.endsWith(' up'),
      );
    expect(await ordered(silosAllocator([0, NONE, NONE, NONE]))).toEqual([]);
    expect(await ordered(silosAllocator([0, 0, NONE, NONE]))).toEqual(['127 machine cloud-0 up']);
  });

  test('is not ordered for tasks whose rules forbid its machines, nor for more tasks than they allow', async () => {
    const spread = [{ attribute: 'rack', atMost: 1 }];
    const rule = { spread, together: [], avoid: [], beside: [], prefers: [] };
    const rows = [SERVICE, { ...batch(3), rule: 1, runs: FOREVER }];
    const machines = [
      ...OWN.map((spec) => ({ ...spec, attributes: { rack: 'own' } })),
      ...CLOUD.map((spec) => ({ ...spec, attributes: { rack: 'cloud' } })),
    ];
    const trace = traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), {
      frameworks: FRAMEWORKS,
      rules: [undefined, rule],
    });
    const result = await run([], 5000, {}, { machines, trace });
    expect(story(result, 'started', 'machine').slice(3)).toEqual([
      '0 task 0 started m0',
      '227 machine cloud-0 up',
      '227 task 1 started cloud-0',
    ]);
  });

  test('is ordered for a gang only if it can hold the gang, together with the machines that are up', async () => {
    const gang = (tasks: number): RowSketch => ({
      ...batch(tasks),
      gang: true,
      needs: { cpus: 10, mem: 10 },
    });
    const tooWide = await run([SERVICE, gang(4)], 2000);
    expect(story(tooWide, 'started', 'machine').slice(3)).toEqual(['0 task 0 started m0']);
    const threeWide = await run([SERVICE, gang(3)], 500);
    expect(story(threeWide, 'started').slice(1)).toEqual([
      '227 task 1 started cloud-0',
      '227 task 2 started cloud-1',
      '227 task 3 started cloud-2',
    ]);
    const withOwn = await run([gang(4)], 500);
    expect(story(withOwn, 'started')).toHaveLength(4);
  });

  test('is ordered for a gang of members that differ, in whatever order they must be placed', async () => {
    const small: MachineSpec = { ...CLOUD[0], capacity: CPUS_MEM.quanta({ cpus: 2, mem: 100 }) };
    const member = (cpus: number) => ({ ...batch(1), job: 'gang', gang: true, needs: { cpus, mem: 10 } });
    const result = await run([member(2), member(10)], 500, {}, { machines: [...OWN, small] });
    // In order of the members, the first would take the room that only the second needs.
    expect(story(result, 'started')).toEqual(['227 task 1 started m0', '227 task 0 started cloud-0']);
  });

  test('is not ordered for what its machines could not take, nor beyond its size', async () => {
    const huge: RowSketch = { framework: 1, at: 100, needs: { cpus: 11, mem: 10 }, runs: 600 };
    const none = await run([SERVICE, huge], 500);
    expect(none.recorder.cost?.rentedHours).toBe(0);
    const many = await run([SERVICE, batch(50)], 500);
    expect(story(many, 'machine').filter((line) => line.endsWith('up'))).toHaveLength(3);
  });

  test('is not for services that stay on the machines of their own', async () => {
    const result = await run(
      [SERVICE, batch(2)],
      500,
      {},
      {
        constraintsOf: () => [{ attribute: 'supply', operator: 'equal', values: ['own'] }],
      },
    );
    expect(story(result, 'machine').filter((line) => line.endsWith('up'))).toHaveLength(0);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ running: 1, pending: 2 });
  });

  test('loses a spot machine after a notice, and what ran there starts again on the next', async () => {
    // Ready at 227, noticed at 327, taken back at 347; ordered again at the look of 350, ready at 447.
    const result = await run([SERVICE, batch(2)], 1000, { lifetime: () => fromSeconds(100) });
    expect(story(result, 'killed', 'machine').slice(3, 8)).toEqual([
      '227 machine cloud-0 up',
      '327 machine cloud-0 draining',
      '347 task 1 killed cloud-0 interrupted',
      '347 task 2 killed cloud-0 interrupted',
      '347 machine cloud-0 down',
    ]);
    expect(story(result, 'started').slice(3)).toContain('447 task 1 started cloud-0');
    expect(result.recorder.evictions.get('interrupted')).toBeGreaterThanOrEqual(2);
  });

  test('is charged to those who had it, with the data that they sent out, and the rest is idle', async () => {
    const { recorder } = await run([SERVICE, batch(4)], 2000);
    // Half of the cores and a tenth of the memory of a machine, 0.5 an hour, for 600 s, four times.
    expect(recorder.cost?.chargedTo(1)).toBeCloseTo((4 * 0.3 * 0.5 * 600) / 3600, 9);
    expect(recorder.cost?.chargedTo(0)).toBe(0);
  });
});

test('as many machines are ordered as hold the largest of the sums that wait', () => {
  expect(machinesFor([25_000, 10], [10_000, 100])).toBe(3);
  expect(machinesFor([5_000, 500], [10_000, 100])).toBe(5);
  expect(machinesFor([0, 0], [10_000, 100])).toBe(0);
  expect(machinesFor([0, 0, 70], [10_000, 100, 0])).toBe(0);
});

describe.each(['bin-packing', 'drf', 'easy', 'omega', 'sparrow', 'whole-cell-offers'])(
  'under any spot market %s',
  (name) => {
    test('loses and doubles no task, and pays for what it had', async () => {
      const policy = POLICIES.find((one) => one.name === name);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ at: fc.nat(500), tasks: fc.integer({ min: 1, max: 4 }) }), { maxLength: 6 }),
          fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 5 }),
          async (jobs, lifetimes) => {
            let drawn = 0;
            const rows = jobs
              .sort((a, b) => a.at - b.at)
              .map(({ at, tasks }) => ({ ...batch(tasks), at, runs: 200 }));
            const { recorder, cluster } = await run(
              [SERVICE, ...rows],
              2500,
              {
                lifetime: () => fromSeconds(lifetimes[drawn++ % lifetimes.length]),
                idleAfter: fromSeconds(100),
              },
              {
                parts:
                  policy?.build(new ParameterValues(policy.parameters), {
                    space: CPUS_MEM,
                    machines: OWN,
                    frameworks: FRAMEWORKS,
                    forecast: undefined,
                  }) ?? listParts(),
              },
            );
            const counts = countsOf(recorder.tasks);
            expect(counts.submitted).toBe(
              counts.finished +
                counts.failed +
                counts.abandoned +
                counts.rejected +
                counts.running +
                counts.pending,
            );
            expect(cluster.allocated[0]).toBeLessThanOrEqual(cluster.total[0]);
            const cost = recorder.cost;
            expect(cost?.chargedTo(1)).toBeLessThanOrEqual((cost?.rented ?? 0) + 1e-9);
          },
        ),
        { numRuns: 20 },
      );
    });
  },
);
