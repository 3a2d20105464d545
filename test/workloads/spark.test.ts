import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromSeconds, HOUR, MICROS_PER_SECOND, MINUTE, type Micros } from '../../src/model/index.js';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { boundedPareto } from '../../src/workloads/services/load-curves.js';
import { spark } from '../../src/workloads/services/spark.js';
import type { TaskRow } from '../../src/workloads/trace.js';
import { serviceRows } from './service-rows.js';

/** Largest distance between an empirical and a true distribution function that 1 sample in 1000 exceeds (Kolmogorov). */
const kolmogorov = (draws: number) => 1.95 / Math.sqrt(draws);

/** Share of the bounded Pareto at or below x. */
function paretoShare(x: number, alpha: number, low: number, high: number): number {
  return (1 - (low / x) ** alpha) / (1 - (low / high) ** alpha);
}

/** Share of the standard normal below z, within 2e-7 (Abramowitz & Stegun, 7.1.26). */
function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp((-z * z) / 2)) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** Jobs in order of submission: when, and how many tasks. */
function jobsOf(rows: readonly TaskRow[]): { submit: Micros; tasks: number }[] {
  const jobs = new Map<string | number, { submit: Micros; tasks: number }>();
  for (const { job, submit } of rows) {
    const known = jobs.get(job);
    if (known === undefined) jobs.set(job, { submit, tasks: 1 });
    else known.tasks++;
  }
  return [...jobs.values()];
}

/** Jobs of one task each, so that arrivals can be looked at in long runs. */
const ARRIVALS = { sizeMin: 1, sizeMax: 1 };

describe('the bounded Pareto', () => {
  it('turns a share into the size below which that share lies', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 10_000 }),
        (share, alpha, low, more) => {
          const size = boundedPareto(share, alpha, low, low + more);
          expect(size).toBeGreaterThanOrEqual(low * (1 - 1e-12));
          expect(size).toBeLessThanOrEqual((low + more) * (1 + 1e-9));
          expect(paretoShare(size, alpha, low, low + more)).toBeCloseTo(share, 9);
        },
      ),
    );
  });

  it('begins at its lower end, and is one value when both ends are one', () => {
    expect(boundedPareto(0, 1.3, 8, 2000)).toBe(8);
    expect(boundedPareto(0.7, 1.3, 5, 5)).toBe(5);
  });

  it('has the quantiles of the formula: half of the jobs of alpha 1 on [1, 100] are smaller than 1/0.505', () => {
    expect(boundedPareto(0.5, 1, 1, 100)).toBeCloseTo(1 / 0.505, 12);
  });
});

