import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataAtRisk } from '../../src/metrics/collectors/data-at-risk.js';
import { LostCopies, lossProbability } from '../../src/metrics/collectors/lost-copies.js';
import { ServiceHealth } from '../../src/metrics/collectors/service-health.js';
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
  test('adds up times and bytes', () => {
    const data = new DataAtRisk({ replicas: 2, pieces: 1, copyRate: 100, senders: 3, senderShare: 0.1 });
    const wait = (seconds: number) => data.advance(fromSeconds(seconds));
    data.set(4, 0, 0);
    wait(10);
    data.set(4, 1, 0);
    wait(10);
    // Two share 100 bytes a second for 5 s, then one has them for 5 s: 1000 bytes. Two and then three of the four are there to send.
    data.set(4, 2, 2);
    wait(5);
    data.set(4, 1, 1);
    wait(5);
    data.set(4, 0, 0);
    wait(10);
    expect(data.summary()).toEqual({
      lossProbability: 0,
      atRisk: 20 / 40,
      mostMissing: 2,
      copied: 1000,
      copyPeak: 100,
      copying: 10 / 40,
      capacityTaken: (5 * 0.1 * (2 / 4) + 5 * 0.1 * (3 / 4)) / 40,
    });
  });
});

describe('lost copies', () => {
  const four = () => {
    const lost = new LostCopies(2, 1);
    for (let i = 0; i < 4; i++) lost.resized(1, 0);
    return lost;
  };

  test('put data at a chance of loss in each episode', () => {
    const lost = four();
    for (const at of [10, 30]) {
      lost.isLost(at);
      lost.isLost(at + 5);
      lost.isRestored(at + 10);
      lost.isRestored(at + 10);
    }
    // Two of four are lost, which are 1 of the 6 pairs; both episodes must spare the data.
    expect(lost.probability()).toBeCloseTo(1 - (5 / 6) ** 2, 12);
  });

  test('end an episode when fewer than all copies are lost, though one still is', () => {
    const lost = four();
    lost.isLost(10);
    lost.isLost(11);
    lost.isRestored(20);
    lost.isLost(30);
    expect(lost.probability()).toBeCloseTo(1 - (5 / 6) ** 2, 12);
  });

  test('count from the failure, though it is known later that they are lost', () => {
    const lost = four();
    lost.unsureChanged(1);
    lost.unsureChanged(1);
    // The first is lost since 10 and made again at 40; the second is lost since 20, which is known at 50.
    lost.isLost(10);
    lost.unsureChanged(-1);
    lost.isRestored(40);
    lost.isLost(20);
    lost.unsureChanged(-1);
    expect(lost.probability()).toBeCloseTo(1 / 6, 12);
  });

  test('do not count together where one is made again before the other is gone', () => {
    const lost = four();
    lost.unsureChanged(1);
    lost.isLost(20);
    lost.isRestored(40);
    lost.isLost(40);
    // The unsure one is found.
    lost.unsureChanged(-1);
    expect(lost.probability()).toBe(0);
  });

  test('are a share of the instances that there were', () => {
    const lost = four();
    lost.isLost(10);
    lost.isLost(11);
    for (let i = 0; i < 8; i++) lost.resized(1, 12);
    lost.isRestored(13);
    expect(lost.probability()).toBeCloseTo(1 / 6, 12);
  });
});

