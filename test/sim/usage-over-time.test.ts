import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/metrics/catalogue/catalogue.js';
import { fromSeconds, type Observer, toSeconds } from '../../src/model/index.js';
import { NO_RULE } from '../../src/model/ledger/placement-rule.js';
import { tasksIn } from '../attempts.js';
import {
  CPUS_MEM,
  listParts,
  machinesOf,
  type SimulationResult,
  type SimulationSketch,
  simulate,
} from '../simulate.js';
import { type RowSketch, rowsOf, type TraceParts, traceOf } from '../traces-in-memory.js';
import { failuresOf } from './failures/outages.js';

const { NaN: UNKNOWN } = Number;
const CORES = 10;
const MIB = 100;

function run(
  rows: readonly RowSketch[],
  more: Partial<SimulationSketch> = {},
  parts: TraceParts = {},
): Promise<SimulationResult> {
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [{ cpus: CORES, mem: MIB }]),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), {
      frameworks: [{ name: 'a' }, { name: 'b' }],
      ...parts,
    }),
    parts: listParts(),
    ...more,
  });
}

function summaryOf({ recorder }: SimulationResult) {
  return summarize({ recorder, run: { policy: { name: 'test', parameters: {} } } as never });
}

/** Mean of the used shares of the cluster: cpus and mem; null where it is unknown. */
function usedMeans(result: SimulationResult): (number | null)[] {
  return Object.values(summaryOf(result).utilization).map(({ used }) => used?.mean ?? null);
}

