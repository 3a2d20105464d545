import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/model/index.js';
import {
  afterCoolDown,
  LoadHistory,
  predictedLoad,
  scheduledInstances,
  targetUtilization,
} from '../../../src/policies/controllers/horizontal/wanted-instances.js';

describe('target utilization', () => {
  const terms = { target: 0.5, tolerance: 0.1 };
  const measured = (serving: number, utilization: number) => ({ now: 0, wanted: 10, serving, utilization });

  test.each([
    [10, 1, 20],
    [10, 0.25, 5],
    [10, 0.54, 10],
    [10, 0.46, 10],
    [10, 0.56, 12],
    [4, 1, 8],
    [3, 0.7, 5],
  ])('of %d serving instances at %d asks for %d', (serving, utilization, wanted) => {
    expect(targetUtilization(measured(serving, utilization), terms)).toBe(wanted);
  });

  test('asks for no more than before while none serves', () => {
    expect(targetUtilization(measured(0, 1), terms)).toBe(10);
  });
});

test('a schedule goes on through midnight', () => {
  const schedule = [
    { from: 8 * HOUR, instances: 40 },
    { from: 20 * HOUR, instances: 10 },
  ];
  const at = (hour: number) => scheduledInstances(hour * HOUR, schedule);
  expect([at(0), at(7.9), at(8), at(19), at(20), at(31.9), at(32)]).toEqual([10, 10, 40, 40, 10, 10, 40]);
});

test('a prediction is what came a day ago, as much higher as it is now; without a yesterday what is now', () => {
  const past = new Map([
    [0, 10],
    [HOUR, 20],
    [DAY, 15],
  ]);
  const load = (time: number) => past.get(time);
  expect(predictedLoad(DAY, HOUR, load)).toBe(30);
  expect(predictedLoad(DAY, 2 * HOUR, load)).toBe(15);
  expect(predictedLoad(HOUR, HOUR, load)).toBe(20);
});

test('a cool-down holds each way back for its own time', () => {
  const terms = { coolDownOut: MINUTE, coolDownIn: 5 * MINUTE };
  expect(afterCoolDown(12, 10, 30_000_000, terms)).toBe(10);
  expect(afterCoolDown(12, 10, MINUTE, terms)).toBe(12);
  expect(afterCoolDown(8, 10, MINUTE, terms)).toBe(10);
  expect(afterCoolDown(8, 10, 5 * MINUTE, terms)).toBe(8);
});

test('a history keeps two days, by look, and forgets what is older', () => {
  const history = new LoadHistory(HOUR);
  for (let hour = 0; hour < 60; hour++) history.record(hour, hour * HOUR);
  expect(history.at(59.5 * HOUR)).toBe(59);
  expect(history.at(12 * HOUR)).toBe(12);
  expect(history.at(11 * HOUR)).toBeUndefined();
  expect(history.at(60 * HOUR)).toBeUndefined();
  expect(history.at(-HOUR)).toBeUndefined();
});
