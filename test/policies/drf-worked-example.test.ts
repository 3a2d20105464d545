import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, NONE, ResourceSpace } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { Scheduler } from '../../src/policies/contract.js';
import type { TwoLevelParts } from '../../src/policies/policy.js';
import { eventsOf, firstStarts, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

/**
 * Ghodsi et al., "Dominant Resource Fairness", NSDI 2011, section 4.1: <9 CPU, 18 GB>, tasks of A <1, 4>, of B <3, 1>.
 *
 * Offers are coarse: all that is free on a machine goes to one framework, which would fill it. Progressive filling, as in
 * the paper, is then what frameworks do that start **one task per offer** and give the rest back at once, without a
 * filter: each batch offers the machine to the framework with the lowest dominant share, so tasks start one per second.
 */
const oneTaskPerOffer: Scheduler = {
  name: 'one task per offer',
  schedule(view, act) {
    const task = view.queue.first;
    const machine = view.machines.firstFit(task);
    if (machine !== NONE) act.start(task, machine);
  },
};

function drfParts(weights: Readonly<Record<string, number>> = {}): TwoLevelParts {
  return {
    architecture: 'two-level',
    allocator: drfAllocator({
      minimum: [{ cpus: 10 }, { mem: 32 }],
      weights: new Map(Object.entries(weights)),
    }),
    scheduler: () => oneTaskPerOffer,
    terms: { interval: fromSeconds(1), hold: 0, refuse: 0, timeout: FOREVER },
  };
}

const SPACE = new ResourceSpace(['cpus', 'mem']);
const GIB = 1024;

/** Two frameworks with more tasks than can ever run, on one machine, for as long as it takes to fill it. */
function fill(names: readonly [string, string], weights: Readonly<Record<string, number>> = {}) {
  const rows = rowsOf(SPACE, [
    { framework: 0, tasks: 20, needs: { cpus: 1, mem: 4 * GIB }, runs: FOREVER },
    { framework: 1, tasks: 20, needs: { cpus: 3, mem: 1 * GIB }, runs: FOREVER },
  ]);
  return simulate({
    space: SPACE,
    machines: machinesOf(SPACE, [{ cpus: 9, mem: 18 * GIB }]),
    trace: traceOf(SPACE, rows, { frameworks: names.map((name) => ({ name })) }),
    parts: drfParts(weights),
    until: 30,
  });
}

type Filled = Awaited<ReturnType<typeof fill>>;

function order(result: Filled): string {
  const started = eventsOf(result).filter(({ event }) => event === 'started');
  return started.map(({ framework }) => framework).join('');
}

function allocatedTo(result: Filled, framework: number): number[] {
  return [...result.cluster.frameworkAllocated.subarray(framework * 2, framework * 2 + 2)];
}

describe('the worked example of the DRF paper', () => {
  test('ends with 3 tasks of A and 2 of B, and dominant shares of two thirds each', async () => {
    const result = await fill(['A', 'B']);
    expect(allocatedTo(result, 0)).toEqual([3000, 12 * GIB]);
    expect(allocatedTo(result, 1)).toEqual([6000, 2 * GIB]);
    const shares = result.recorder.frameworks.map((framework) => framework.dominantShare.peak);
    expect(shares).toEqual([2 / 3, 2 / 3]);
    expect([...result.cluster.allocated]).toEqual([9000, 14 * GIB]);
  });

  test('is filled in the order A B A B A by the rule "lowest share, then name"', async () => {
    expect(order(await fill(['A', 'B']))).toBe('ABABA');
  });

  test('is filled in the order of the paper, B first, when B is the name that comes first', async () => {
    // The paper's table 1 starts with B: what is called B there is called 1 here, and A is 2.
    const result = await fill(['2', '1']);
    expect(order(result)).toBe('12212');
    expect(result.recorder.frameworks.map((framework) => framework.dominantShare.peak)).toEqual([
      2 / 3,
      2 / 3,
    ]);
  });

  test('starts one task per batch', async () => {
    const starts = firstStarts(await fill(['A', 'B'])).filter((start) => start !== undefined);
    expect(starts.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test('with a weight of 2 for B goes by half of its share, and ends with B next by share but nowhere to place it', async () => {
    // Shares over weights: A 2/9, B 1/6, B 1/3, A 4/9. Then B is lowest, <1, 8> is left, and B declines it every time:
    // without a filter nobody else is asked (Mesos with refuse_seconds 0).
    const result = await fill(['A', 'B'], { B: 2 });
    expect(order(result)).toBe('ABBA');
    const declined = eventsOf(result).filter(({ detail }) => detail.startsWith('declined'));
    expect(declined.length).toBeGreaterThan(20);
    expect(new Set(declined.map(({ framework }) => framework))).toEqual(new Set(['B']));
  });

  test('with a weight of 4 for A gives A 4 tasks, all that the memory holds, and B 1', async () => {
    // A's shares over 4 are 1/18, 2/18, 3/18, 4/18: it is behind B's 1/3 until 2 GB are left.
    const result = await fill(['A', 'B'], { A: 4 });
    expect(order(result)).toBe('ABAAA');
    expect(allocatedTo(result, 0)).toEqual([4000, 16 * GIB]);
    expect(allocatedTo(result, 1)).toEqual([3000, 1 * GIB]);
  });
});

describe('progressive filling', () => {
  test('of <21, 21> by tasks of <3, 2> and <4, 1> gives 3 tasks to each', async () => {
    const rows = rowsOf(SPACE, [
      { framework: 0, tasks: 9, needs: { cpus: 3, mem: 2 * GIB }, runs: FOREVER },
      { framework: 1, tasks: 9, needs: { cpus: 4, mem: 1 * GIB }, runs: FOREVER },
    ]);
    const { cluster } = await simulate({
      space: SPACE,
      machines: machinesOf(SPACE, [{ cpus: 21, mem: 21 * GIB }]),
      trace: traceOf(SPACE, rows, { frameworks: [{ name: 'a' }, { name: 'b' }] }),
      parts: drfParts(),
      until: 30,
    });
    expect(cluster.jobs.running.subarray(0, 2)).toEqual(Int32Array.of(3, 3));
  });

  test('over many machines of one task each alternates as well', async () => {
    const rows = rowsOf(SPACE, [
      { framework: 0, tasks: 9, needs: { cpus: 1, mem: GIB }, runs: FOREVER },
      { framework: 1, tasks: 9, needs: { cpus: 1, mem: GIB }, runs: FOREVER },
      { framework: 2, tasks: 1, needs: { cpus: 1, mem: GIB }, runs: FOREVER },
    ]);
    const { cluster } = await simulate({
      space: SPACE,
      machines: machinesOf(
        SPACE,
        Array.from({ length: 9 }, () => ({ cpus: 1, mem: GIB })),
      ),
      trace: traceOf(SPACE, rows, { frameworks: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }),
      parts: drfParts(),
      until: 30,
    });
    expect(cluster.jobs.running.subarray(0, 3)).toEqual(Int32Array.of(4, 4, 1));
  });
});
