import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { summarize } from '../../src/metrics/catalogue/catalogue.js';
import { type Cluster, fromSeconds, type Observer, toSeconds } from '../../src/model/index.js';
import { CPUS_MEM, listParts, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, type TraceParts, traceOf } from '../traces-in-memory.js';

/** Two frameworks, on machines of 4 cores and 100 MiB. */
function run(
  rows: readonly RowSketch[],
  {
    machines = 1,
    ...more
  }: Partial<Omit<SimulationSketch, 'machines'>> & { readonly machines?: number } = {},
  parts: TraceParts = {},
) {
  const one = { cpus: 4, mem: 100 };
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(
      CPUS_MEM,
      Array.from({ length: machines }, () => one),
    ),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), {
      frameworks: [{ name: 'a' }, { name: 'b' }],
      ...parts,
    }),
    parts: listParts(),
    ...more,
  });
}

type Result = Awaited<ReturnType<typeof run>>;

function usedOf({ recorder }: Result) {
  const { byFramework, utilization } = summarize({
    recorder,
    run: { policy: { name: 'test', parameters: {} } } as never,
  });
  return {
    all: utilization.cpus.used?.mean,
    peak: utilization.cpus.used?.peak,
    a: byFramework.a.utilization.cpus.used,
    b: byFramework.b?.utilization.cpus.used,
    mem: utilization.mem.used?.peak,
  };
}

/** Core-seconds beyond capacity, MiB-seconds beyond capacity, and seconds of machines. */
function overUse({ recorder: { overUse } }: Result): number[] {
  return [toSeconds(overUse.beyond[0] / 1000), toSeconds(overUse.beyond[1]), toSeconds(overUse.machineTime)];
}

describe('usage beyond the capacity of a machine', () => {
  test('is shared in proportion, and counted', async () => {
    const result = await run([
      { needs: { cpus: 1, mem: 10 }, runs: 100, usage: [4, 1] },
      { at: 50, framework: 1, needs: { cpus: 1, mem: 10 }, runs: 100, usage: [2, 1] },
    ]);
    // a would use 4 cores from 0 to 100, b 2 from 50 to 150. From 50 to 100 that are 6 of 4 cores: a gets 8/3 and b 4/3.
    const used = usedOf(result);
    expect(used.a).toBeCloseTo((50 * 4 + (50 * 8) / 3) / (150 * 4), 12);
    expect(used.b).toBeCloseTo(((50 * 4) / 3 + 50 * 2) / (150 * 4), 12);
    expect(used.all).toBeCloseTo((50 * 4 + 50 * 4 + 50 * 2) / (150 * 4), 12);
    expect(used.peak).toBeCloseTo(1, 12);
    // 2 cores for 50 s. Run times stay those of the trace.
    expect(overUse(result)).toEqual([100, 0, 50]);
    expect(toSeconds(result.simulation.end)).toBe(150);
  });

  test('of one task is cut at what its machine has, in each resource', async () => {
    const result = await run([{ tasks: 4, needs: { cpus: 1, mem: 25 }, runs: 10, usage: [4, 8] }]);
    const used = usedOf(result);
    expect(used.peak).toBeCloseTo(1, 12);
    expect(used.mem).toBeCloseTo(1, 12);
    // 16 of 4 cores and 800 of 100 MiB, for 10 s.
    expect(overUse(result)).toEqual([120, 7000, 10]);
  });

  test('follows the steps of profiles, and ends where a task loses its machine', async () => {
    const result = await run(
      [
        {
          needs: { cpus: 2, mem: 10 },
          runs: 40,
          profile: [
            [0, [1, 1]],
            [10, [3, 1]],
            [20, [0.5, 1]],
            [30, [3, 1]],
          ],
        },
        { framework: 1, needs: { cpus: 2, mem: 10 }, runs: 100, usage: [1, 1] },
      ],
      {
        until: 35,
        machineEvents: [{ time: fromSeconds(33), machine: 0, state: 'down' }],
      },
    );
    // 6 + 2 of 4 cores from 10 to 20, and from 30 to 33.
    expect(overUse(result)).toEqual([4 * 13, 0, 13]);
    // a uses 2 for 10 s, 6 x 4/8 for 13 s and 1 for 10 s.
    expect(usedOf(result).a).toBeCloseTo((2 * 10 + 3 * 13 + 1 * 10) / (35 * 4), 12);
  });

  test('follows load curves above 1', async () => {
    const curve = { step: fromSeconds(10), values: Float64Array.of(1, 2, 0.5) };
    const result = await run(
      [{ tasks: 2, needs: { cpus: 2, mem: 10 }, runs: 30, usage: [1, 1], curve: 1 }],
      {},
      { curves: [undefined, curve] },
    );
    // 8 of 4 cores from 10 to 20.
    expect(overUse(result)).toEqual([40, 0, 10]);
    expect(usedOf(result).all).toBeCloseTo((4 * 10 + 4 * 10 + 2 * 10) / (30 * 4), 12);
  });

  test('is none while tasks together use no more than there is', async () => {
    const result = await run([{ needs: { cpus: 1 }, runs: 100, usage: [2, 0] }]);
    expect(usedOf(result).all).toBe(0.5);
    expect(overUse(result)).toEqual([0, 0, 0]);
  });
});

