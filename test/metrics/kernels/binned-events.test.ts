import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BinnedEvents } from '../../../src/metrics/kernels/binned-events.js';
import { BinnedLevel } from '../../../src/metrics/kernels/binned-level.js';
import { TimeBins } from '../../../src/metrics/kernels/time-bins.js';
import { MICROS_PER_SECOND } from '../../../src/model/index.js';

const ORIGIN = 1000;
const WIDTH = 10;

/** Instants in order; some so far apart that the bins must double. */
const instants = fc
  .array(fc.record({ after: fc.oneof(fc.nat(20), fc.nat(9000)), events: fc.integer({ min: 1, max: 9 }) }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((drawn) => {
    let at = ORIGIN;
    return drawn.map(({ after, events }) => {
      at += after;
      return { at, events };
    });
  });

function naiveRates(all: readonly { at: number; events: number }[], bins: TimeBins, end: number): number[] {
  const count = bins.binsUntil(end);
  return Array.from({ length: count }, (_, bin) => {
    const from = ORIGIN + bin * bins.binWidth;
    const isLast = bin === count - 1;
    const within = all.filter(({ at }) => at >= from && (at < from + bins.binWidth || isLast));
    const sum = within.reduce((total, { events }) => total + events, 0);
    return (sum * MICROS_PER_SECOND) / bins.lengthOf(bin, end);
  });
}

describe('events in bins of time', () => {
  test('have the exact rate of each bin, and those at the end belong to the last bin', () => {
    fc.assert(
      fc.property(instants, fc.nat(3000), (drawn, rest) => {
        const bins = new TimeBins(ORIGIN, WIDTH);
        const events = new BinnedEvents(bins);
        for (const { at, events: count } of drawn) events.add(count, at);
        const end = drawn[drawn.length - 1].at + rest;
        bins.cover(end);
        expect([...events.rates(end)]).toEqual(naiveRates(drawn, bins, end));
      }),
    );
  });

  test('repeat in periods as if they were added one by one', () => {
    const repeated = fc.record({
      events: fc.integer({ min: 1, max: 5 }),
      from: fc.nat(900),
      period: fc.integer({ min: 1, max: 40 }),
      times: fc.integer({ min: 1, max: 400 }),
      rest: fc.nat(100),
    });
    fc.assert(
      fc.property(repeated, ({ events, from, period, times, rest }) => {
        const end = ORIGIN + from + (times - 1) * period + rest;
        const rates = [true, false].map((isAtOnce) => {
          const bins = new TimeBins(ORIGIN, WIDTH);
          const series = new BinnedEvents(bins);
          series.add(7, ORIGIN);
          if (isAtOnce) series.addRepeated(events, ORIGIN + from, period, times);
          else for (let k = 0; k < times; k++) series.add(events, ORIGIN + from + k * period);
          bins.cover(end);
          return [...series.rates(end)];
        });
        expect(rates[0]).toEqual(rates[1]);
      }),
    );
  });
});

describe('a level in bins of time', () => {
  test('has the exact mean of each bin', () => {
    fc.assert(
      fc.property(instants, fc.nat(3000), (drawn, rest) => {
        const bins = new TimeBins(ORIGIN, WIDTH);
        const level = new BinnedLevel(bins, ORIGIN);
        for (const { at, events } of drawn) level.set(events, at);
        const end = drawn[drawn.length - 1].at + rest;
        bins.cover(end);
        level.advance(end);
        const steps = drawn.map(({ at, events }, i) => ({ at, events, until: drawn[i + 1]?.at ?? end }));
        level.means(end).forEach((mean, bin) => {
          const from = ORIGIN + bin * bins.binWidth;
          const to = from + bins.lengthOf(bin, end);
          const area = steps.reduce(
            (sum, step) =>
              sum + step.events * Math.max(0, Math.min(to, step.until) - Math.max(from, step.at)),
            0,
          );
          expect(mean).toBeCloseTo(area / (to - from), 9);
        });
      }),
    );
  });

  test('changes by an amount from the time on', () => {
    const bins = new TimeBins(0, 10);
    const level = new BinnedLevel(bins, 0);
    level.change(2, 5);
    level.change(-1, 15);
    level.advance(20);
    expect([...level.means(20)]).toEqual([1, 1.5]);
  });
});
