import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromSeconds, HOUR, MINUTE } from '../../../src/model/index.js';
import { noticedAt } from '../../../src/sim/failures/detection.js';
import { drawer, drawRemainder, type Law, parseLaw } from '../../../src/sim/failures/law.js';
import { burstChance, machineOutages } from '../../../src/sim/failures/machine-outages.js';
import { groupOutages } from '../../../src/sim/failures/make-outages.js';
import type { Outage } from '../../../src/sim/failures/outage.js';
import { rebootOutages, rollingOutages } from '../../../src/sim/failures/planned-outages.js';
import { FAILURE_PRESETS } from '../../../src/sim/failures/presets.js';
import { topologyOf } from '../../../src/sim/failures/topology.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';
import { expectTheory } from '../../theory/expect-theory.js';
import { MESOS } from './outages.js';

const REPLICATIONS = 30;

function law(text: string): Law {
  const read = parseLaw(text);
  if (read === undefined) throw new Error(`no law: ${text}`);
  return read;
}

/** A statistic of samples, once per replication, each from a stream of its own. */
function replicated(name: string, statistic: (random: () => number) => number): number[] {
  return Array.from({ length: REPLICATIONS }, (_, i) =>
    statistic(new RandomStreams(`generators/${i}`).stream(name)),
  );
}

function meanOf(draw: () => number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += draw();
  return sum / count;
}

/** Squared coefficient of variation. */
function variationOf(draw: () => number, count: number): number {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / count;
  return values.reduce((a, b) => a + (b - mean) ** 2, 0) / (count - 1) / mean ** 2;
}

function topology(machines: number, racks: number) {
  return topologyOf(
    Array.from({ length: machines }, (_, i) => ({
      name: `m${i}`,
      capacity: [],
      attributes: { rack: `r${i % racks}` },
    })),
    1,
  );
}

const NO_BURSTS = { share: 0, meanSize: 3, gap: 2 * MINUTE, rackShare: 0.5 };
const PLAIN = { flakyShare: 0, flakyFactor: 1, bursts: NO_BURSTS, crew: 0 };

describe('a law of times', () => {
  // Means by the formulas of the laws: scale Gamma(1 + 1/shape), and exp(mu + sigma^2 / 2).
  test.each([
    ['the uptime of LANL05, exponential', 'exponential(1779.99h)', 1779.99],
    ['the repair of LANL05, exponential: 355 minutes', 'exponential(5.92h)', 355 / 60],
    ['the repair of LANL05, Weibull: 3.43 h, not 5.92', 'weibull(0.58,2.18h)', 3.43],
    ['the repair of LANL05, lognormal: 2.88 h, not 5.92', 'lognormal(1.05127h,1.42)', 2.88],
    ['a uniform law', 'uniform(1h,6h)', 3.5],
  ])('has the mean of %s', (_, text, hours) => {
    expectTheory(
      replicated(text, (random) => meanOf(drawer(law(text), random), 8000) / HOUR),
      hours,
      0.03,
    );
  });

  test.each([
    [0.7, 2.14],
    [0.75, 1.83],
    [0.8, 1.59],
  ])('of Weibull with shape %f has a squared coefficient of variation of %f', (shape, expected) => {
    const values = replicated(`cv2/${shape}`, (random) =>
      variationOf(drawer(law(`weibull(${shape},10h)`), random), 20_000),
    );
    expectTheory(values, expected, 0.03);
  });

  // Mean remainder of an interval that covers a moment: E[x^2] / 2 E[x] = mean (1 + CV^2) / 2.
  test.each([
    ['exponential(10h)', 10],
    ['fixed(10h)', 5],
    ['uniform(5h,15h)', (10 * (1 + 100 / 12 / 100)) / 2],
    ['weibull(0.75,10h)', 10 * 1.1906 * (1 + 1.8274) * 0.5],
    ['lognormal(10h,0.5)', (10 * Math.exp(0.125) * Math.exp(0.25)) / 2],
  ])('%s leaves a remainder with the mean of renewal theory', (text, hours) => {
    const values = replicated(
      `remainder/${text}`,
      (random) => meanOf(() => drawRemainder(law(text), random), 4000) / HOUR,
    );
    expectTheory(values, hours, 0.05);
  });

  test('is read with its lengths and shapes, spaces or not', () => {
    expect(parseLaw('weibull(0.48, 816.6h)')).toEqual({ kind: 'weibull', shape: 0.48, scale: 816.6 * HOUR });
    expect(parseLaw('uniform(1h,6h)')).toEqual({ kind: 'uniform', least: HOUR, most: 6 * HOUR });
  });

  test.each([
    'gamma(1h)',
    'exponential()',
    'exponential(0)',
    'exponential(1h,2h)',
    'uniform(6h,1h)',
    'weibull(0,1h)',
    'weibull(1h)',
    'fixed(never)',
  ])('is not %s', (text) => expect(parseLaw(text)).toBeUndefined());

  test('stands in every preset where a preset says so', () => {
    for (const preset of FAILURE_PRESETS)
      for (const [name, value] of Object.entries(preset.settings))
        if (/uptime|repair/i.test(name)) expect(parseLaw(value), `${preset.name}: ${name}`).toBeDefined();
  });
});

