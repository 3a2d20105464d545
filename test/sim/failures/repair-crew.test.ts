import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../../src/model/index.js';
import { type Law, parseLaw } from '../../../src/sim/failures/law.js';
import { type MachineFailures, machineOutages } from '../../../src/sim/failures/machine-outages.js';
import type { Outage } from '../../../src/sim/failures/outage.js';
import { topologyOf } from '../../../src/sim/failures/topology.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';
import { expectTheory } from '../../theory/expect-theory.js';

const law = (text: string) => parseLaw(text) as Law;

function outagesOf(machines: number, terms: Partial<MachineFailures>, seed: string, hours: number): Outage[] {
  const specs = Array.from({ length: machines }, (_, i) => ({
    name: `m${i}`,
    capacity: [],
    attributes: { rack: `r${i % 3}` },
  }));
  const failures = {
    uptime: law('exponential(10h)'),
    repair: law('exponential(5h)'),
    flakyShare: 0,
    flakyFactor: 1,
    bursts: { share: 0, meanSize: 3, gap: 2 * MINUTE, rackShare: 0.5 },
    crew: 0,
    ...terms,
  };
  return [...machineOutages(failures, topologyOf(specs, 1), new RandomStreams(seed), hours * HOUR)];
}

const byStart = (a: Outage, b: Outage) => a.start - b.start || a.machines[0] - b.machines[0];

/**
 * The mean number of machines that are off in the machine repair model M/M/c//N: `machines` with these mean times, and `crew`
 * repairers. With r = repair/uptime, the probability of n off is p(0) C(N,n) r^n up to c, and p(0) C(N,n) n!/(c! c^(n-c)) r^n above.
 */
function meanOff(machines: number, crew: number, uptime: number, repair: number): number {
  // p(n+1) / p(n): N-n machines can fail, and min(n+1, c) are repaired.
  const weights = [1];
  for (let n = 0; n < machines; n++)
    weights.push((weights[n] * ((machines - n) * repair)) / (uptime * Math.min(n + 1, crew)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((mean, weight, n) => mean + (n * weight) / sum, 0);
}

describe('a crew of repairers', () => {
  test.each([
    [1, 3],
    [2, 6],
    [5, 6],
    [6, 6],
  ])('of %d for %d machines has as many off as the machine repair model says', (crew, machines) => {
    const hours = 20_000;
    const means = Array.from({ length: 20 }, (_, i) => {
      const all = outagesOf(machines, { crew }, `crew/${crew}/${i}`, hours);
      const off = all.reduce((sum, { start, end }) => sum + Math.min(end, hours * HOUR) - start, 0);
      return off / (hours * HOUR);
    });
    const theory = meanOff(machines, crew, 10, 5);
    // Machines that never wait are off for 5 of 15 hours.
    if (crew === machines) expect(theory).toBeCloseTo(machines / 3, 12);
    expectTheory(means, theory, 0.05);
  });

  test('takes machines in the order of their failures, as soon as one of it is free', () => {
    const all = outagesOf(3, { uptime: law('fixed(1h)'), repair: law('fixed(2h)'), crew: 1 }, '1', 12).sort(
      byStart,
    );
    // The first three machines fail within the first hour, at the remainders of their uptimes. Each takes two hours, one by one.
    const [first] = all;
    expect(all.slice(0, 3).map(({ end }) => (end - first.start) / HOUR)).toEqual([2, 4, 6]);
    expect(new Set(all.slice(0, 3).flatMap(({ machines }) => machines)).size).toBe(3);
    // The first fails again an hour after its repair, and is the next in the queue: 6 to 8 h.
    expect(all[3].machines).toEqual(first.machines);
    expect([all[3].start - first.start, all[3].end - first.start]).toEqual([3 * HOUR, 8 * HOUR]);
  });

  test('that is large enough changes nothing, and a small one is never more than itself', () => {
    const bursts = { share: 0.5, meanSize: 3, gap: 2 * MINUTE, rackShare: 0.5 };
    for (const seed of ['1', '2', '3']) {
      const free = outagesOf(8, { bursts }, seed, 500).sort(byStart);
      expect(outagesOf(8, { bursts, crew: 1000 }, seed, 500).sort(byStart)).toEqual(free);
      const few = outagesOf(8, { bursts, crew: 2, repair: law('fixed(2h)') }, seed, 500);
      // Repairs are the last two hours of each outage.
      for (const { end } of few) {
        const atOnce = few.filter((other) => other.end - 2 * HOUR < end && other.end >= end).length;
        expect(atOnce).toBeLessThanOrEqual(2);
      }
    }
  });
});
