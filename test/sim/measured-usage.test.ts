import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, NONE, toSeconds } from '../../src/model/index.js';
import type { Choice, Score } from '../../src/policies/contract.js';
import type { Outage } from '../../src/sim/failures/outage.js';
import { SAMPLE_EVERY } from '../../src/sim/usage-samples.js';
import { RESTART_ELSEWHERE } from '../../src/workloads/recovery.js';
import { type Script, scriptedParts } from '../scripted.js';
import { CPUS, CPUS_MEM, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** Uses 0.2, 0.4, 0.6 … of its curve, for 20 s each, then anew. */
const CURVE = { step: fromSeconds(20), values: Float64Array.of(0.2, 0.4, 0.6, 0.8, 1) };

function run(script: Script, rows: readonly RowSketch[], more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [
      { cpus: 8, mem: 100 },
      { cpus: 8, mem: 100 },
    ]),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), { curves: [undefined, CURVE] }),
    parts: scriptedParts(script, ['usage']),
    until: 900,
    ...more,
  });
}

/** Tasks that wait, so that the scheduler is called at these seconds. */
const probes = (...at: readonly number[]): RowSketch[] =>
  at.map((time) => ({ at: time, job: `probe ${time}`, needs: { cpus: 100 }, estimate: 1 }));

/** A machine on which the probes would fit, so that they are not rejected; nothing starts there. */
const roomForProbes = machinesOf(CPUS_MEM, [
  { cpus: 8, mem: 100 },
  { cpus: 8, mem: 100 },
  { cpus: 100, mem: 0 },
]);

const running: RowSketch = { needs: { cpus: 4, mem: 50 }, runs: 5000, usage: [1, 0.5], curve: 1 };