describe('usage over time', () => {
  test('follows the steps of the profile from the start of the task', async () => {
    const result = await run([
      {
        at: 1,
        needs: { cpus: 4, mem: 50 },
        runs: 9,
        profile: [
          [0, [0.5, 1]],
          [3, [1.5, 0.2]],
        ],
      },
    ]);
    const [cpus, mem] = usedMeans(result);
    // 2 cores for 3 s and 6 cores for 6 s, of 10 cores in 10 s; 50 MiB for 3 s and 10 MiB for 6 s, of 100 MiB.
    expect(cpus).toBeCloseTo((2 * 3 + 6 * 6) / 10 / CORES, 12);
    expect(mem).toBeCloseTo((50 * 3 + 10 * 6) / 10 / MIB, 12);
    expect(result.recorder.usage.of(0).peak).toBeCloseTo(0.6, 12);
  });

  test('has no step after the end of the task, and does not make the run longer', async () => {
    const profile: RowSketch['profile'] = [
      [0, [0.5, 0]],
      [100, [1, 0]],
    ];
    const { simulation } = await run([{ needs: { cpus: 4 }, runs: 10, profile }]);
    expect(toSeconds(simulation.end)).toBe(10);
    // The arrival and the end.
    expect(simulation.eventCount).toBe(2);
  });

  test('begins anew in each attempt', async () => {
    const result = await run([
      {
        needs: { cpus: 10 },
        runs: 6,
        attempts: [[4, 'failed']],
        profile: [
          [0, [0.1, 0]],
          [3, [1, 0]],
        ],
      },
    ]);
    // The failed attempt: 3 s at 1 core, 1 s at 10. The other: 3 s at 1 core, 3 s at 10. Together 10 s.
    expect(usedMeans(result)[0]).toBeCloseTo((3 + 10 + 3 + 30) / 10 / CORES, 12);
  });

  test('has no step while the task waits for its next attempt', async () => {
    const result = await run(
      [
        {
          needs: { cpus: 10 },
          runs: 4,
          profile: [
            [0, [0.1, 0]],
            [3, [1, 0]],
          ],
        },
        { needs: { cpus: 1 }, runs: 10, usage: [0.5, 0] },
      ],
      {
        machines: machinesOf(CPUS_MEM, [{ cpus: 10 }, { cpus: 1 }]),
        machineEvents: [
          { time: fromSeconds(1), machine: 0, state: 'down' },
          { time: fromSeconds(6), machine: 0, state: 'up' },
        ],
      },
    );
    // 1 core for 1 s; from 6 to 9 s again, then 10 cores for 1 s. The other
    // task uses 0.5 cores for 10 s. The capacity of 11 cores counts as if no machine were down.
    const { used } = summaryOf(result).byFramework.a.utilization.cpus;
    expect(used).toBeCloseTo((1 + 3 + 10 + 5) / 10 / 11, 12);
  });

  test('is stretched where the attempt takes longer than its run time', async () => {
    const prefers = [
      { constraint: { attribute: 'rack', operator: 'equal' as const, values: ['elsewhere'] }, weight: 1 },
    ];
    const result = await run(
      [
        {
          needs: { cpus: 10 },
          runs: 5,
          rule: NO_RULE + 1,
          profile: [
            [0, [0.1, 0]],
            [2, [1, 0]],
          ],
        },
      ],
      { remoteSlowdown: 2 },
      { rules: [undefined, { spread: [], together: [], avoid: [], beside: [], prefers }] },
    );
    // 10 s instead of 5: 4 s at 1 core, 6 s at 10.
    expect(usedMeans(result)[0]).toBeCloseTo((4 * 1 + 6 * 10) / 10 / CORES, 12);
  });

  test('is stretched by the time of checkpoints, and goes on from the work that they keep', async () => {
    const profile: RowSketch['profile'] = [
      [0, [0.1, 0]],
      [3, [1, 0]],
    ];
    const checkpoints = (cost: number) => ({
      failures: {
        ...failuresOf([]),
        checkpoints: () => ({ every: fromSeconds(2), cost: fromSeconds(cost) }),
      },
    });
    const slow = await run([{ needs: { cpus: 10 }, runs: 6, profile }], { until: 8, ...checkpoints(1) });
    // Two checkpoints of 1 s: 8 s instead of 6, so 4 s at 1 core and 4 s at 10.
    expect(usedMeans(slow)[0]).toBeCloseTo((4 * 1 + 4 * 10) / 8 / CORES, 12);
    const failing: RowSketch = { needs: { cpus: 10 }, runs: 6, attempts: [[5, 'failed']], profile };
    const kept = await run([failing], { until: 7, ...checkpoints(0) });
    // The failed attempt: 3 s at 1 core, 2 s at 10. It keeps 4 s of work, so that the other runs for 2 s at 10 cores.
    expect(usedMeans(kept)[0]).toBeCloseTo((3 * 1 + 2 * 10 + 2 * 10) / 7 / CORES, 12);
  });

  test('may exceed the demand, and not the capacity of the machine', async () => {
    const result = await run([{ needs: { cpus: 4, mem: 10 }, runs: 10, usage: [2, 0] }]);
    const { used } = summaryOf(result).utilization.cpus;
    expect([used?.mean, used?.peak]).toEqual([0.8, 0.8]);
    const beyond = await run([{ needs: { cpus: 8, mem: 10 }, runs: 10, usage: [2.5, 0] }]);
    // 20 cores of 10.
    const { used: cut } = summaryOf(beyond).utilization.cpus;
    expect([cut?.mean, cut?.peak]).toEqual([1, 1]);
  });
});