describe('random usage', () => {
  const share = fc.integer({ min: 0, max: 30 }).map((tenths) => tenths / 10);
  // Times in microseconds, so that steps of usage and scheduling passes are hardly ever at one instant.
  const seconds = (most: number) => fc.integer({ min: 1, max: most * 1e6 }).map((micros) => micros / 1e6);
  const row = fc.record({
    at: seconds(30),
    framework: fc.nat(1),
    tasks: fc.integer({ min: 1, max: 3 }),
    needs: fc.record({ cpus: fc.integer({ min: 1, max: 3 }), mem: fc.integer({ min: 1, max: 50 }) }),
    runs: seconds(30),
    curve: fc.nat(1),
    shares: fc.tuple(share, share, share),
  });
  type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
  const STEP = 5;
  const curve = { step: fromSeconds(4), values: Float64Array.of(1, 1.5, 0.2) };

  test('is, at each scheduling pass, what sharing each machine anew gives', async () => {
    const scenario = fc.record({
      rows: fc.array(row, { minLength: 1, maxLength: 12, size: 'max' }),
      downs: fc.array(fc.tuple(seconds(40), fc.nat(1)), { maxLength: 4 }),
    });
    let exceeded = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async ({ rows: drawn, downs }) => {
        const rows = [...drawn].sort((a, b) => a.at - b.at);
        const reported = new Float64Array(4);
        const observers = (cluster: Cluster): readonly Partial<Observer>[] => [
          {
            usageChanged: (framework, used) => reported.set(used, framework * 2),
            usageExceeds: () => void exceeded++,
            passEnded: (now) => {
              sharedUsage(cluster, rows, now).forEach((used, i) => {
                expect(reported[i]).toBeCloseTo(used, 5);
              });
            },
          },
        ];
        const sketches = rows.map(({ shares: [first, second, then], ...one }, job): RowSketch => {
          const profile = [
            [0, [first, second]],
            [STEP, [then, first]],
          ] as const;
          return { ...one, job, profile };
        });
        const machineEvents = downs.flatMap(([time, machine]) => [
          { time: fromSeconds(time), machine, state: 'down' as const },
          { time: fromSeconds(time + 3), machine, state: 'up' as const },
        ]);
        const more = { machines: 2, machineEvents, until: 500, observers };
        await run(sketches, more, { curves: [undefined, curve] });
      }),
      { numRuns: 100 },
    );
    expect(exceeded).toBeGreaterThan(100);
  });

  /** For each framework, cores and MiB in quanta: every machine shares what it has among its tasks. */
  function sharedUsage({ machines, tasks, jobs }: Cluster, rows: readonly Row[], now: number): number[] {
    const wanted = (task: number, d: number): number => {
      const one = rows[Number(jobs.name[tasks.job[task]])];
      const [first, second, then] = one.shares;
      const isFirst = now - tasks.started[task] < fromSeconds(STEP);
      const part = d === 0 ? (isFirst ? first : then) : isFirst ? second : first;
      const scale = d === 0 && one.curve === 1 ? curve.values[Math.floor(now / curve.step) % 3] : 1;
      return part * scale * (d === 0 ? 1000 * one.needs.cpus : one.needs.mem);
    };
    const sums = [0, 0, 0, 0];
    for (let machine = 0; machine < machines.count; machine++) {
      const on: number[] = [];
      for (let task = machines.firstTask[machine]; task >= 0; task = tasks.nextOnMachine[task]) on.push(task);
      for (const d of [0, 1]) {
        const sum = on.reduce((all, task) => all + wanted(task, d), 0);
        const given = sum === 0 ? 0 : Math.min(1, machines.capacity[machine * 2 + d] / sum);
        for (const task of on) sums[tasks.framework[task] * 2 + d] += wanted(task, d) * given;
      }
    }
    return sums;
  }
});