describe('failures of machines', () => {
  const renewal = { uptime: law('exponential(100h)'), repair: law('exponential(5h)') };

  test.each(['exponential(100h)', 'weibull(0.75,84h)'])(
    'by %s are as frequent as it says, from the beginning on',
    (uptime) => {
      const brief = { uptime: law(uptime), repair: law('fixed(1s)') };
      const counts = replicatedCounts(
        (streams) =>
          [...machineOutages({ ...brief, ...PLAIN }, topology(4000, 5), streams, 10 * HOUR)].length,
      );
      // Both have a mean of 100 h (84 h x Gamma(1 + 1/0.75) = 100.01 h).
      expectTheory(counts, 400, 0.05);
    },
  );

  // Exponential times between failures of machines that are repaired at once: counts are Poisson, variance over mean is 1.
  test('vary as their law says', () => {
    const brief = { uptime: law('exponential(100h)'), repair: law('fixed(1s)') };
    const dispersion = replicatedCounts((streams) => {
      const counts = new Array<number>(1000).fill(0);
      for (const { machines } of machineOutages(
        { ...brief, ...PLAIN },
        topology(1000, 5),
        streams,
        400 * HOUR,
      ))
        counts[machines[0]]++;
      const mean = counts.reduce((x, y) => x + y, 0) / counts.length;
      return counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1) / mean;
    });
    expectTheory(dispersion, 1, 0.05);
  });

  test.each([2, 3, 6])('come in bursts to the share asked for, with bursts of %d on average', (meanSize) => {
    const bursts = { ...NO_BURSTS, share: 0.37, meanSize };
    const shares = replicatedCounts((streams) => {
      const all = [
        ...machineOutages({ ...renewal, ...PLAIN, bursts }, topology(4000, 10), streams, 100 * HOUR),
      ];
      return all.filter(({ cause }) => cause === 'burst').length / all.length;
    });
    expectTheory(shares, 0.37, 0.05);
  });

  test('are no more in all with bursts than without', () => {
    const bursts = { ...NO_BURSTS, share: 0.37 };
    const counts = replicatedCounts(
      (streams) =>
        [
          ...machineOutages(
            { ...renewal, repair: law('fixed(1m)'), ...PLAIN, bursts },
            topology(2000, 10),
            streams,
            100 * HOUR,
          ),
        ].length,
    );
    expectTheory(counts, 2000, 0.05);
  });

  test('of one burst are within its gap of each other and of different machines', () => {
    const bursts = { ...NO_BURSTS, share: 0.9, meanSize: 4 };
    const streams = new RandomStreams('gap');
    const all = [...machineOutages({ ...renewal, ...PLAIN, bursts }, topology(50, 5), streams, 500 * HOUR)];
    let last: Outage | undefined;
    let close = 0;
    for (const one of all) {
      if (
        last?.cause === 'burst' &&
        one.cause === 'burst' &&
        one.start >= last.start &&
        one.start - last.start <= 2 * MINUTE
      ) {
        close++;
        expect(one.machines).not.toEqual(last.machines);
      }
      last = one;
    }
    expect(close).toBeGreaterThan(100);
  });

  test('hit flaky machines as many times as often', () => {
    const shares = replicatedCounts((streams) => {
      const flaky = { ...renewal, repair: law('fixed(1m)'), ...PLAIN, flakyShare: 0.5, flakyFactor: 9 };
      return [...machineOutages(flaky, topology(2000, 10), streams, 100 * HOUR)].length;
    });
    expectTheory(shares, 2000 * (0.5 * 1 + 0.5 * 9), 0.05);
  });

  test('of one machine do not move when another machine is added', () => {
    const of = (machines: number) =>
      [
        ...machineOutages(
          { ...renewal, ...PLAIN },
          topology(machines, 5),
          new RandomStreams('7'),
          1000 * HOUR,
        ),
      ].filter((one) => one.machines[0] < 10);
    expect(of(30)).toEqual(of(10));
  });

  test('need no more than the share that a chance can give', () => {
    expect(burstChance({ ...NO_BURSTS, share: 0 })).toBe(0);
    const chance = burstChance({ ...NO_BURSTS, share: 0.37, meanSize: 3 });
    expect((chance * 3) / (1 - chance + chance * 3)).toBeCloseTo(0.37, 12);
  });
});

