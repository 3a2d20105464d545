import { describe, expect, it } from 'vitest';
import { DAY, FOREVER, HOUR, MINUTE } from '../../src/model/index.js';
import { web } from '../../src/workloads/services/web.js';
import type { TaskRow } from '../../src/workloads/trace.js';
import { serviceRows } from './service-rows.js';

const STEP = 5 * MINUTE;
const STEPS_PER_DAY = DAY / STEP;

/** One calm application: no noise, no spikes, and no step in which the wave asks for a whole number of instances. */
const CALM = { applications: 1, instances: 59.7, noise: 0, spikesPerDay: 0 };

/** Number of instances that live in each step. */
function concurrency(rows: readonly TaskRow[], steps: number): number[] {
  const changes = new Array<number>(steps + 1).fill(0);
  for (const { submit, duration } of rows) {
    changes[submit / STEP]++;
    changes[Math.min(steps, (submit + duration) / STEP)]--;
  }
  let now = 0;
  return changes.slice(0, steps).map((change) => {
    now += change;
    return now;
  });
}

/** The load that the parameters promise for a calm application. */
function wave(step: number, instances: number, peakToMean: number, peakHour: number): number {
  const hour = (step * STEP) / HOUR;
  return instances * (1 + (peakToMean - 1) * Math.cos((2 * Math.PI * (hour - peakHour)) / 24));
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('web applications', () => {
  it.each([
    [1.333, 20],
    [2, 6.5],
    [1, 0],
  ])(
    'have as many instances in each step as the wave asks for: peak %d of the mean at %d h',
    (peakToMean, peakHour) => {
      const { rows } = serviceRows(web, { ...CALM, peakToMean, peakHour }, 2 * DAY);
      const wanted = Array.from({ length: 2 * STEPS_PER_DAY }, (_, step) =>
        Math.max(1, Math.ceil(wave(step, CALM.instances, peakToMean, peakHour))),
      );
      expect(concurrency(rows, wanted.length)).toEqual(wanted);
    },
  );

  it('swing from trough to peak by one to two with the default peak, the peak at its hour', () => {
    const counts = concurrency(serviceRows(web, { ...CALM, instances: 600 }).rows, STEPS_PER_DAY);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    expect(most / least).toBeCloseTo(2, 1);
    expect(counts.indexOf(most) * STEP).toBeGreaterThan(19.5 * HOUR);
    expect(counts.lastIndexOf(most) * STEP).toBeLessThan(20.5 * HOUR);
    expect(mean(counts)).toBeCloseTo(600.5, 0);
  });

  it('keep an instance until fewer are needed: lives of one application nest, none is cut in two', () => {
    const { rows } = serviceRows(web, CALM);
    // With one peak and one trough in a day, at most two lives per instance number.
    const peak = Math.ceil(CALM.instances * 1.333);
    expect(rows.length).toBeLessThanOrEqual(2 * peak);
    const always = rows.filter((row) => row.submit === 0 && row.duration >= DAY);
    expect(always.length).toBe(Math.ceil(CALM.instances * 0.667));
    expect(
      rows.every((row) => row.duration > 0 && row.duration % STEP === 0 && row.submit % STEP === 0),
    ).toBe(true);
    expect(rows.every((row) => row.submit + row.duration <= DAY)).toBe(true);
  });

  it('deviate from the wave by the noise asked for, which remembers itself from step to step', () => {
    const instances = 500;
    const days = 30;
    const set = { ...CALM, instances, peakToMean: 1, noise: 0.05, noiseMemory: 0.9 };
    const counts = concurrency(serviceRows(web, set, days * DAY).rows, days * STEPS_PER_DAY);
    const deviations = counts.map((count) => count / instances - 1);
    const average = mean(deviations);
    const variance = mean(deviations.map((d) => (d - average) ** 2));
    const product = mean(deviations.slice(1).map((d, i) => (d - average) * (deviations[i] - average)));
    // About 8,640 / 19 independent values: the standard error is 0.0023 of the mean and 3.3 % of the deviation.
    expect(Math.abs(average)).toBeLessThan(0.008);
    expect(Math.sqrt(variance)).toBeGreaterThan(0.0445);
    expect(Math.sqrt(variance)).toBeLessThan(0.0555);
    expect(product / variance).toBeGreaterThan(0.88);
    expect(product / variance).toBeLessThan(0.92);
  });

  it('have spikes as often, as high and as long as asked for', () => {
    const days = 600;
    const set = {
      ...CALM,
      instances: 10,
      peakToMean: 1,
      spikesPerDay: 0.5,
      spikeFactor: 3,
      spikeLength: 15 * MINUTE,
    };
    const counts = concurrency(serviceRows(web, set, days * DAY).rows, days * STEPS_PER_DAY);
    expect(new Set(counts)).toEqual(new Set([10, 30]));
    const begins = counts.filter((count, step) => count === 30 && counts[step - 1] !== 30).length;
    // A Poisson number of mean 300, now and then two in one.
    expect(Math.abs(begins - 300)).toBeLessThan(3.3 * Math.sqrt(300));
    const steps = counts.filter((count) => count === 30).length / begins;
    // An exponential length of mean 3 steps that begins anywhere in a step touches 4 steps on average.
    expect(Math.abs(steps - 4)).toBeLessThan((3.3 * 3) / Math.sqrt(begins));
  });

  it('have spikes that last to the end when they are told to, however far that is', () => {
    const set = { ...CALM, instances: 10, peakToMean: 1, spikesPerDay: 2, spikeLength: FOREVER };
    const counts = concurrency(serviceRows(web, set).rows, STEPS_PER_DAY);
    const begin = counts.indexOf(30);
    expect(begin).toBeGreaterThan(0);
    expect(new Set(counts.slice(begin))).toEqual(new Set([30]));
  });

  it('never have less than one instance each, however small the load', () => {
    const { rows } = serviceRows(web, { ...CALM, instances: 1, peakToMean: 2, noise: 3 });
    const counts = concurrency(rows, STEPS_PER_DAY);
    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBeGreaterThan(1);
  });

  it('are as many as asked for, each with the same life whatever the others do', () => {
    const application = (rows: readonly TaskRow[], number: number) =>
      rows
        .filter((row) => String(row.job).startsWith(`web-${number}@`))
        .map((row) => [row.submit, row.duration]);
    const two = serviceRows(web, { applications: 2 }).rows;
    const five = serviceRows(web, { applications: 5 }).rows;
    for (const number of [0, 1]) expect(application(five, number)).toEqual(application(two, number));
    expect(application(two, 0)).not.toEqual(application(two, 1));
    const noise = serviceRows(web, { applications: 2, spikesPerDay: 0 }).rows;
    expect(application(noise, 0), 'noise of their own').not.toEqual(application(noise, 1));
    const spikes = serviceRows(web, { applications: 2, noise: 0, spikesPerDay: 9 }).rows;
    expect(application(spikes, 0), 'spikes of their own').not.toEqual(application(spikes, 1));
    expect(application(five, 4).length).toBeGreaterThan(0);
    expect(application(five, 5)).toEqual([]);
    expect(serviceRows(web, { applications: 0 }).rows).toEqual([]);
  });

  it('begin a longer run like a shorter one', () => {
    const day = concurrency(serviceRows(web, {}, DAY).rows, STEPS_PER_DAY);
    expect(
      concurrency(serviceRows(web, {}, 3 * DAY).rows, 3 * STEPS_PER_DAY).slice(0, STEPS_PER_DAY),
    ).toEqual(day);
  });

  it('name the instances of an application that start together one job', () => {
    const { rows } = serviceRows(web, { applications: 3 });
    for (const row of rows) expect(String(row.job)).toMatch(new RegExp(`^web-[012]@${row.submit / STEP}$`));
    const places = new Map<string | number, number>();
    rows.forEach((row, place) => {
      const before = places.get(row.job);
      if (before !== undefined) expect(place, 'the rows of a job stand together').toBe(before + 1);
      places.set(row.job, place);
    });
  });
});
