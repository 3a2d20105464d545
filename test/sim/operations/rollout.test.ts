import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, toSeconds } from '../../../src/model/index.js';
import { story } from '../../simulate.js';
import { failuresOf, outage } from '../failures/outages.js';
import { fiveInstances, ServingCount, STATELESS, upgrade, WITH_VOLUME } from './services.js';

function watched() {
  let count: ServingCount | undefined;
  return {
    observers: (cluster: ConstructorParameters<typeof ServingCount>[0]) => {
      count = new ServingCount(cluster);
      return [count];
    },
    least: (from: number, to: number) => count?.least(from, to),
  };
}

describe('a rolling upgrade of five instances, one at a time', () => {
  test('never has fewer than four serving, and takes five startups', async () => {
    const watch = watched();
    const result = await fiveInstances([upgrade()], { terms: WITH_VOLUME, observers: watch.observers });
    expect(story(result, 'killed')).toEqual([
      '100 task 0 killed m0 restarted',
      '120 task 1 killed m1 restarted',
      '140 task 2 killed m2 restarted',
      '160 task 3 killed m3 restarted',
      '180 task 4 killed m4 restarted',
    ]);
    const [report] = result.operations?.report().rollouts ?? [];
    expect(report).toMatchObject({ outcome: 'done', instances: 5, leastServing: 4, changes: 5, failures: 0 });
    expect(toSeconds(report.ended)).toBe(200);
    expect(watch.least(100, 200)).toBe(4);
    // Five times twenty seconds of an hour.
    expect(result.recorder.health[0]?.summary(fromSeconds(3600))?.shares.degraded).toBeCloseTo(100 / 3600, 9);
    expect(result.recorder.recovery.lostWork).toBe(0);
  });

  test('is ready a little later where an instance must have served for a while', async () => {
    const result = await fiveInstances([upgrade({ minReady: fromSeconds(10) })]);
    expect(story(result, 'killed').map((line) => Number.parseInt(line, 10))).toEqual([
      100, 130, 160, 190, 220,
    ]);
  });

  test('waits while a machine that failed keeps an instance away', async () => {
    const watch = watched();
    // m4 falls silent at 110: with the one that is being upgraded two are away; no other is taken down until both are back.
    const failures = failuresOf([outage('off', [4], 110, 400)], WITH_VOLUME);
    const result = await fiveInstances([upgrade()], {
      terms: WITH_VOLUME,
      failures,
      observers: watch.observers,
    });
    expect(story(result, 'killed')).toEqual([
      '100 task 0 killed m0 restarted',
      '400 task 4 killed m4 lost',
      '400 task 4 killed m4 restarted',
      '420 task 1 killed m1 restarted',
      '440 task 2 killed m2 restarted',
      '460 task 3 killed m3 restarted',
    ]);
    expect(watch.least(120, 480)).toBe(4);
    expect(result.operations?.report().rollouts[0]).toMatchObject({ outcome: 'done', leastServing: 3 });
  });

  test('waits for instances that copy their data at the same time, which takes longer', async () => {
    const data = { replicas: 3, pieces: 1, copyRate: 1e6, senders: 3, senderShare: 0 };
    const terms = { ...WITH_VOLUME, data };
    const failures = failuresOf([outage('disk', [3, 4], 50)], WITH_VOLUME);
    const result = await fiveInstances([upgrade()], { terms, failures });
    // Those that serve nobody are upgraded first, and copy from the beginning: two of 300 s, which share the senders, until 100 + 600 + 20.
    expect(story(result, 'killed').slice(0, 6)).toEqual([
      '50 task 3 killed m3 lost',
      '50 task 4 killed m4 lost',
      '100 task 3 killed m3 restarted',
      '100 task 4 killed m4 restarted',
      '720 task 0 killed m0 restarted',
      '740 task 1 killed m1 restarted',
    ]);
  });

  test('with room for one more starts that first, and all five serve all the time', async () => {
    const watch = watched();
    const result = await fiveInstances([upgrade({ maxUnavailable: 0, maxSurge: 1 })], {
      observers: watch.observers,
    });
    expect(story(result, 'started', 'killed', 'ended').slice(5)).toEqual([
      '100 task 5 started m5',
      '120 task 0 ended m0 finished',
      '120 task 6 started m0',
      '140 task 1 ended m1 finished',
      '140 task 7 started m1',
      '160 task 2 ended m2 finished',
      '160 task 8 started m2',
      '180 task 3 ended m3 finished',
      '180 task 9 started m3',
      '200 task 4 ended m4 finished',
    ]);
    expect(watch.least(100, 200)).toBe(5);
    expect(result.recorder.health[0]?.summary(fromSeconds(3600))?.shares.healthy).toBe(1);
  });
});

