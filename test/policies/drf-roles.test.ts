import { describe, expect, test } from 'vitest';
import {
  Cluster,
  FOREVER,
  InputError,
  type MachineSpec,
  ParameterValues,
  parseParameter,
  type ResourceSpace,
} from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { PolicyContext, TwoLevelParts } from '../../src/policies/policy.js';
import { drf } from '../../src/policies/presets/drf.js';
import { CPUS, CPUS_MEM_GPUS, firstStarts, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';
import { fakeAllocation } from './fake-allocation.js';

const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

function partsOf(
  set: Readonly<Record<string, string>>,
  space: ResourceSpace = CPUS,
  machines: readonly MachineSpec[] = [],
): TwoLevelParts {
  const values = drf.parameters
    .filter(({ name }) => set[name] !== undefined)
    .map((parameter) => [parameter.name, parseParameter(parameter, set[parameter.name] as string)] as const);
  const settings = new ParameterValues(drf.parameters, Object.fromEntries(values));
  const context: PolicyContext = { space, machines, frameworks: FRAMEWORKS, forecast: undefined };
  return drf.build(settings, context) as TwoLevelParts;
}

/** Machines of one core, and frameworks that would each fill them all for ever. */
async function fill(set: Readonly<Record<string, string>>, machines = 12): Promise<number[]> {
  const rows = rowsOf(
    CPUS,
    FRAMEWORKS.map((_, framework) => ({ framework, tasks: machines, needs: { cpus: 1 }, runs: FOREVER })),
  );
  const { cluster } = await simulate({
    space: CPUS,
    machines: machinesOf(
      CPUS,
      Array.from({ length: machines }, () => ({ cpus: 1 })),
    ),
    trace: traceOf(CPUS, rows, { frameworks: FRAMEWORKS }),
    parts: partsOf(set),
    until: 60,
  });
  return [...cluster.jobs.running.subarray(0, FRAMEWORKS.length)];
}

describe('roles of the preset drf', () => {
  test('are the frameworks themselves, with equal shares, where nothing is said', async () => {
    expect(await fill({})).toEqual([4, 4, 4]);
  });

  test('share first between the top-level ones, then below them', async () => {
    expect(await fill({ roles: 'a:x/1,b:x/2,c:y' })).toEqual([3, 3, 6]);
  });

  test('have weights by path', async () => {
    expect(await fill({ roles: 'a:x/1,b:x/2,c:y', weights: 'x:2,x/1:3' })).toEqual([6, 2, 4]);
    expect(await fill({ weights: 'b:2' })).toEqual([3, 6, 3]);
  });

  test('may be one for several frameworks, which share it', async () => {
    expect(await fill({ roles: 'a:x,b:x' })).toEqual([3, 3, 6]);
  });
});

describe('quota of the preset drf', () => {
  test('keeps a role within its limit, whoever leaves machines idle for it', async () => {
    expect(await fill({ limits: 'a:cpus=2,b:cpus=3,c:cpus=4' })).toEqual([2, 3, 4]);
  });

  test('of a parent binds what its children hold together, and is asked of the parent alone', async () => {
    expect(await fill({ roles: 'a:x,b:x,c:y', limits: 'x:cpus=4' })).toEqual([2, 2, 8]);
  });

  test('gives a role its guarantee before the others share', async () => {
    expect(await fill({ guarantees: 'a:cpus=8' })).toEqual([8, 2, 2]);
  });

  test('holds a guarantee back for a role that comes late', async () => {
    const rows = rowsOf(CPUS, [
      { at: 0, framework: 0, tasks: 4, needs: { cpus: 1 }, runs: FOREVER },
      { at: 10, framework: 1, tasks: 4, needs: { cpus: 1 }, runs: FOREVER },
    ]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 2 }, { cpus: 2 }]),
      trace: traceOf(CPUS, rows, { frameworks: FRAMEWORKS }),
      parts: partsOf({ guarantees: 'b:cpus=3' }),
      until: 60,
    });
    expect([...result.cluster.jobs.running.subarray(0, 2)]).toEqual([1, 3]);
    expect(firstStarts(result).filter((start) => start !== undefined)).toEqual([0, 10, 10, 10]);
  });

  test('of a parent serves and binds the roles below it', async () => {
    expect(await fill({ roles: 'a:x/1,b:x/2,c:y', guarantees: 'x:cpus=8' })).toEqual([4, 4, 4]);
    expect(await fill({ roles: 'a:x/1,b:x/2,c:y', limits: 'x:cpus=3' })).toEqual([2, 1, 9]);
    expect(await fill({ roles: 'a:x/1', guarantees: 'x:cpus=6,x/1:cpus=2' })).toEqual([6, 3, 3]);
  });

  test('of a role below is kept from the others of its parent', async () => {
    const both = { roles: 'a:x/1,b:x/2,c:y', guarantees: 'x:cpus=10,x/2:cpus=7' };
    expect(await fill(both)).toEqual([3, 7, 2]);
    expect(await fill({ ...both, limits: 'x/2:cpus=7,x/1:cpus=1' })).toEqual([1, 7, 2]);
  });

  test('holds nothing on machines that take no tasks', () => {
    const setup = { resources: ['cpus'], frameworks: [{ name: 'a' }, { name: 'b' }], content: [1] };
    const guarantee = new Map([['b', { guarantee: { cpus: 2 }, limit: {} }]]);
    const twoFree = fakeAllocation({ ...setup, machines: [[2], [2]] });
    twoFree.call(drfAllocator({ quotas: guarantee }));
    expect(twoFree.notes).toEqual(['a 0']);
    const oneFree = fakeAllocation({ ...setup, machines: [[2], [2]], closedFree: [2] });
    oneFree.call(drfAllocator({ quotas: guarantee }));
    expect(oneFree.notes).toEqual([]);
  });

  test('cuts a machine between roles', async () => {
    const rows = rowsOf(CPUS, [
      { framework: 0, tasks: 9, needs: { cpus: 1 }, runs: FOREVER },
      { framework: 1, tasks: 9, needs: { cpus: 1 }, runs: FOREVER },
    ]);
    const { cluster } = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 9 }]),
      trace: traceOf(CPUS, rows, { frameworks: FRAMEWORKS }),
      parts: partsOf({ limits: 'a:cpus=2' }),
      until: 60,
    });
    expect([...cluster.jobs.running.subarray(0, 2)]).toEqual([2, 7]);
  });
});