describe('the usage that a scheduler sees', () => {
  test('is that of the last sample, which is older than the call; NaN before the first one', async () => {
    const seen: number[][] = [];
    await run(
      ({ usage, space, now }, act, call) => {
        const [cpus, mem] = space.dimensions;
        if (call === 0) act.start(0, 0);
        seen.push([toSeconds(now), toSeconds(usage.sampled(0)), usage.last(0, cpus), usage.last(0, mem)]);
      },
      [{ ...running, at: 5 }, ...probes(14, 15, 16, 30, 31, 46)],
      { machines: roomForProbes },
    );
    const unknown = [Number.NaN, Number.NaN, Number.NaN];
    expect(seen).toEqual([
      [5, ...unknown],
      [14, ...unknown],
      // The sample of 15 s follows the decisions of that instant.
      [15, ...unknown],
      [16, 15, 4000 * 0.2, 25],
      [30, 15, 4000 * 0.2, 25],
      [31, 30, 4000 * 0.4, 25],
      [46, 45, 4000 * 0.6, 25],
    ]);
  });

  test('has the mean and the peak of five minutes, as a log of all samples has', async () => {
    const seen: number[][] = [];
    const wanted: number[][] = [];
    const times = [1, 16, 47, 200, 299, 316, 331, 500, 777];
    await run(
      ({ usage, space, now }, act, call) => {
        const cpus = space.dimension('cpus');
        if (call === 0) act.start(0, 0);
        const log: number[] = [];
        for (let time = 0; time < now; time += SAMPLE_EVERY)
          log.push(4000 * (CURVE.values[Math.floor(time / CURVE.step) % 5] as number));
        const window = log.slice(-20);
        seen.push([usage.mean(0, cpus), usage.peak(0, cpus)]);
        wanted.push(
          window.length === 0
            ? [Number.NaN, Number.NaN]
            : [window.reduce((a, b) => a + b, 0) / window.length, Math.max(...window)],
        );
        expect(usage.window).toBe(fromSeconds(300));
      },
      [running, ...probes(...times)],
      { machines: roomForProbes },
    );
    expect(seen.length).toBe(times.length + 1);
    // Sums in another order differ in their last digits.
    const rounded = (rows: readonly number[][]) =>
      rows.map((row) => row.map((value) => Number(value.toFixed(6))));
    expect(rounded(seen)).toEqual(rounded(wanted));
  });

  test('is unknown for a task without usage in its trace, one that does not run, and no task', async () => {
    const seen: number[] = [];
    await run(
      ({ usage, space }, act, call) => {
        const cpus = space.dimension('cpus');
        if (call === 0) act.start(0, 0);
        if (call > 0)
          for (const task of [0, 1, 99, NONE]) seen.push(usage.last(task, cpus), usage.sampled(task));
      },
      [{ needs: { cpus: 4 }, runs: 5000 }, ...probes(40)],
      { machines: roomForProbes },
    );
    expect(seen).toEqual(new Array(8).fill(Number.NaN));
  });

  test('is unknown for the resources that the trace leaves out, and for windows with an unknown sample', async () => {
    const seen: number[][] = [];
    await run(
      ({ usage, space, now }, act, call) => {
        if (call === 0) act.start(0, 0);
        const [cpus, mem] = space.dimensions;
        if (call > 0)
          seen.push([
            toSeconds(usage.sampled(0)),
            usage.last(0, cpus),
            usage.last(0, mem),
            usage.mean(0, mem),
            usage.peak(0, mem),
            toSeconds(now),
          ]);
      },
      [
        {
          needs: { cpus: 4, mem: 50 },
          runs: 5000,
          profile: [
            [0, [Number.NaN, 0.5]],
            [20, [Number.NaN, 1]],
            [40, [Number.NaN, Number.NaN]],
            [50, [Number.NaN, 0.1]],
          ],
        },
        ...probes(16, 31, 46, 61),
      ],
      { machines: roomForProbes },
    );
    const { NaN: unknown } = Number;
    expect(seen).toEqual([
      [15, unknown, 25, 25, 25, 16],
      // Samples of 0 and 15 s in the first step, of 30 s in the second.
      [30, unknown, 50, (25 + 25 + 50) / 3, 50, 31],
      // Nothing is known at 45 s.
      [unknown, unknown, unknown, unknown, unknown, 46],
      [60, unknown, 5, unknown, unknown, 61],
    ]);
  });

  test('starts anew with each attempt', async () => {
    const seen: number[] = [];
    await run(
      ({ usage, space, now }, act) => {
        if (now === 0) act.start(0, 0);
        if (toSeconds(now) === 35) {
          act.kill(0);
          act.start(0, 1);
        }
        seen.push(usage.mean(0, space.dimension('cpus')));
      },
      [running, ...probes(35, 44, 46)],
      { machines: roomForProbes },
    );
    // Calls at 0 s, twice at 35 s, at 44 s and at 46 s. In the first one at 35 s the task is still there, with samples of 0, 15
    // and 30 s. Then it is gone, and the new attempt has no sample yet.
    const before = (4000 * (0.2 + 0.2 + 0.4)) / 3;
    expect(seen).toEqual([Number.NaN, expect.closeTo(before), Number.NaN, Number.NaN, 4000 * 0.6]);
  });

  test.each(['off', 'cut'] as const)(
    'stays as it was when its machine can send no samples (%s)',
    async (kind) => {
      const outage: Outage = {
        kind,
        cause: 'script',
        machines: [0],
        start: fromSeconds(50),
        end: FOREVER,
        notice: fromSeconds(50),
      };
      const seen: number[][] = [];
      await run(
        ({ usage, space, now }, act, call) => {
          if (call === 0) act.start(0, 0);
          seen.push([toSeconds(usage.sampled(0)), usage.last(0, space.dimension('cpus')), toSeconds(now)]);
        },
        [running, ...probes(49, 100)],
        {
          machines: roomForProbes,
          failures: {
            outages: [outage],
            detection: {
              pingInterval: fromSeconds(500),
              pingTimeouts: 1,
              removalGap: 0,
              reregisterTimeout: fromSeconds(600),
            },
            recovery: () => RESTART_ELSEWHERE,
            pingPhase: () => 0,
            registrationDelay: () => 0,
          },
        },
      );
      expect(seen.slice(1)).toEqual([
        [45, 4000 * 0.6, 49],
        [45, 4000 * 0.6, 100],
      ]);
    },
  );
});

