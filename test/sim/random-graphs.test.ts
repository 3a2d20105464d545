import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Cluster,
  fromSeconds,
  type Observer,
  ParameterValues,
  toSeconds,
} from '../../src/model/index.js';
import { policyNamed } from '../../src/policies/registry.js';
import { CPUS, countsOf, jobCountsOf, machinesOf, type SimulationSketch, simulate } from '../simulate.js';
import { inBatchesOf, type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** First start and last end of the tasks of each row, in seconds. The priority of a row is its index. */
class RowTimes implements Partial<Observer> {
  readonly start: number[] = [];
  readonly end: number[] = [];
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  taskStarted(task: number, now: number): void {
    this.start[this.cluster.tasks.priority[task]] ??= toSeconds(now);
  }

  taskEnded(task: number, machine: number, _outcome: unknown, now: number): void {
    if (machine >= 0) this.end[this.cluster.tasks.priority[task]] = toSeconds(now);
  }
}

/** Jobs of several rows with random parents among all rows above and below, but without cycles: a row has a random rank. */
const jobs = fc.array(
  fc.record({
    rows: fc.array(
      fc.record({
        rank: fc.nat(20),
        runs: fc.integer({ min: 1, max: 9 }),
        tasks: fc.integer({ min: 1, max: 3 }),
        parents: fc.uniqueArray(fc.nat(6), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    gap: fc.nat(5),
    follows: fc.nat(4),
    thinkTime: fc.nat(6),
  }),
  { minLength: 1, maxLength: 4 },
);

type Jobs = typeof jobs extends fc.Arbitrary<infer T> ? T : never;

interface Row extends RowSketch {
  readonly runs: number;
  readonly at: number;
  /** Indices of all rows that it waits for. */
  readonly parents: readonly number[];
}

function sketch(drawn: Jobs): Row[] {
  const all: Row[] = [];
  let at = 0;
  const firstOf: number[] = [];
  drawn.forEach(({ rows, gap, follows, thinkTime }, job) => {
    at += gap;
    const base = all.length;
    firstOf.push(base);
    const preceding = follows < job ? { follows: `job${follows}`, thinkTime } : {};
    rows.forEach(({ rank, runs, tasks, parents }, i) => {
      const known = parents.filter((p) => p < rows.length && rows[p].rank < rank);
      all.push({
        ...preceding,
        job: `job${job}`,
        task: `t${i}`,
        after: known.map((p) => `t${p}`),
        parents: known.map((p) => base + p),
        runs,
        tasks,
        at,
        priority: base + i,
        needs: { cpus: 1 },
      });
    });
  });
  return all;
}

/** Start times with room for everything, by definition: the naive twin. */
function naiveStarts(rows: readonly Row[]): number[] {
  const submitted = (job: string): number => {
    const row = rows.find((one) => one.job === job) as Row;
    if (row.follows === undefined) return row.at;
    const preceding = rows.flatMap((one, i) => (one.job === row.follows ? [end(i)] : []));
    return Math.max(row.at, Math.max(...preceding) + (row.thinkTime ?? 0));
  };
  const end = (i: number): number => start(i) + rows[i].runs;
  const start = (i: number): number => Math.max(submitted(String(rows[i].job)), ...rows[i].parents.map(end));
  return rows.map((_, i) => start(i));
}

function run(cpus: readonly number[], rows: readonly Row[], more: Partial<SimulationSketch> = {}) {
  let times: RowTimes | undefined;
  const machines = machinesOf(
    CPUS,
    cpus.map((amount) => ({ cpus: amount })),
  );
  return simulate({
    space: CPUS,
    machines,
    trace: inBatchesOf(2, traceOf(CPUS, rowsOf(CPUS, rows))),
    parts: partsOf('fcfs'),
    observers: (cluster) => {
      times = new RowTimes(cluster);
      return [times];
    },
    ...more,
  }).then((result) => ({ ...result, times: times as RowTimes }));
}

function partsOf(name: string) {
  const policy = policyNamed(name);
  if (policy === undefined) throw new Error(name);
  return policy.build(new ParameterValues(policy.parameters), {
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 4 }, { cpus: 3 }]),
    frameworks: [{ name: 'default', role: 'default', weight: 1 }],
    forecast: undefined,
  });
}

describe('random graphs', () => {
  test('start, with room for everything, when a naive evaluation says', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, async (drawn) => {
        const rows = sketch(drawn);
        const { times } = await run([1000], rows);
        expect(times.start).toEqual(naiveStarts(rows));
      }),
      { numRuns: 60 },
    );
  });

  test('have the critical path as makespan, with room for everything', async () => {
    await fc.assert(
      fc.asyncProperty(jobs, async ([drawn]) => {
        const rows = sketch([drawn]);
        const { recorder } = await run([1000], rows);
        const makespan = recorder.lastEnd - recorder.firstSubmission;
        const { criticalPath } = recorder.dependencies;
        if (rows.some(({ after }) => (after?.length ?? 0) > 0)) expect(makespan).toBe(criticalPath.greatest);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['fcfs', 'easy', 'conservative', 'drf', 'monolithic', 'whole-cell-offers', 'omega', 'sparrow'])(
    'run in a topological order, and to their end, under %s',
    async (policy) => {
      await fc.assert(
        fc.asyncProperty(jobs, async (drawn) => {
          const rows = sketch(drawn);
          const { times, recorder, cluster } = await run([4, 3], rows, {
            parts: partsOf(policy),
            until: 5000,
          });
          const bounds = naiveStarts(rows);
          rows.forEach(({ parents }, i) => {
            expect(times.start[i]).toBeGreaterThanOrEqual(bounds[i]);
            for (const parent of parents) expect(times.start[i]).toBeGreaterThanOrEqual(times.end[parent]);
          });
          expect(jobCountsOf(recorder.jobs)).toMatchObject({ finished: drawn.length, unfinished: 0 });
          expect(cluster.jobs.live + cluster.tasks.live + cluster.jobs.growing.size).toBe(0);
        }),
        { numRuns: 25 },
      );
    },
    20_000,
  );

  test('run in a topological order, and to their end, when machines and attempts fail', async () => {
    const failing = fc.tuple(
      jobs,
      fc.array(fc.nat(30), { maxLength: 6 }),
      fc.array(fc.nat(27), { maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(failing, async ([drawn, outages, failures]) => {
        const rows = sketch(drawn).map((row, i) =>
          failures.includes(i) ? { ...row, failsAfter: 0.5 } : row,
        );
        const machineEvents = outages.flatMap((at, i) => [
          { time: fromSeconds(at), machine: i % 2, state: 'down' as const },
          { time: fromSeconds(at + 3), machine: i % 2, state: 'up' as const },
        ]);
        const { times, recorder } = await run([4, 3], rows, { machineEvents, until: 5000 });
        rows.forEach(({ parents }, i) => {
          for (const parent of parents) expect(times.start[i]).toBeGreaterThanOrEqual(times.end[parent]);
        });
        expect(jobCountsOf(recorder.jobs)).toMatchObject({ finished: drawn.length, unfinished: 0 });
      }),
      { numRuns: 60 },
    );
  });

  test('account for every task when some can never run: each one ends, and its job is named', async () => {
    const rejecting = fc.tuple(jobs, fc.uniqueArray(fc.nat(27), { minLength: 1, maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(rejecting, async ([drawn, tooWide]) => {
        const rows = sketch(drawn).map((row, i) =>
          tooWide.includes(i) ? { ...row, needs: { cpus: 9 } } : row,
        );
        const { recorder, cluster } = await run([4, 3], rows);
        const { submitted, finished, rejected, notRun = 0, pending, running } = countsOf(recorder.tasks);
        expect(submitted).toBe(rows.reduce((sum, { tasks = 1 }) => sum + tasks, 0));
        expect(finished + rejected + notRun).toBe(submitted);
        expect([pending, running, cluster.jobs.live, cluster.jobs.growing.size]).toEqual([0, 0, 0, 0]);
        expect(recorder.dependencies.notRun.tasks).toBe(notRun);
      }),
      { numRuns: 60 },
    );
  });
});