describe('unknown usage', () => {
  const known: RowSketch = { needs: { cpus: 2, mem: 10 }, runs: 10, usage: [0.5, 1] };

  test.each<[string, RowSketch, readonly (number | null)[]]>([
    ['of every resource of one row', { needs: { cpus: 1, mem: 1 } }, [null, null]],
    ['of one resource of one row', { needs: { cpus: 1, mem: 1 }, usage: [1, UNKNOWN] }, [0.2, null]],
    ['of the first resource of one row', { needs: { cpus: 1, mem: 1 }, usage: [UNKNOWN, 1] }, [null, 0.11]],
    [
      'of a resource that the row does not request, which it does not use',
      { needs: { cpus: 1 }, usage: [1, UNKNOWN] },
      [0.2, 0.1],
    ],
    ['of a row that requests nothing of one resource', { needs: { cpus: 1 } }, [null, 0.1]],
  ])('%s makes the metric of that resource null', async (_what, row, means) => {
    const result = await run([known, { runs: 10, framework: 1, ...row }]);
    usedMeans(result).forEach((mean, d) => {
      if (means[d] === null) expect(mean).toBeNull();
      else expect(mean).toBeCloseTo(means[d] as number, 12);
    });
    // The usage of the other framework is known.
    expect(summaryOf(result).byFramework.a.utilization.cpus.used).not.toBeNull();
  });

  test.each([
    ['counts when the step is reached', 10, null],
    ['does not count when the task ends before', 3, 0.1],
  ])('of a step %s', async (_what, runs, mean) => {
    const result = await run([
      {
        needs: { cpus: 2 },
        runs,
        profile: [
          [0, [0.5, 0]],
          [5, [UNKNOWN, 0]],
        ],
      },
    ]);
    expect(usedMeans(result)[0]).toBe(mean);
  });

  test('of a task that has ended makes the metric of the whole run null', async () => {
    const result = await run([
      { needs: { cpus: 2, mem: 1 }, runs: 1 },
      { ...known, at: 5 },
    ]);
    expect(usedMeans(result)).toEqual([null, null]);
  });
});

// Rows in tenths of seconds, so that sums of times are exact enough to compare closely.
const share = fc.integer({ min: 0, max: 20 }).map((tenths) => tenths / 10);
const shares = fc.tuple(share, share);
const row = fc.record({
  gap: fc.nat(30),
  framework: fc.nat(1),
  tasks: fc.integer({ min: 1, max: 3 }),
  cpus: fc.integer({ min: 0, max: 3 }),
  mem: fc.integer({ min: 1, max: 8 }),
  runs: fc.integer({ min: 0, max: 80 }),
  first: shares,
  steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), shares), { maxLength: 5 }),
  failures: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 3 }),
  limit: fc.option(fc.integer({ min: 1, max: 90 }), { freq: 4 }),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

function sketchesOf(drawn: readonly Row[]): RowSketch[] {
  let at = 0;
  return drawn.map((one, place) => {
    at += one.gap;
    const offsets = new Map(one.steps);
    const steps = [...offsets]
      .sort(([a], [b]) => a - b)
      .map(([offset, used]) => [offset / 10, used] as const);
    return {
      job: place,
      at: at / 10,
      framework: one.framework,
      tasks: one.tasks,
      needs: { cpus: one.cpus, mem: one.mem },
      runs: one.runs / 10,
      attempts: one.failures.map((ran) => [ran / 10, 'failed'] as const),
      profile: [[0, one.first], ...steps],
      ...(one.limit !== null && { timeLimit: one.limit / 10 }),
    };
  });
}

/** Used share of the demand at some time after the start of an attempt. */
function shareAt(profile: NonNullable<RowSketch['profile']>, elapsed: number, dimension: number): number {
  return profile.findLast(([offset]) => offset <= elapsed + 1e-9)?.[1][dimension] ?? 0;
}

/** Integral of the share over the first seconds of an attempt. */
function integral(profile: NonNullable<RowSketch['profile']>, ran: number, dimension: number): number {
  return profile.reduce((sum, [offset, used], step) => {
    const until = Math.min(ran, profile[step + 1]?.[0] ?? ran);
    return sum + Math.max(0, until - offset) * used[dimension];
  }, 0);
}

/** The attempts of a run with their rows, from the event log only. */
function attemptsOf(result: SimulationResult, sketches: readonly RowSketch[]) {
  const rows = sketches.flatMap((sketch) => Array.from({ length: sketch.tasks ?? 1 }, () => sketch));
  return tasksIn(result).flatMap(({ attempts, task }) =>
    attempts.map((attempt) => ({ ...attempt, sketch: rows[task] })),
  );
}

