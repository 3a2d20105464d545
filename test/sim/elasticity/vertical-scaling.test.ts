import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, HOUR, ParameterValues } from '../../../src/model/index.js';
import {
  adjustedPercentile,
  RecentPeak,
  UsageHistogram,
  weightedAverage,
} from '../../../src/policies/controllers/vertical/job-usage.js';
import {
  VERTICAL_PARAMETERS,
  verticalTerms,
} from '../../../src/policies/controllers/vertical/vertical-parameters.js';
import { VerticalScaler } from '../../../src/policies/controllers/vertical/vertical-scaler.js';
import type { LoadCurve } from '../../../src/workloads/trace.js';
import { CPUS_MEM, listParts, machinesOf, simulate, story } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';

const MINUTES = 60;

/** Watched for ten minutes, then a limit of the peak of the last hour and 15 %, at once. */
const PEAK = { cpu: 'peak', mem: 'peak', warmUp: fromSeconds(10 * MINUTES), hold: 0, window: HOUR };

function run(
  rows: readonly RowSketch[],
  minutes: number,
  set: Readonly<Record<string, string | number>> = PEAK,
  curves: readonly (LoadCurve | undefined)[] = [undefined],
) {
  const terms = verticalTerms(
    new ParameterValues(VERTICAL_PARAMETERS, set),
    CPUS_MEM.names,
    fromSeconds(5 * MINUTES),
  );
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [{ cpus: 10, mem: 100 }]),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows), {
      frameworks: [{ name: 'kafka' }, { name: 'batch' }],
      curves,
    }),
    parts: listParts(),
    controls: { controllers: [new VerticalScaler(terms)], mayResize: (framework) => framework === 0 },
    until: minutes * MINUTES,
  });
}

const SERVICE: RowSketch = { needs: { cpus: 8, mem: 40 }, runs: FOREVER, usage: [0.25, 0.5] };

describe('a service whose limits follow its usage', () => {
  test('keeps what it asked for until it has been watched for long enough; then others get the rest', async () => {
    // Looks at 5, 10, 15 min: first watched at 5, ten minutes later at 15. 2 cores and 15 % are 2.3; 10 - 2.3 >= 4.
    const waiting = { framework: 1, needs: { cpus: 4, mem: 10 }, runs: 60 };
    const result = await run([SERVICE, waiting], 30);
    expect(story(result, 'started')).toEqual(['0 task 0 started m0', '900 task 1 started m0']);
    expect([...result.cluster.classes.demand.subarray(...rowOf(result, 0))]).toEqual([2300, 23]);
  });

  test('has its slack told as asked and as it is', async () => {
    const { recorder } = await run([SERVICE], 30);
    const sums = recorder.limits.sumsOf(0);
    // Reviews from 5 to 30 min: 10 min at 8 cores, 15 at 2.3.
    expect(sums?.asked[0]).toBe(8000 * 25 * MINUTES * 1e6);
    expect(sums?.limit[0]).toBe((8000 * 10 + 2300 * 15) * MINUTES * 1e6);
    expect(sums?.used[0]).toBe(2000 * 25 * MINUTES * 1e6);
    expect([sums?.resized, sums?.refused, sums?.beyond[0]]).toEqual([1, 0, 0]);
  });

  test('is held to its limit while its machine has no room, and gets more at the first look after that', async () => {
    // From minute 30 on it uses three times as much: 6 cores, of which 6.9 are to be its limit; free are 10 - 2.3 - 4 = 3.7.
    const curve = { step: fromSeconds(30 * MINUTES), values: Float64Array.of(1, 3) };
    const waiting = { framework: 1, needs: { cpus: 4, mem: 10 }, runs: 27 * MINUTES };
    const result = await run([{ ...SERVICE, curve: 1 }, waiting], 55, PEAK, [undefined, curve]);
    const sums = result.recorder.limits.sumsOf(0);
    // Refused at 30, 35 and 40; the other ends at 15 + 27 = 42; raised at 45. Until then 6 - 2.3 cores are beyond the limit.
    expect([sums?.resized, sums?.refused]).toEqual([2, 3]);
    expect(sums?.beyond[0]).toBe(3700 * 15 * MINUTES * 1e6);
    expect(result.cluster.classes.demand[rowOf(result, 0)[0]]).toBe(6900);
  });

  test('keeps the ledger whole: what is free is the capacity less all limits, and nothing is left at the end', async () => {
    const rows = [
      { ...SERVICE, tasks: 1 },
      { needs: { cpus: 1, mem: 20 }, runs: 50 * MINUTES, usage: [0.5, 0.25] },
      { framework: 1, at: 60, needs: { cpus: 1, mem: 1 }, tasks: 3, runs: 40 * MINUTES },
    ];
    const { cluster } = await run(rows, 90);
    const [from] = rowOf({ cluster }, 0);
    expect(cluster.free.free[0]).toBe(10_000 - cluster.classes.demand[from]);
    expect(cluster.frameworkAllocated[0]).toBe(cluster.classes.demand[from]);
    expect(cluster.allocated[0]).toBe(cluster.classes.demand[from]);
    expect(cluster.tasks.live).toBe(1);
  });

  test('is left alone where its trace does not say what it uses, or where another service was named', async () => {
    const silent = await run([{ needs: { cpus: 8, mem: 40 }, runs: FOREVER }], 30);
    expect(silent.recorder.limits.sumsOf(0)).toBeUndefined();
    const other = await run([{ ...SERVICE, framework: 1 }], 30);
    expect(other.recorder.limits.sumsOf(1)).toBeUndefined();
  });
});