/** Prefers the machine on which tasks use the least. */
const leastUsed: Score<'tasks' | 'usage'> = {
  name: 'least-used',
  reads: ['tasks', 'usage'],
  make: ({ tasks, usage, space }) => {
    const cpus = space.dimension('cpus');
    return (machine) => {
      let used = 0;
      for (let t = tasks.first(machine); t !== NONE; t = tasks.next(t)) used += usage.last(t, cpus) || 0;
      return -used;
    };
  },
};

describe('a score that reads usage', () => {
  test('is kept until the next sample, and then equals a look at every machine', async () => {
    const chosen: number[] = [];
    let choice: Choice | undefined;
    // Task 0 uses much at first, task 1 later.
    const falling = { step: fromSeconds(20), values: Float64Array.of(1, 0.8, 0.6, 0.4, 0.2) };
    const rows = [
      running,
      { ...running, curve: 2 },
      ...probes(...Array.from({ length: 40 }, (_, i) => 3 + 3 * i)),
    ];
    await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 200 }, { cpus: 200 }]),
      trace: traceOf(
        CPUS,
        rowsOf(
          CPUS,
          rows.map((row) => ({
            ...row,
            needs: { cpus: row.needs?.cpus ?? 0 },
            usage: row.usage?.slice(0, 1),
          })) as RowSketch[],
        ),
        { curves: [undefined, CURVE, falling] },
      ),
      parts: {
        architecture: 'monolithic',
        scheduler: {
          name: 'by usage',
          needs: ['usage'],
          begin: ({ machines }) => {
            choice = machines.prepare({ score: leastUsed });
          },
          schedule({ queue, now, usage, space }, act) {
            if (now === 0) {
              act.start(0, 0);
              act.start(1, 1);
              return;
            }
            const machine = choice?.best(queue.last) ?? NONE;
            const used = [0, 1].map((task) => usage.last(task, space.dimension('cpus')) || 0);
            expect(machine).toBe((used[0] as number) <= (used[1] as number) ? 0 : 1);
            chosen.push(machine);
          },
        },
      },
      until: 130,
    });
    expect(new Set(chosen)).toEqual(new Set([0, 1]));
  });
});

describe('shares and services', () => {
  test('show what roles hold, with the roles below them', async () => {
    const seen: unknown[] = [];
    await run(
      ({ shares, space }, act, call) => {
        const cpus = space.dimension('cpus');
        if (call > 0) return;
        act.start(0, 0);
        act.start(1, 1);
        seen.push(
          shares.frameworks,
          shares.role(1),
          ['eng', 'eng/ads', 'eng/web', 'ops'].map((role) => shares.held(role, cpus)),
          ['eng/ads', 'ops', 'none'].map((role) => shares.weight(role)),
          [shares.guarantee('eng', cpus), shares.limit('eng', cpus), shares.total(cpus)],
        );
      },
      [],
      {
        trace: traceOf(
          CPUS_MEM,
          rowsOf(CPUS_MEM, [
            { framework: 0, needs: { cpus: 2 }, runs: 9 },
            { framework: 1, needs: { cpus: 3 }, runs: 9 },
          ]),
          {
            frameworks: [
              { name: 'a', role: 'eng/ads', weight: 3 },
              { name: 'b', role: 'eng/web' },
            ],
          },
        ),
      },
    );
    expect(seen).toEqual([2, 'eng/web', [5000, 2000, 3000, 0], [3, 1, 1], [0, FOREVER, 16_000]]);
  });

  test('are those of a run without any when there are no services', async () => {
    const counts: number[] = [];
    await run(({ services }) => void counts.push(services.count), [{ needs: { cpus: 1 }, runs: 1 }]);
    expect(counts[0]).toBe(0);
  });
});