function replicatedCounts(count: (streams: RandomStreams) => number): number[] {
  return Array.from({ length: REPLICATIONS }, (_, i) => count(new RandomStreams(`outages/${i}`)));
}

describe('other outages', () => {
  test('of racks take all of their machines at once', () => {
    const { racks } = topology(40, 4);
    const renewal = { uptime: law('exponential(10h)'), repair: law('uniform(1h,6h)') };
    const all = [...groupOutages('off', 'rack', racks, renewal, new RandomStreams('1'), 100 * HOUR)];
    expect(all.length).toBeGreaterThan(10);
    for (const one of all) expect(one.machines).toHaveLength(10);
  });

  test('that are planned come once per period for each machine, announced before', () => {
    const reboots = { every: 24 * HOUR, length: 10 * MINUTE, notice: 5 * MINUTE };
    const all = [...rebootOutages(reboots, topology(50, 5), new RandomStreams('1'), 240 * HOUR)];
    expect(all).toHaveLength(500);
    for (const one of all) expect(one.start - one.notice).toBe(Math.min(5 * MINUTE, one.start));
  });

  test('of rolling maintenance take each machine once, never more than so many at a time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }), (count, atOnce) => {
        const machines = Array.from({ length: count }, (_, i) => i);
        const all = [...rollingOutages({ start: HOUR, length: HOUR, atOnce, notice: 0 }, machines)];
        expect(all.flatMap((one) => one.machines)).toEqual(machines);
        for (const one of all) expect(one.machines.length).toBeLessThanOrEqual(atOnce);
        for (let i = 1; i < all.length; i++) expect(all[i].start).toBe(all[i - 1].end);
        expect(all[all.length - 1].end).toBe(2 * HOUR);
      }),
    );
  });
});

test('a silent machine is noticed from 75 to 90 seconds later, by the place of its pings', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.nat(14_999_999), (silent, phase) => {
      const after = noticedAt(silent, phase, MESOS) - silent;
      expect(after).toBeGreaterThanOrEqual(fromSeconds(75));
      expect(after).toBeLessThan(fromSeconds(90));
    }),
  );
});