describe('a service of which the usage of one resource is unknown', () => {
  test.each([
    ['memory', [0.25, Number.NaN], [2300, 40]],
    ['the first resource', [Number.NaN, 0.5], [8000, 23]],
  ])('keeps the limit of %s, and has the others follow', async (_what, usage, limits) => {
    const result = await run([{ ...SERVICE, usage }], 30);
    expect([...result.cluster.classes.demand.subarray(...rowOf(result, 0))]).toEqual(limits);
    const sums = result.recorder.limits.sumsOf(0);
    expect(Array.from(sums?.used ?? [], Number.isNaN)).toEqual(usage.map(Number.isNaN));
    expect(Array.from(sums?.beyond ?? [], Number.isNaN)).toEqual(usage.map(Number.isNaN));
  });
});

/** The demand of a task, as a range of `classes.demand`. */
function rowOf(
  { cluster }: Pick<Awaited<ReturnType<typeof run>>, 'cluster'>,
  task: number,
): [number, number] {
  const row = cluster.tasks.taskClass[task] * CPUS_MEM.size;
  return [row, row + CPUS_MEM.size];
}

describe('recommendations', () => {
  /** Buckets of 10, and a half-life of an hour. */
  const seen = (...samples: readonly (readonly [usage: number, hour: number])[]) => {
    const histogram = new UsageHistogram(10, HOUR);
    for (const [usage, hour] of samples) histogram.record(usage, hour * HOUR);
    return histogram;
  };

  test('by the average weigh a sample half after each half-life', () => {
    // Weights 1 and 2 when looked at from the first.
    expect(weightedAverage(seen([30, 0], [60, 1]))).toBeCloseTo((30 + 2 * 60) / 3, 12);
    expect(weightedAverage(seen())).toBe(0);
  });

  test('by a percentile weigh it by the usage too: the limit holds for that share of the work', () => {
    // Nine samples of 10 and one of 90: half of the work each.
    const samples = [...Array.from({ length: 9 }, () => [10, 0] as const), [90, 0] as const];
    expect(adjustedPercentile(seen(...samples), 0.5)).toBe(10);
    expect(adjustedPercentile(seen(...samples), 0.51)).toBe(90);
    expect(adjustedPercentile(seen(), 0.9)).toBe(0);
  });

  test('forget nothing but by age, however long they run', () => {
    const histogram = seen(
      ...Array.from({ length: 200 }, (_, hour) => [hour < 100 ? 100 : 20, hour] as const),
    );
    expect(weightedAverage(histogram)).toBeCloseTo(20, 6);
    expect(Number.isFinite(weightedAverage(histogram))).toBe(true);
  });

  test('by the peak keep so many samples', () => {
    const peak = new RecentPeak(3);
    const highest = [5, 9, 1, 2, 3].map((value) => {
      peak.push(value);
      return peak.highest;
    });
    expect(highest).toEqual([5, 9, 9, 9, 3]);
  });
});