describe('Spark jobs', () => {
  it.each([
    [1.3, 8, 2000],
    [1.1, 1, 500],
    [2, 10, 40],
  ])('have bounded-Pareto sizes: alpha %d from %i to %i tasks', (sizeAlpha, sizeMin, sizeMax) => {
    const set = { jobsPerHour: 5000, sizeAlpha, sizeMin, sizeMax };
    const sizes = jobsOf(serviceRows(spark, set, HOUR).rows).map((job) => job.tasks);
    expect(sizes.length).toBeGreaterThan(3000);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(sizeMin);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(sizeMax);
    const limit = kolmogorov(sizes.length);
    // A size is rounded, so that k stands for what lies below k + 1/2.
    for (const k of [sizeMin, sizeMin + 1, sizeMin + 3, sizeMin * 2, sizeMin * 3, Math.floor(sizeMax / 2)]) {
      const share = sizes.filter((size) => size <= k).length / sizes.length;
      expect(Math.abs(share - paretoShare(k + 0.5, sizeAlpha, sizeMin, sizeMax))).toBeLessThan(limit);
    }
  });

  it.each([
    [fromSeconds(150), 0.8],
    [fromSeconds(2), 1.5],
  ])('have tasks of lognormal run time, median %i us and sigma %d', (taskMedian, taskSigma) => {
    const { rows } = serviceRows(spark, { jobsPerHour: 400, taskMedian, taskSigma }, HOUR);
    const durations = rows.map((row) => row.duration);
    expect(durations.length).toBeGreaterThan(5000);
    const limit = kolmogorov(durations.length);
    for (const z of [-2, -1, -0.5, 0, 0.5, 1, 2]) {
      const border = taskMedian * Math.exp(z * taskSigma);
      const share = durations.filter((duration) => duration <= border).length / durations.length;
      expect(Math.abs(share - normalShare(z)), `at ${z} sigma`).toBeLessThan(limit);
    }
    expect(durations.every((duration) => Number.isInteger(duration) && duration >= 1)).toBe(true);
  });

  it('have tasks of one length when sigma is 0', () => {
    const { rows } = serviceRows(spark, { taskSigma: 0, taskMedian: MINUTE }, HOUR);
    expect(new Set(rows.map((row) => row.duration))).toEqual(new Set([MINUTE]));
  });

  it.each([
    [200, 12],
    [30, 1],
    [400, 40],
  ])('come at a mean rate of %i an hour, in bursts of %i', (jobsPerHour, burstJobs) => {
    const seeds = Array.from({ length: 8 }, (_, seed) => `rate-${seed}`);
    const rates = seeds.map(
      (seed) => serviceRows(spark, { ...ARRIVALS, jobsPerHour, burstJobs }, 24 * HOUR, seed).rows.length / 24,
    );
    const { mean, halfWidth } = meanInterval(rates, 0.999);
    expect(Math.abs(mean - jobsPerHour)).toBeLessThan(halfWidth as number);
    expect(halfWidth).toBeLessThan(jobsPerHour / 5);
  });

  it('come in bursts of geometric length whose jobs follow each other after the mean gap', () => {
    // One burst in a hundred hours, so that bursts can be told apart.
    const set = { ...ARRIVALS, jobsPerHour: 0.12, burstJobs: 12, burstGap: fromSeconds(10) };
    const submits = serviceRows(spark, set, 150_000 * HOUR).rows.map((row) => row.submit);
    const gaps = submits.slice(1).map((submit, i) => submit - submits[i]);
    const within = gaps.filter((gap) => gap < 10 * MINUTE);
    const bursts = submits.length - within.length;
    expect(bursts).toBeGreaterThan(1200);
    const meanLength = submits.length / bursts;
    // Standard error of the mean of a geometric distribution of mean 12.
    expect(Math.abs(meanLength - 12)).toBeLessThan((3.3 * Math.sqrt(132)) / Math.sqrt(bursts));
    const meanGap = within.reduce((a, b) => a + b, 0) / within.length / MICROS_PER_SECOND;
    expect(Math.abs(meanGap - 10)).toBeLessThan((3.3 * 10) / Math.sqrt(within.length));
    const lengths: number[] = [];
    let length = 1;
    for (const gap of gaps) {
      if (gap < 10 * MINUTE) length++;
      else {
        lengths.push(length);
        length = 1;
      }
    }
    const single = lengths.filter((n) => n === 1).length / lengths.length;
    expect(Math.abs(single - 1 / 12)).toBeLessThan(3.3 * Math.sqrt(((1 / 12) * (11 / 12)) / lengths.length));
  });

  it('make counts per hour far more uneven than a Poisson process does, which bursts of one job are', () => {
    const dispersion = (burstJobs: number) => {
      const counts = new Array<number>(500).fill(0);
      const { rows } = serviceRows(spark, { ...ARRIVALS, jobsPerHour: 50, burstJobs }, 500 * HOUR);
      for (const { submit } of rows) counts[Math.floor(submit / HOUR)]++;
      const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
      return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length / mean;
    };
    // Variance over mean of a compound Poisson process: E[N^2] / E[N] = 2 * 12 - 1, a little less where hours cut bursts.
    expect(dispersion(12)).toBeGreaterThan(16);
    expect(dispersion(12)).toBeLessThan(30);
    expect(Math.abs(dispersion(1) - 1)).toBeLessThan(0.25);
  });

  it('stay away when none are asked for, and end with the horizon', () => {
    expect(serviceRows(spark, { jobsPerHour: 0 }).rows).toEqual([]);
    const { rows } = serviceRows(spark, ARRIVALS, HOUR);
    expect(rows.every((row) => row.submit >= 0 && row.submit < HOUR && Number.isInteger(row.submit))).toBe(
      true,
    );
    expect(
      serviceRows(spark, ARRIVALS, 2 * HOUR).rows.slice(0, rows.length),
      'a longer run begins the same',
    ).toEqual(rows);
  });

  it('have no smallest size above the largest: that is a mistake of the person who set it', () => {
    expect(() => serviceRows(spark, { sizeMin: 3000 })).toThrow(
      'spark.sizeMin: found "3000", expected at most spark.sizeMax, which is 2000',
    );
    expect(serviceRows(spark, { sizeMin: 2000, jobsPerHour: 40 }, HOUR).rows.length % 2000).toBe(0);
  });

  it('draw arrivals, sizes and run times from streams of their own', () => {
    const shape = (set: Readonly<Record<string, number>>) => jobsOf(serviceRows(spark, set, HOUR).rows);
    const usual = shape({});
    const submits = (jobs: readonly { submit: Micros }[]) => jobs.map((job) => job.submit);
    const tasks = (jobs: readonly { tasks: number }[]) => jobs.map((job) => job.tasks);
    expect(submits(shape({ sizeMax: 100, taskSigma: 2 }))).toEqual(submits(usual));
    expect(tasks(shape({ taskMedian: 1, taskSigma: 2 }))).toEqual(tasks(usual));
    const gaps = shape({ burstGap: 1 });
    const common = Math.min(gaps.length, usual.length);
    expect(tasks(gaps).slice(0, common), 'sizes go by the number of the job').toEqual(
      tasks(usual).slice(0, common),
    );
  });
});
