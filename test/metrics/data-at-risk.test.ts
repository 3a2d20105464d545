import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataAtRisk, lossProbability } from '../../src/metrics/data-at-risk.js';
import { ServiceHealth } from '../../src/metrics/service-health.js';
import { fromSeconds } from '../../src/model/index.js';

describe('the chance that data are lost', () => {
  test('is what counting says', () => {
    // 2 of 4 instances lost, 2 copies: one of the 6 pairs; two pieces.
    expect(lossProbability(2, 4, 2, 1)).toBeCloseTo(1 / 6, 12);
    expect(lossProbability(2, 4, 2, 2)).toBeCloseTo(1 - (5 / 6) ** 2, 12);
    // 3 of 5: 3 of the 10 pairs.
    expect(lossProbability(3, 5, 2, 1)).toBeCloseTo(3 / 10, 12);
    // One failed in a hundred of 5000 nodes, 10,000 chunks a node: near certainty (Cidon et al., ATC 2013, section 1).
    expect(lossProbability(50, 5000, 3, (5000 * 10_000) / 3)).toBeGreaterThan(0.99);
  });

  test('is none below as many losses as copies, certain where all are lost, and grows with each', () => {
    const drawn = fc.record({
      instances: fc.integer({ min: 3, max: 60 }),
      replicas: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(drawn, ({ instances, replicas }) => {
        for (let lost = 0; lost < instances; lost++) {
          const chance = lossProbability(lost, instances, replicas, 10);
          if (lost < replicas) expect(chance).toBe(0);
          expect(lossProbability(lost + 1, instances, replicas, 10)).toBeGreaterThanOrEqual(chance);
        }
        expect(lossProbability(instances, instances, replicas, 10)).toBe(1);
      }),
    );
  });
});

describe('data at risk', () => {
  test('adds up times, bytes and episodes', () => {
    const data = new DataAtRisk({ replicas: 2, pieces: 1, copyRate: 100 });
    const wait = (seconds: number) => data.advance(fromSeconds(seconds));
    data.set(4, 0, 0);
    wait(10);
    data.set(4, 1, 0);
    wait(10);
    // Two are copied at once for 5 s: 1000 bytes; then one for 5 s: 500.
    data.set(4, 2, 2);
    wait(5);
    data.set(4, 1, 1);
    wait(5);
    data.set(4, 0, 0);
    wait(10);
    // A second episode of the same kind: both must spare the data.
    data.set(4, 2, 2);
    data.set(4, 0, 0);
    const { lossProbability: chance, ...rest } = data.summary();
    expect(rest).toEqual({ atRisk: 20 / 40, mostMissing: 2, copied: 1500, copyPeak: 200 });
    expect(chance).toBeCloseTo(1 - (5 / 6) ** 2, 12);
  });
});

describe('the health of a service with copies', () => {
  const terms = {
    minimum: 0.5,
    startup: fromSeconds(60),
    // A node of 1 TiB from 3 senders at 25 MB/s: 2^40 / 75e6 s = 14,660 s, 4 h 4 min.
    rebuild: fromSeconds(2 ** 40 / 75e6),
    replay: undefined,
    data: { replicas: 3, pieces: 1000, copyRate: 75e6 },
  };
  const started = () => {
    const health = new ServiceHealth(terms);
    for (let task = 0; task < 5; task++) health.taskStarted(task, task, 0);
    return health;
  };

  test('copies a whole node in the time and to the byte that arithmetic says', () => {
    const health = started();
    health.taskStopped(0, 0, fromSeconds(1000));
    health.taskStarted(0, 7, fromSeconds(1075));
    const end = fromSeconds(100_000);
    const { shares, data } = health.summary(end) ?? { shares: undefined, data: undefined };
    const gone = 75 + 2 ** 40 / 75e6 + 60;
    expect(shares?.degraded).toBeCloseTo(gone / 100_000, 9);
    expect(data?.atRisk).toBeCloseTo(gone / 100_000, 9);
    expect(data?.copied).toBeCloseTo(2 ** 40, -4);
    expect(data?.copyPeak).toBe(75e6);
    expect(data?.lossProbability).toBe(0);
    expect(health.fullRecovery.mean / 1e6).toBeCloseTo(gone, 5);
  });

  test('copies nothing where the volume was there, and all where that was lost', () => {
    const back = started();
    back.taskStopped(0, 0, fromSeconds(1000));
    back.taskStarted(0, 0, fromSeconds(1100));
    expect(back.summary(fromSeconds(50_000))?.data?.copied).toBe(0);
    const lost = started();
    lost.volumeLost(0);
    lost.taskStopped(0, 0, fromSeconds(1000));
    lost.volumeLost(0);
    lost.taskStarted(0, 0, fromSeconds(1100));
    expect(lost.summary(fromSeconds(50_000))?.data?.copied).toBeCloseTo(2 ** 40, -4);
  });

  test('begins anew where it is interrupted', () => {
    const health = started();
    health.taskStopped(0, 0, fromSeconds(1000));
    health.taskStarted(0, 7, fromSeconds(1000));
    // After 100 s of copying that machine is gone for 50 s, and comes back without all data.
    health.taskStopped(0, 7, fromSeconds(1100));
    health.taskStarted(0, 7, fromSeconds(1150));
    const gone = 150 + 2 ** 40 / 75e6 + 60;
    health.summary(fromSeconds(100_000));
    expect(health.fullRecovery.count).toBe(1);
    expect(health.fullRecovery.mean / 1e6).toBeCloseTo(gone, 5);
  });
});
