import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/index.js';
import { diurnal } from '../../src/workloads/services/diurnal.js';
import { dailyPeak } from '../../src/workloads/services/load-curves.js';
import { serviceRows } from './service-rows.js';

const STEPS = DAY / (5 * MINUTE);

describe('a day with one peak', () => {
  test('has mean 1, the peak that is asked for, at its hour, and never falls below 0', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.integer({ min: 0, max: 23 }),
        (ratio, hour) => {
          const day = dailyPeak(ratio, hour + 2.5 / 60, STEPS);
          expect(day.reduce((a, b) => a + b, 0) / STEPS).toBeCloseTo(1, 9);
          expect(Math.max(...day)).toBeCloseTo(ratio, 6);
          expect(Math.min(...day)).toBeGreaterThanOrEqual(0);
          if (ratio > 1.01) expect(day.indexOf(Math.max(...day))).toBe(hour * 12);
        },
      ),
    );
  });
});

describe('a diurnal service', () => {
  const calm = { instances: 40.5, peakToMean: 4, peakHour: 14, noise: 0 };

  test('has as many instances as its load asks for, all day', () => {
    const { rows } = serviceRows(diurnal, calm);
    const day = dailyPeak(4, 14, STEPS);
    for (let step = 0; step < STEPS; step++) {
      const at = step * 5 * MINUTE;
      const living = rows.filter(({ submit, duration }) => submit <= at && at < submit + duration).length;
      expect(living).toBe(Math.max(1, Math.ceil(40.5 * day[step])));
    }
  });

  test('asks for the same at the same hour of the next day', () => {
    const { rows } = serviceRows(diurnal, calm, 2 * DAY);
    const living = (at: number) =>
      rows.filter((row) => row.submit <= at && at < row.submit + row.duration).length;
    for (let hour = 0; hour < 24; hour++) expect(living(DAY + hour * HOUR)).toBe(living(hour * HOUR));
  });

  test('has the priority that it is given', () => {
    expect(new Set(serviceRows(diurnal, { priority: 200 }).rows.map(({ priority }) => priority))).toEqual(
      new Set([200]),
    );
  });
});