describe('random profiles', () => {
  const outage = fc.record({ time: fc.nat(200), lasts: fc.integer({ min: 1, max: 40 }) });
  const scenario = fc.record({
    rows: fc.array(row, { minLength: 1, maxLength: 12, size: 'max' }),
    outages: fc.array(outage, { maxLength: 3 }),
  });

  function simulated(
    sketches: readonly RowSketch[],
    outages: readonly { time: number; lasts: number }[],
    observer: Partial<Observer> = {},
  ) {
    const machines = machinesOf(CPUS_MEM, [
      { cpus: 300, mem: 1200 },
      { cpus: 300, mem: 1200 },
    ]);
    // Outages follow each other, so that the second machine always has room for all tasks.
    let from = 0;
    const machineEvents = outages.flatMap(({ time, lasts }) => {
      const down = from + time;
      from = down + lasts;
      return [
        { time: fromSeconds(down / 10), machine: 0, state: 'down' as const },
        { time: fromSeconds(from / 10), machine: 0, state: 'up' as const },
      ];
    });
    return run(sketches, { machines, machineEvents, observers: () => [observer] });
  }

  test('have an integral over all attempts that equals the metric of the summary', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ rows, outages }) => {
        const sketches = sketchesOf(rows);
        const result = await simulated(sketches, outages);
        const attempts = attemptsOf(result, sketches);
        const {
          byFramework,
          utilization,
          run: { length },
        } = summaryOf(result);
        for (const [d, name, capacity] of [
          [0, 'cpus', 600],
          [1, 'mem', 2400],
        ] as const) {
          const used = (framework: string) =>
            attempts
              .filter((attempt) => attempt.framework === framework)
              .reduce(
                (sum, { start, end, sketch }) =>
                  sum +
                  (sketch.needs?.[name] ?? 0) *
                    integral(sketch.profile ?? [], Math.min(end, length) - start, d),
                0,
              );
          for (const framework of Object.keys(byFramework)) {
            const mean = byFramework[framework].utilization[name].used ?? 0;
            expect(mean * capacity * length).toBeCloseTo(used(framework), 6);
          }
          // The capacity is constant without outages.
          if (outages.length === 0 && length > 0)
            expect((utilization[name].used?.mean ?? 0) * capacity * length).toBeCloseTo(
              used('a') + used('b'),
              6,
            );
        }
      }),
    );
  });

  test('give the sum over the running tasks at any time', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenario,
        fc.array(fc.nat(600), { minLength: 5, maxLength: 20 }),
        async (drawn, times) => {
          const sketches = sketchesOf(drawn.rows);
          const seen: { framework: number; time: number; used: number[] }[] = [];
          const result = await simulated(sketches, drawn.outages, {
            usageChanged: (framework, used, now) =>
              void seen.push({ framework, time: toSeconds(now), used: Array.from(used, (quanta) => quanta) }),
          });
          const attempts = attemptsOf(result, sketches);
          for (const tenths of times) {
            // Between two instants at which anything can happen.
            const time = (tenths + 0.5) / 10;
            for (const [framework, name] of ['a', 'b'].entries()) {
              const reported = seen.findLast((one) => one.framework === framework && one.time <= time)?.used;
              const running = attempts.filter(
                (one) => one.framework === name && one.start <= time && time < one.end,
              );
              for (const [d, [resource, quanta]] of (
                [
                  ['cpus', 1000],
                  ['mem', 1],
                ] as const
              ).entries()) {
                const sum = running.reduce(
                  (total, { start, sketch }) =>
                    total + (sketch.needs?.[resource] ?? 0) * shareAt(sketch.profile ?? [], time - start, d),
                  0,
                );
                expect(reported?.[d] ?? 0).toBeCloseTo(sum * quanta, 6);
              }
            }
          }
        },
      ),
    );
  });
});
