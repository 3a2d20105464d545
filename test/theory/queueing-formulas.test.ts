import { describe, expect, test } from 'vitest';
import {
  erlangB,
  erlangC,
  stayQuantileMM1,
  waitMG1,
  waitMMc,
  waitsWithPriorities,
  waitTailMMc,
} from '../../src/studies/queueing/formulas.js';

describe('the closed forms that the simulator is held against', () => {
  test('give the published values of M/M/c', () => {
    const table = [
      [2, 0.8, 0.711111, 1.777778, 0.329897],
      [5, 0.8, 0.554113, 0.554113, 0.199067],
      [10, 0.8, 0.40918, 0.20459, 0.121661],
      [10, 0.9, 0.668732, 0.668732, 0.167963],
      [50, 0.9, 0.363864, 0.072773, 0.054104],
      [100, 0.9, 0.21694, 0.021694, 0.026957],
      [100, 0.95, 0.506457, 0.101291, 0.048804],
    ];
    for (const [servers, load, waits, wait, blocked] of table) {
      expect(erlangC(servers, load)).toBeCloseTo(waits, 5);
      expect(waitMMc(servers, load)).toBeCloseTo(wait, 5);
      expect(erlangB(servers, servers * load)).toBeCloseTo(blocked, 5);
    }
  });

  test('give the published values of M/M/1 and M/G/1', () => {
    expect([0.5, 0.7, 0.8, 0.9, 0.95].map((load) => waitMMc(1, load))).toEqual(
      [1, 2.3333, 4, 9, 19].map((wait) => expect.closeTo(wait, 3)),
    );
    expect([0, 0.5, 1, 4, 10, 50].map((cv) => waitMG1(0.8, cv))).toEqual(
      [2, 3, 4, 10, 22, 102].map((wait) => expect.closeTo(wait, 9)),
    );
    expect([0.5, 0.9].map((load) => waitMG1(load, 0))).toEqual([
      expect.closeTo(0.5, 9),
      expect.closeTo(4.5, 9),
    ]);
  });

  test('give the published quantiles of M/M/1 and waits with two priorities', () => {
    expect([0.5, 0.7, 0.8, 0.9, 0.95].map((load) => stayQuantileMM1(load, 0.99))).toEqual(
      [9.21, 15.35, 23.03, 46.05, 92.1].map((stay) => expect.closeTo(stay, 2)),
    );
    expect(waitsWithPriorities([0.4, 0.4])).toEqual([1.3333, 6.6667].map((wait) => expect.closeTo(wait, 4)));
  });

  test('agree with each other where one is a case of another', () => {
    expect(waitsWithPriorities([0.8])[0]).toBeCloseTo(waitMMc(1, 0.8), 12);
    expect(waitTailMMc(5, 0.8, 0)).toBe(erlangC(5, 0.8));
    // The mean wait is the integral of the tail.
    let integral = 0;
    for (let t = 0.0005; t < 60; t += 0.001) integral += waitTailMMc(5, 0.8, t) * 0.001;
    expect(integral).toBeCloseTo(waitMMc(5, 0.8), 5);
  });
});