describe('the health of a service with copies', () => {
  const terms = {
    minimum: 0.5,
    startup: fromSeconds(60),
    // A node of 1 TiB from 3 senders at 25 MB/s: 2^40 / 75e6 s = 14,660 s, 4 h 4 min.
    rebuild: fromSeconds(2 ** 40 / 75e6),
    replay: undefined,
    data: { replicas: 3, pieces: 1000, copyRate: 75e6, senders: 3, senderShare: 0.02 },
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
    lost.volumeLost(0, fromSeconds(1000));
    lost.taskStopped(0, 0, fromSeconds(1000));
    lost.taskStarted(0, 0, fromSeconds(1100));
    expect(lost.summary(fromSeconds(50_000))?.data?.copied).toBeCloseTo(2 ** 40, -4);
  });

  test('takes twice as long for two nodes that are lost at once, which share the senders', () => {
    const health = started();
    for (const task of [0, 1]) health.taskStopped(task, task, fromSeconds(1000));
    for (const task of [0, 1]) health.taskStarted(task, 7 + task, fromSeconds(1000));
    const end = 100_000;
    const { data } = health.summary(fromSeconds(end)) ?? { data: undefined };
    // 2 x 2^40 bytes at 75e6 a second: 29,320 s, 8 h 9 min, for both.
    const copying = (2 * 2 ** 40) / 75e6;
    expect(health.fullRecovery.count).toBe(2);
    expect(health.fullRecovery.mean / 1e6).toBeCloseTo(copying + 60, 5);
    expect(data?.copied).toBeCloseTo(2 ** 41, -4);
    expect(data?.copyPeak).toBe(75e6);
    expect(data?.copying).toBeCloseTo(copying / end, 9);
    // 25 of the 1250 MB/s of each of three of five nodes.
    expect(data?.capacityTaken).toBeCloseTo(((copying / end) * 0.02 * 3) / 5, 9);
  });

  test('slows a copy down when a second node is lost half way through it', () => {
    const health = started();
    const alone = 2 ** 40 / 75e6;
    health.taskStopped(0, 0, fromSeconds(1000));
    health.taskStarted(0, 7, fromSeconds(1000));
    health.taskStopped(1, 1, fromSeconds(1000 + alone / 2));
    health.taskStarted(1, 8, fromSeconds(1000 + alone / 2));
    health.summary(fromSeconds(100_000));
    // The first has half left, and takes as long for it as for the whole; then the second has half left, and the senders for itself. Each is
    // copied in 1.5 times its time alone.
    expect(health.fullRecovery.count).toBe(2);
    expect(health.fullRecovery.least / 1e6).toBeCloseTo(1.5 * alone + 60, 5);
    expect(health.fullRecovery.greatest / 1e6).toBeCloseTo(1.5 * alone + 60, 5);
  });

  test('leaves the senders to the other when one of two that copy is gone', () => {
    const health = started();
    const alone = 2 ** 40 / 75e6;
    for (const task of [0, 1]) health.taskStopped(task, task, fromSeconds(1000));
    for (const task of [0, 1]) health.taskStarted(task, 7 + task, fromSeconds(1000));
    health.taskStopped(1, 8, fromSeconds(1000 + alone));
    health.summary(fromSeconds(100_000));
    // Half in the time that they shared, and half alone.
    expect(health.fullRecovery.count).toBe(1);
    expect(health.fullRecovery.mean / 1e6).toBeCloseTo(1.5 * alone + 60, 5);
  });

  test('loses what is not copied before the next copies are gone, from each failure on', () => {
    const health = started();
    const at = (minutes: number) => fromSeconds(60 * minutes);
    // The nodes fail ten minutes apart. Each is given up after an hour and copied elsewhere, in 4 h 4 min alone.
    for (const task of [0, 1, 2]) health.taskStopped(task, task, at(10 * task));
    for (const task of [0, 1, 2]) {
      health.taskKilled(task, task, 'lost', at(60 + 10 * task));
      health.taskStarted(task, 7 + task, at(60 + 10 * task));
    }
    // Three of five, which is 1 of 10 triples: 1 - (9/10)^1000.
    expect(health.summary(at(6000))?.data?.lossProbability).toBeCloseTo(1 - 0.9 ** 1000, 12);
  });

  test('loses the copies of nodes that are given up and start nowhere, and none of nodes that are waited for', () => {
    const lost = (givenUp: number) => {
      const health = started();
      for (const task of [0, 1, 2]) health.taskStopped(task, task, fromSeconds(1000));
      for (let task = 0; task < givenUp; task++) health.taskKilled(task, task, 'lost', fromSeconds(4600));
      return health.summary(fromSeconds(9000))?.data?.lossProbability;
    };
    expect(lost(3)).toBeCloseTo(1 - 0.9 ** 1000, 12);
    expect(lost(2)).toBe(0);
  });

  test('loses no copy of a node that starts on its machine again, however late', () => {
    const health = started();
    for (const task of [0, 1, 2]) health.taskStopped(task, task, fromSeconds(1000));
    for (const task of [0, 1, 2]) health.taskKilled(task, task, 'lost', fromSeconds(4600));
    for (const task of [0, 1, 2]) health.taskStarted(task, task, fromSeconds(5000));
    const { data } = health.summary(fromSeconds(9000)) ?? { data: undefined };
    expect(data?.lossProbability).toBe(0);
    expect(data?.copied).toBe(0);
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