describe('a part of a machine', () => {
  test('has GPUs in whole devices, as many as fit into what is offered', () => {
    const cluster = new Cluster(CPUS_MEM_GPUS);
    const machine = cluster.addMachine({
      name: 'm0',
      capacity: CPUS_MEM_GPUS.quanta({ cpus: 8, mem: 64, gpus: 4 }),
    });
    const framework = cluster.addFramework({ name: 'a' });
    expect(cluster.offered.hasFree(cluster.free, machine, [4000, 16, 2500])).toBe(true);
    cluster.offer(framework, machine, [4000, 16, 2500]);
    expect([...cluster.free.free.subarray(0, 3)]).toEqual([4000, 48, 2000]);
    expect([...cluster.free.gpuFree.subarray(0, 4)]).toEqual([0, 0, 1000, 1000]);
    expect([...cluster.offered.byFramework.subarray(0, 3)]).toEqual([4000, 16, 2000]);
    cluster.returnOffer(framework, machine);
    expect([...cluster.free.gpuFree.subarray(0, 4)]).toEqual([1000, 1000, 1000, 1000]);
    expect([...cluster.free.free.subarray(0, 3)]).toEqual([8000, 64, 4000]);
  });

  test('is nothing that is not free, not whole, or nothing at all', () => {
    const cluster = new Cluster(CPUS_MEM_GPUS);
    const machine = cluster.addMachine({
      name: 'm0',
      capacity: CPUS_MEM_GPUS.quanta({ cpus: 8, mem: 64, gpus: 1 }),
    });
    const framework = cluster.addFramework({ name: 'a' });
    const wrong = [
      [8001, 0, 0],
      [-1, 1, 0],
      [0.5, 1, 0],
      [0, 0, 0],
      [0, 0, 999],
    ];
    for (const amounts of wrong) {
      expect(cluster.offered.hasFree(cluster.free, machine, amounts)).toBe(false);
      expect(() => cluster.offer(framework, machine, amounts)).toThrow(/less free than is to be offered/);
    }
  });
});