describe('a new version that crashes', () => {
  const firstIsBad = { isBad: (place: number) => place === 1, after: undefined };

  test('is taken back everywhere', async () => {
    const thirdIsBad = { isBad: (place: number) => place === 3, after: undefined };
    const result = await fiveInstances([upgrade({ defects: thirdIsBad })], { terms: WITH_VOLUME });
    // The third crashes at 160 in place of serving; it goes back first, because it is away anyway, then the other two.
    expect(story(result, 'killed')).toEqual([
      '100 task 0 killed m0 restarted',
      '120 task 1 killed m1 restarted',
      '140 task 2 killed m2 restarted',
      '160 task 2 killed m2 failed',
      '160 task 2 killed m2 restarted',
      '180 task 0 killed m0 restarted',
      '200 task 1 killed m1 restarted',
    ]);
    const [report] = result.operations?.report().rollouts ?? [];
    expect(report).toMatchObject({ outcome: 'rolled-back', leastServing: 4, changes: 6, failures: 1 });
    expect(toSeconds(report.ended)).toBe(220);
  });

  test('reaches the canary alone where there is one', async () => {
    const canary = {
      canary: 0.2,
      observe: fromSeconds(600),
      defects: { ...firstIsBad, after: fromSeconds(300) },
    };
    const result = await fiveInstances([upgrade(canary)], { terms: WITH_VOLUME });
    expect(story(result, 'killed')).toEqual([
      '100 task 0 killed m0 restarted',
      '400 task 0 killed m0 failed',
      '400 task 0 killed m0 restarted',
    ]);
    expect(result.operations?.report().rollouts[0].outcome).toBe('rolled-back');
  });

  test('is not found out by a canary that is watched for too short a time', async () => {
    const canary = {
      canary: 0.2,
      observe: fromSeconds(60),
      defects: { ...firstIsBad, after: fromSeconds(300) },
    };
    const result = await fiveInstances([upgrade(canary)], { terms: WITH_VOLUME });
    expect(
      story(result, 'killed')
        .map((line) => Number.parseInt(line, 10))
        .slice(0, 6),
    ).toEqual([100, 180, 200, 220, 240, 400]);
    expect(result.operations?.report().rollouts[0]).toMatchObject({ outcome: 'rolled-back', changes: 10 });
  });

  test('under a surge leaves the old instances as they were', async () => {
    const bad = { isBad: () => true, after: undefined };
    const result = await fiveInstances([upgrade({ maxUnavailable: 0, maxSurge: 1, defects: bad })]);
    expect(story(result, 'started', 'killed', 'ended').slice(5)).toEqual([
      '100 task 5 started m5',
      '120 task 5 killed m5 failed',
      '120 task 5 started m5',
      '120 task 5 ended m5 finished',
    ]);
    expect(result.operations?.report().rollouts[0]).toMatchObject({
      outcome: 'rolled-back',
      leastServing: 5,
    });
  });

  test('is found out by a health check when it needs too long', async () => {
    const slow = { ...STATELESS, startup: fromSeconds(200) };
    const result = await fiveInstances([upgrade({ healthyWithin: fromSeconds(60) })], { terms: slow });
    expect(result.operations?.report().rollouts[0]).toMatchObject({ outcome: 'rolled-back', failures: 1 });
  });
});

describe('other changes', () => {
  test('a configuration is changed where the instances are, stateless or not', async () => {
    const result = await fiveInstances([upgrade({ maxUnavailable: 2 }, { kind: 'reconfigure' })]);
    expect(story(result, 'started').slice(5)).toEqual([
      '100 task 0 started m0',
      '100 task 1 started m1',
      '120 task 2 started m2',
      '120 task 3 started m3',
      '140 task 4 started m4',
    ]);
  });

  test('more instances start, and fewer are left, as many as are asked for', async () => {
    const result = await fiveInstances([
      { kind: 'scale', at: fromSeconds(100), framework: 0, instances: 7 },
      { kind: 'scale', at: fromSeconds(200), framework: 0, instances: 2 },
    ]);
    expect(story(result, 'started', 'ended').slice(5)).toEqual([
      '100 task 5 started m5',
      '100 task 6 started m6',
      '200 task 6 ended m6 finished',
      '200 task 5 ended m5 finished',
      '200 task 4 ended m4 finished',
      '200 task 3 ended m3 finished',
      '200 task 2 ended m2 finished',
    ]);
  });

  test('instances of another size take the place of the old ones, or wait for room', async () => {
    const bigger = () => ({ demand: [2000] });
    const reshape = upgrade({ healthyWithin: FOREVER }, { kind: 'reshape', reshaped: bigger });
    // No machine has two cores: the first waits for ever, and no other is touched.
    const result = await fiveInstances([reshape]);
    expect(result.operations?.report().rollouts[0]).toMatchObject({
      outcome: 'unfinished',
      leastServing: 4,
      changes: 1,
    });
    const smaller = upgrade({}, { kind: 'reshape', reshaped: () => ({ demand: [500] }) });
    const done = await fiveInstances([smaller], { terms: WITH_VOLUME });
    expect(done.operations?.report().rollouts[0]).toMatchObject({ outcome: 'done', leastServing: 4 });
    expect(done.cluster.allocated[0]).toBe(2500);
    expect(done.recorder.health[0]?.summary(fromSeconds(3600))?.shares.degraded).toBeCloseTo(100 / 3600, 9);
  });

  test('instances have their old size back when the new one fails', async () => {
    const bad = { isBad: (place: number) => place === 3, after: undefined };
    const smaller = upgrade({ defects: bad }, { kind: 'reshape', reshaped: () => ({ demand: [500] }) });
    const result = await fiveInstances([smaller], { terms: WITH_VOLUME });
    expect(result.operations?.report().rollouts[0]).toMatchObject({
      outcome: 'rolled-back',
      changes: 6,
      leastServing: 4,
    });
    expect(result.cluster.allocated[0]).toBe(5000);
  });

  test('operations of one service follow each other', async () => {
    const result = await fiveInstances([upgrade(), upgrade({}, { at: fromSeconds(150), version: '3' })]);
    const [first, second] = result.operations?.report().rollouts ?? [];
    expect(toSeconds(first.ended)).toBe(200);
    expect(toSeconds(second.begun)).toBe(200);
    expect(toSeconds(second.ended)).toBe(300);
  });
});
