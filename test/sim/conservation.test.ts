import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PENDING, RUNNING } from '../../src/metrics/collectors/queue-metrics.js';
import { FOREVER, fromSeconds, toSeconds } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { tasksIn } from '../attempts.js';
import {
  CPUS_MEM,
  countsOf,
  integral,
  listParts,
  machinesOf,
  type SimulationResult,
  simulate,
} from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** Rows in tenths of seconds, so that sums of times are exact enough to compare closely. */
const row = fc.record({
  gap: fc.nat(40),
  framework: fc.nat(2),
  tasks: fc.integer({ min: 1, max: 4 }),
  cpus: fc.integer({ min: 1, max: 4 }),
  mem: fc.integer({ min: 0, max: 8 }),
  runs: fc.integer({ min: 0, max: 80 }),
  failsAfter: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 4 }),
  estimate: fc.option(fc.integer({ min: 1, max: 90 }), { freq: 4 }),
});
const machineEvent = fc.record({
  time: fc.nat(400),
  machine: fc.nat(2),
  state: fc.constantFrom('up' as const, 'down' as const, 'draining' as const),
});
const scenario = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 25, size: 'max' }),
  events: fc.array(machineEvent, { maxLength: 6 }),
  until: fc.option(fc.integer({ min: 50, max: 500 }), { freq: 2 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const MACHINES = machinesOf(CPUS_MEM, [
  { cpus: 4, mem: 8 },
  { cpus: 8, mem: 8 },
  { cpus: 2, mem: 16 },
]);

const PARTS: Record<string, () => PolicyParts> = {
  monolithic: () => listParts('any', 'best-fit'),
  'two-level': () => ({
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [{ cpus: 10 }, { mem: 1 }] }),
    scheduler: () => listParts().scheduler,
    terms: { interval: fromSeconds(1), hold: fromSeconds(0.5), refuse: fromSeconds(2), timeout: FOREVER },
  }),
};

function run(drawn: Scenario, parts: PolicyParts): Promise<SimulationResult> {
  let at = 0;
  const sketches: RowSketch[] = drawn.rows.map((one) => {
    at += one.gap;
    return {
      at: at / 10,
      framework: one.framework,
      tasks: one.tasks,
      needs: { cpus: one.cpus, mem: one.mem },
      runs: one.runs / 10,
      ...(one.failsAfter !== null && { failsAfter: one.failsAfter / 10 }),
      ...(one.estimate !== null && { estimate: one.estimate / 10 }),
    };
  });
  return simulate({
    space: CPUS_MEM,
    machines: MACHINES,
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, sketches), {
      frameworks: ['a', 'b', 'c'].map((name) => ({ name })),
    }),
    parts,
    // A machine that stays down could keep tasks waiting for ever, which is no matter: the run ends then.
    machineEvents: drawn.events.map((event) => ({ ...event, time: fromSeconds(event.time / 10) })),
    ...(drawn.until !== null && { until: drawn.until / 10 }),
  });
}

describe.each(Object.keys(PARTS))('in any run of a %s architecture', (name) => {
  test("Little's law holds: the time integral of the queue is the sum of the waits, and of what runs the sum of the runs", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const result = await run(drawn, PARTS[name]());
        const { recorder, simulation } = result;
        const end = toSeconds(simulation.end);
        let waited = 0;
        let ran = 0;
        for (const task of tasksIn(result)) {
          const running = task.attempts.reduce((sum, a) => sum + Math.min(a.end, end) - a.start, 0);
          ran += running;
          waited += Math.min(task.ended, end) - task.submitted - running;
        }
        expect(integral(result, recorder.queue.series, PENDING)).toBeCloseTo(waited, 4);
        expect(integral(result, recorder.queue.series, RUNNING)).toBeCloseTo(ran, 4);
      }),
      { numRuns: 60 },
    );
  });

  test('resource time is conserved: what machines gave is what frameworks got is what tasks had', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const result = await run(drawn, PARTS[name]());
        const { recorder, simulation, cluster } = result;
        const end = toSeconds(simulation.end);
        const demands = drawn.rows.flatMap((one) =>
          Array.from({ length: one.tasks }, () => [one.cpus * 1000, one.mem]),
        );
        for (const [d, resource] of cluster.space.names.entries()) {
          const had = tasksIn(result)
            .flatMap((task) => task.attempts)
            .reduce((sum, a) => sum + demands[a.task][d] * (Math.min(a.end, end) - a.start), 0);
          const gave = MACHINES.map((_, m) => recorder.machines.integral[m * 2 + d] / 1e6);
          const got = recorder.frameworks.map((framework) => integral(result, framework.allocated, d));
          expect(
            gave.reduce((a, b) => a + b, 0),
            resource,
          ).toBeCloseTo(had, 2);
          expect(
            got.reduce((a, b) => a + b, 0),
            resource,
          ).toBeCloseTo(had, 2);
          // And never more than there is: what is idle is not negative.
          MACHINES.forEach((machine, m) => {
            expect(gave[m]).toBeLessThanOrEqual(machine.capacity[d] * end * (1 + 1e-12) + 1e-9);
          });
          expect(recorder.allocation.of(d).peak).toBeLessThanOrEqual(1);
          expect(recorder.allocation.of(d).mean + recorder.offers.mean(d)).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('every start has exactly one end, or still runs when the run is over', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const result = await run(drawn, PARTS[name]());
        const counts = countsOf(result.recorder.tasks);
        const tasks = tasksIn(result);
        const attempts = tasks.flatMap((task) => task.attempts);
        const how = (kind: string) => attempts.filter((a) => a.how === kind).length;
        expect(counts).toEqual({
          submitted: tasks.length,
          started: tasks.filter((task) => task.attempts.length > 0).length,
          finished: how('finished'),
          failed: how('timed-out'),
          abandoned: 0,
          rejected: tasks.filter((task) => task.outcome === 'rejected').length,
          preempted: 0,
          retried: how('failed') + how('lost'),
          running: how('running'),
          pending: tasks.filter(
            (task) => task.outcome === undefined && task.attempts.at(-1)?.how !== 'running',
          ).length,
        });
        for (const task of tasks) {
          task.attempts.slice(1).forEach((attempt, i) => {
            expect(attempt.start).toBeGreaterThanOrEqual(task.attempts[i].end);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