describe('settings of the preset drf', () => {
  test.each([
    ['roles', 'd:x', /roles: found "d", expected one of the frameworks a, b, c/],
    ['roles', 'a:x//y', /roles: found "x\/\/y", expected a path/],
    ['weights', 'd:2', /weights: found "d", expected a path of the roles a, b, c/],
    ['weights', 'a:0', /weights: found "a:0", expected a weight above 0/],
    ['limits', 'a:mem=2', /limits: found "mem", expected one of cpus/],
    ['guarantees', 'd:cpus=2', /guarantees: found "d", expected a path of the roles a, b, c/],
    ['fairnessExclude', 'gpu', /fairnessExclude: unknown resource "gpu"/],
    ['minAllocatable', 'cpu:1', /minAllocatable: unknown resource "cpu"/],
    ['limits', 'a', /limits: found "a", expected role:resource=amount/],
    ['roleSorter', 'fair', /roleSorter: found "fair", expected one of drf, random/],
  ])('%s=%s is refused in one line', (name, value, message) => {
    expect(() => partsOf({ [name]: value })).toThrow(InputError);
    expect(() => partsOf({ [name]: value })).toThrow(message);
  });

  test('a limit below the guarantee is refused', () => {
    expect(() => partsOf({ guarantees: 'a:cpus=3', limits: 'a:cpus=2' })).toThrow(
      /the limit of a for cpus is below its guarantee/,
    );
  });

  test.each([
    [{ guarantees: 'a:cpus=13' }, /guarantees: the guarantee of a is 13 cpus, but the machines have 12 cpus/],
    [
      { guarantees: 'a:cpus=8,b:cpus=5' },
      /guarantees: the guarantees of a, b add up to 13 cpus, but the machines have 12 cpus/,
    ],
    [
      { roles: 'a:x/1,b:x/2', guarantees: 'x/1:cpus=7,x/2:cpus=6' },
      /guarantees: the guarantees of x\/1, x\/2 add up to 13 cpus, but the machines have 12 cpus/,
    ],
    [
      { roles: 'a:x/1,b:x/2', guarantees: 'x:cpus=4,x/1:cpus=3,x/2:cpus=2' },
      /guarantees: the guarantees of x\/1, x\/2 add up to 5 cpus, but x has a guarantee of 4 cpus/,
    ],
    [
      { roles: 'a:x/1,b:x/2', limits: 'x:cpus=4', guarantees: 'x/1:cpus=3,x/2:cpus=2' },
      /limits: the limit of x is 4 cpus, but the guarantees of x\/1, x\/2 add up to 5 cpus/,
    ],
    [
      { roles: 'a:x/1/p,b:x/2', limits: 'x:cpus=2', guarantees: 'x/1/p:cpus=3' },
      /limits: the limit of x is 2 cpus, but the guarantees of x\/1\/p add up to 3 cpus/,
    ],
  ])('%j is refused, because it cannot be kept', (set, message) => {
    const machines = machinesOf(CPUS, [{ cpus: 8 }, { cpus: 4 }]);
    expect(() => partsOf(set, CPUS, machines)).toThrow(InputError);
    expect(() => partsOf(set, CPUS, machines)).toThrow(message);
  });

  test('a minimum keeps small rests from being offered, and an excluded resource makes no share', async () => {
    expect(await fill({ minAllocatable: 'cpus:2' })).toEqual([0, 0, 0]);
    // Without shares, offers go round by their number alone.
    expect(await fill({ fairnessExclude: 'cpus', weights: 'a:5' })).toEqual([4, 4, 4]);
  });

  test('random sorters and a random order of machines still fill the cluster', async () => {
    for (const set of [
      { roleSorter: 'random' },
      { roles: 'a:x,b:x,c:x', frameworkSorter: 'random' },
      { machineOrder: 'random' },
    ])
      expect((await fill(set)).reduce((sum, count) => sum + count)).toBe(12);
  });
});
