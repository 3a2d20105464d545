import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FOREVER, fromSeconds, type Observer, type TaskId } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { silosAllocator } from '../../src/policies/allocators/silos.js';
import type { Allocator, Scheduler } from '../../src/policies/contract.js';
import type { TwoLevelParts } from '../../src/policies/policy.js';
import { CPUS_MEM, listParts, machinesOf, type SimulationResult, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const FRAMEWORKS = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

/** A random run. Times are in seconds, amounts in cores. */
interface Case {
  readonly machines: readonly (readonly [cpus: number, mem: number])[];
  readonly rows: readonly RowSketch[];
  readonly allocator: keyof typeof ALLOCATORS;
  readonly interval: number;
  readonly refuse: number;
  /** The scheduler declines these machines itself, for these times. */
  readonly declines: readonly (readonly [machine: number, refuseFor: number])[];
  readonly down: readonly (readonly [at: number, machine: number])[];
  readonly patience: number;
  readonly until: number;
  readonly simultaneous: 'merge' | 'each';
}

const ALLOCATORS = {
  drf: () => drfAllocator(),
  random: () => drfAllocator({ machineOrder: 'random' }),
  quota: () => drfAllocator({ quotas: new Map([['*', { guarantee: {}, limit: { cpus: 7000 } }]]) }),
  silos: (machines: number) => silosAllocator(Int32Array.from({ length: machines }, (_, m) => m % 3)),
} satisfies Record<string, (machines: number) => Allocator>;

/** A steady scheduler, which in addition declines a few machines for times of its own. */
function declining(declines: Case['declines']): Scheduler {
  const { scheduler } = listParts('any');
  let left = 3;
  return {
    ...scheduler,
    schedule(view, act) {
      scheduler.schedule(view, act);
      if (left === 0) return;
      for (const [machine, refuseFor] of declines)
        if (act.decline(machine, fromSeconds(refuseFor)) === 'done') left--;
      left = Math.max(0, left);
    },
  };
}

/** Tells what metrics may not show: the time of each event of a task or a machine. */
function history(lines: string[]): Partial<Observer> {
  const note =
    (what: string) =>
    (task: TaskId, ...rest: readonly unknown[]) => {
      lines.push([what, task, ...rest].join(' '));
    };
  return { taskStarted: note('started'), taskEnded: note('ended'), machineChanged: note('machine') };
}

async function outcome(one: Case, needsEach: boolean) {
  const lines: string[] = [];
  const parts: TwoLevelParts = {
    architecture: 'two-level',
    allocator: ALLOCATORS[one.allocator](one.machines.length),
    scheduler: () => declining(one.declines),
    terms: {
      interval: fromSeconds(one.interval),
      hold: 0,
      refuse: fromSeconds(one.refuse),
      timeout: FOREVER,
    },
  };
  const result = await simulate({
    space: CPUS_MEM,
    machines: machinesOf(
      CPUS_MEM,
      one.machines.map(([cpus, mem]) => ({ cpus, mem })),
    ),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, one.rows), { frameworks: FRAMEWORKS }),
    parts,
    until: one.until,
    patience: one.patience,
    simultaneous: one.simultaneous,
    machineEvents: one.down
      .filter(([, machine]) => machine < one.machines.length)
      .map(([at, machine]) => ({ time: fromSeconds(at), machine, state: 'down' as const })),
    withLog: false,
    observers: () => [history(lines), ...(needsEach ? [{ offerMade() {} }] : [])],
  });
  return { events: result.simulation.eventCount, lines, metrics: metricsOf(result) };
}

function metricsOf({ cluster, recorder, simulation }: SimulationResult) {
  const { offers, fragmentationBlocked, frameworks } = recorder;
  return {
    end: simulation.end,
    tasks: recorder.tasks,
    wait: recorder.taskWait,
    counts: offers.counts,
    held: offers.held,
    offered: [0, 1].map((dimension) => offers.mean(dimension)),
    allocated: [0, 1].map((dimension) => recorder.allocation.of(dimension).mean),
    made: Array.from(cluster.offered.made.slice(0, FRAMEWORKS.length)),
    blocked: FRAMEWORKS.map((_, framework) => fragmentationBlocked.timeOf(framework)),
    shares: frameworks.map(({ dominantShare }) => dominantShare),
    pending: recorder.queue.pendingTime,
  };
}

const seconds = (most: number) => fc.nat(most * 2).map((halves) => halves / 2);

const cases: fc.Arbitrary<Case> = fc.record({
  machines: fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })), {
    minLength: 1,
    maxLength: 3,
  }),
  rows: fc
    .array(
      fc.record({
        framework: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
        at: seconds(900),
        needs: fc.record({ cpus: fc.integer({ min: 1, max: 8 }), mem: fc.integer({ min: 1, max: 8 }) }),
        tasks: fc.integer({ min: 1, max: 3 }),
        gang: fc.nat(19).map((draw) => draw === 0),
        runs: seconds(600).map((time) => time + 200.25),
      }),
      { minLength: 1, maxLength: 14 },
    )
    .map((rows) => rows.sort((a, b) => a.at - b.at)),
  allocator: fc.constantFrom('drf', 'drf', 'drf', 'drf', 'quota', 'random', 'silos'),
  interval: fc.constantFrom(1, 1, 0.5, 1.5),
  refuse: fc.constantFrom(5, 5, 0, 1, 2.5, 7.25),
  declines: fc.array(fc.tuple(fc.nat(4), seconds(12)), { maxLength: 2 }),
  down: fc.array(fc.tuple(seconds(900), fc.nat(4)), { maxLength: 2 }),
  patience: fc.constantFrom(FOREVER, FOREVER, 400),
  until: fc.constantFrom(1500, 1500, 1500, 1500, 1500, 2500, 2500, FOREVER),
  simultaneous: fc.constantFrom('merge', 'merge', 'each'),
});

test('a run that leaves rounds out ends as one with all of them', async () => {
  let leftOut = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const [fast, all] = [await outcome(one, false), await outcome(one, true)];
      expect(fast.metrics).toEqual(all.metrics);
      expect(fast.lines).toEqual(all.lines);
      if (fast.events < all.events) leftOut++;
    }),
    { numRuns: 50 },
  );
  expect(leftOut).toBeGreaterThan(12);
});

test('a long wait of one framework takes few events', async () => {
  const rows = [
    { needs: { cpus: 3, mem: 1 }, runs: 100_000 },
    { needs: { cpus: 2, mem: 1 }, runs: 1 },
  ];
  const one: Case = {
    machines: [[4, 4]],
    rows,
    allocator: 'drf',
    interval: 1,
    refuse: 5,
    declines: [],
    down: [],
    patience: FOREVER,
    until: FOREVER,
    simultaneous: 'merge',
  };
  const [fast, all] = [await outcome(one, false), await outcome(one, true)];
  expect(fast.events).toBeLessThan(30);
  expect(all.events).toBeGreaterThan(40_000);
  expect(fast.metrics.counts).toEqual(all.metrics.counts);
});
