import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue, type Summary, summarize } from '../../src/metrics/catalogue/catalogue.js';
import type { Shape } from '../../src/metrics/catalogue/entry.js';
import { jainIndex, nines } from '../../src/metrics/catalogue/statistics.js';
import { boundedSlowdown, SLOWDOWN_UNIT } from '../../src/metrics/kernels/bounded-slowdown.js';
import { TimeWeightedMean } from '../../src/metrics/kernels/time-weighted-mean.js';
import { fromSeconds } from '../../src/model/index.js';
import { CPUS_MEM, listParts, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

let summary: Summary;

/**
 * One machine of 4 cores and 8 MiB for 100 s. Framework a: two tasks of 2 cores and 1 MiB, 0 to 40. Framework b: a job of two tasks of 4 cores and 4 MiB
 * for 20 s, submitted at 10: they run from 40 to 60 and from 60 to 80. Another task of b, submitted at 70, runs from 80 on.
 */
beforeAll(async () => {
  const { recorder } = await simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [{ cpus: 4, mem: 8 }]),
    trace: traceOf(
      CPUS_MEM,
      rowsOf(CPUS_MEM, [
        { framework: 0, tasks: 2, needs: { cpus: 2, mem: 1 }, runs: 40 },
        { framework: 1, tasks: 2, at: 10, needs: { cpus: 4, mem: 4 }, runs: 20 },
        { framework: 1, at: 70, needs: { cpus: 1, mem: 8 }, runs: 1000 },
      ]),
      { frameworks: [{ name: 'a' }, { name: 'b' }] },
    ),
    parts: listParts(),
    until: 100,
  });
  summary = summarize({ recorder, run: { policy: { name: 'list', parameters: {} } } as never });
});

describe('a summary', () => {
  test('has the allocated integral over that of the capacity, in all and by framework', () => {
    // Core-seconds: a 2 x 2 x 40 = 160; b 2 x 4 x 20 + 1 x 20 = 180; of 400. MiB-seconds: a 80; b 160 + 160; of 800.
    expect(summary.utilization.cpus.allocated.mean).toBeCloseTo(340 / 400, 12);
    expect(summary.utilization.mem.allocated.mean).toBeCloseTo(400 / 800, 12);
    expect(summary.byFramework.a.utilization.cpus.allocated).toBeCloseTo(160 / 400, 12);
    expect(summary.byFramework.b.utilization.cpus.allocated).toBeCloseTo(180 / 400, 12);
    expect(summary.byFramework.b.utilization.mem.allocated).toBeCloseTo(320 / 800, 12);
    // 80 s of the time all cores, then a quarter of them; memory: a quarter, half, then all.
    expect(summary.utilization.cpus.allocated).toMatchObject({ p50: 1, p95: 1, peak: 1 });
    expect(summary.utilization.mem.allocated).toMatchObject({ p50: 0.5, p95: 1, peak: 1 });
    expect(summary.utilization.cpus.used).toBeNull();
  });

  test('has the waits of jobs and tasks, and the mean and the largest number of waiting tasks', () => {
    // Jobs waited 0, 30 and 10 s; tasks 0, 0, 30, 50 and 10 s.
    expect(summary.wait).toMatchObject({ count: 3, mean: 40 / 3, max: 30 });
    expect(summary.taskWait).toMatchObject({ count: 5, mean: 18, p50: 10, max: 50 });
    expect(summary.requeueWait).toMatchObject({ count: 0, mean: null });
    // Two tasks wait from 10 to 40, one from 40 to 60, one from 70 to 80: 60 + 20 + 10 of 100 s.
    expect(summary.queue).toEqual({ mean: 0.9, peak: 2 });
  });

  test('has responses, slowdowns, makespan and throughput', () => {
    // The job of a: 40 s. The first job of b: 70 s, and it ran for 40 s.
    expect(summary.response).toMatchObject({ count: 2, mean: 55, max: 70 });
    expect(summary.boundedSlowdown).toMatchObject({ count: 2, mean: (1 + 70 / 40) / 2 });
    expect(summary.makespan).toBe(80);
    expect(summary.throughput.jobsPerHour).toBeCloseTo(2 * 36, 9);
    expect(summary.throughput.tasksPerHour).toBeCloseTo(4 * 36, 9);
  });

  test('has the numbers of tasks and jobs by outcome', () => {
    expect(summary.jobs).toEqual({ submitted: 3, started: 3, finished: 2, failed: 0, unfinished: 1 });
    expect(summary.tasks).toMatchObject({ submitted: 5, started: 5, finished: 4, running: 1, pending: 0 });
    expect(summary.byFramework.b.tasks).toMatchObject({ submitted: 3, finished: 2, running: 1 });
  });

  test('has dominant shares of the capacity, and how equal they are', () => {
    // a: all cores for 40 s. b: all cores for 40 s, then all of the memory for 20 s.
    expect(summary.byFramework.a.dominantShare).toEqual({ mean: 0.4, peak: 1 });
    expect(summary.byFramework.b.dominantShare.mean).toBeCloseTo(0.6, 12);
    expect(summary.fairness.jain).toBeCloseTo(1 / (2 * (0.16 + 0.36)), 12);
  });
});

describe('the catalogue', () => {
  /** Path and shape of every number. */
  function numbers(shape: Shape, path: string): [string, Shape][] {
    const below = (name: string) => (path === '' ? name : `${path}.${name}`);
    if (shape.kind === 'group')
      return Object.entries(shape.fields).flatMap(([name, field]) => numbers(field, below(name)));
    if (shape.kind === 'each') return numbers(shape.entry, below(`<${shape.names}>`));
    return shape.kind === 'data' ? [] : [[path, shape]];
  }

  test('says of each number in tables which direction is better, or that it only describes', () => {
    for (const [path, shape] of numbers(catalogue.shape, '')) {
      if (shape.kind !== 'number' || shape.compared === undefined) continue;
      expect(['lower', 'higher', 'neither'], path).toContain(shape.compared.better);
    }
  });

  test('describes every distribution', () => {
    for (const [path, shape] of numbers(catalogue.shape, ''))
      if (shape.kind === 'distribution') expect(shape.about, path).toMatch(/\w{4}/);
  });
});

describe('statistics', () => {
  test("Jain's index is 1 for equals, 1/n when one has all, and null when nothing was given", () => {
    expect(jainIndex([0.3, 0.3, 0.3])).toBeCloseTo(1, 12);
    expect(jainIndex([0, 0, 0.7, 0])).toBeCloseTo(1 / 4, 12);
    expect(jainIndex([1, 3])).toBeCloseTo(16 / (2 * 10), 12);
    expect(jainIndex([0, 0])).toBeNull();
  });

  test('three nines are an availability of 99.9 %', () => {
    expect(nines(0.001)).toBeCloseTo(3, 12);
    expect(nines(0)).toBeNull();
  });

  test('a bounded slowdown is at least 1, and short jobs count as 10 s', () => {
    const slowdown = (response: number, ran: number) =>
      boundedSlowdown(fromSeconds(response), fromSeconds(ran)) / SLOWDOWN_UNIT;
    expect([slowdown(100, 20), slowdown(100, 1), slowdown(5, 1), slowdown(20, 20)]).toEqual([5, 10, 1, 1]);
  });

  test('a mean over time has no part of a value that lasts no time', () => {
    const mean = new TimeWeightedMean(10);
    mean.set(1, 10);
    mean.set(9, 20);
    mean.set(2, 20);
    mean.advance(40);
    expect([mean.mean, mean.peak]).toEqual([(10 + 40) / 30, 2]);
  });
});
