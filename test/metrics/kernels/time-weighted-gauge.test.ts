import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimeWeightedGauge } from '../../../src/metrics/kernels/time-weighted-gauge.js';

/** A level that lasted for a while. */
interface Step {
  readonly value: number;
  readonly lasts: number;
}

const steps = fc.array(
  fc.record({ value: fc.nat(10_000).map((part) => part / 10_000), lasts: fc.nat(1000) }),
  { minLength: 1, maxLength: 30 },
);

function levelOf(steps: readonly Step[], origin: number): TimeWeightedGauge {
  const level = new TimeWeightedGauge();
  let now = origin;
  for (const { value, lasts } of steps) {
    level.set(value, now);
    now += lasts;
  }
  level.advance(now);
  return level;
}

const timeOf = (steps: readonly Step[]) => steps.reduce((sum, { lasts }) => sum + lasts, 0);

/** The lowest value that is not exceeded for a share q of the time. */
function naiveQuantile(steps: readonly Step[], q: number): number {
  const values = steps.filter(({ lasts }) => lasts > 0).map(({ value }) => value);
  const timeUpTo = (limit: number) => timeOf(steps.filter(({ value }) => value <= limit));
  return Math.min(...values.filter((value) => timeUpTo(value) >= q * timeOf(steps)));
}

describe('a level over time', () => {
  test('knows its mean and peak exactly', () => {
    fc.assert(
      fc.property(steps, fc.nat(5000), (drawn, origin) => {
        const level = levelOf(drawn, origin);
        const integral = drawn.reduce((sum, { value, lasts }) => sum + value * lasts, 0);
        expect(level.mean).toBeCloseTo(timeOf(drawn) === 0 ? 0 : integral / timeOf(drawn), 9);
        expect(level.peak).toBe(Math.max(...drawn.map(({ value }) => value)));
      }),
    );
  });

  test('knows its quantiles by time within 0.001', () => {
    const share = fc.constantFrom(0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1);
    fc.assert(
      fc.property(steps, share, (drawn, q) => {
        fc.pre(timeOf(drawn) > 0);
        const error = Math.abs(levelOf(drawn, 0).quantile(q) - naiveQuantile(drawn, q));
        expect(error).toBeLessThanOrEqual(0.001);
      }),
      { numRuns: 500 },
    );
  });

  test('weighs values by how long they lasted, not by how often they were set', () => {
    const level = levelOf(
      [
        { value: 1, lasts: 1 },
        { value: 0.2, lasts: 97 },
        { value: 0.9, lasts: 1 },
        { value: 0.8, lasts: 1 },
      ],
      0,
    );
    expect(level.mean).toBeCloseTo((1 + 0.2 * 97 + 0.9 + 0.8) / 100, 12);
    expect([0.5, 0.97, 0.98, 0.99, 1].map((q) => level.quantile(q))).toEqual([0.2, 0.2, 0.8, 0.9, 1]);
  });

  test('does not depend on how often the time is counted', () => {
    const level = new TimeWeightedGauge();
    level.set(0.5, 0);
    for (let now = 0; now <= 10; now++) level.advance(now);
    level.advance(10);
    expect([level.mean, level.quantile(0.5)]).toEqual([0.5, 0.5]);
  });

  test('is 0 while no time was counted, and never above its peak in the quantiles', () => {
    const level = new TimeWeightedGauge();
    level.set(0.3, 7);
    expect([level.mean, level.peak, level.quantile(0.5)]).toEqual([0, 0.3, 0.3]);
    expect(levelOf([{ value: 0.9996, lasts: 5 }], 0).quantile(0.5)).toBe(0.9996);
  });

  test('counts values above 1 as 1 in the quantiles, and exactly in mean and peak', () => {
    const level = levelOf(
      [
        { value: 1.5, lasts: 6 },
        { value: 0.5, lasts: 4 },
      ],
      0,
    );
    expect([level.mean, level.peak, level.quantile(0.9)]).toEqual([1.1, 1.5, 1]);
  });
});
