import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/model/index.js';
import { Stabilization } from '../../../src/policies/controllers/horizontal/stabilization.js';
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

describe('a stabilization window', () => {
  /** What is allowed at each minute for these recommendations, each taken at once. */
  const minutes = (out: number, into: number, recommended: readonly number[], from = recommended[0]) => {
    let window = new Stabilization({ stabilizationOut: out * MINUTE, stabilizationIn: into * MINUTE });
    let wanted = from;
    return recommended.map((instances, minute) => {
      // A restart changes nothing.
      const text = window.stored();
      window = new Stabilization({ stabilizationOut: out * MINUTE, stabilizationIn: into * MINUTE });
      window.restore(text);
      wanted = window.stabilized(instances, wanted, minute * MINUTE);
      return wanted;
    });
  };

  test('removes instances down to the highest number that was recommended in it', () => {
    // The 10 of minute 0 counts at minutes 1 and 2, that of minute 3 until minute 5. Then 7 and 4 count until they are 3 minutes old.
    expect(minutes(0, 3, [10, 6, 6, 10, 7, 4, 4, 4, 4])).toEqual([10, 10, 10, 10, 10, 10, 7, 4, 4]);
    // A cooldown would let the first of these pass, as the last change is long ago.
    expect(minutes(0, 3, [10, 10, 10, 10, 2, 9, 9])).toEqual([10, 10, 10, 10, 10, 10, 9]);
  });

  test('adds instances up to the lowest', () => {
    expect(minutes(2, 0, [4, 9, 6, 8, 8])).toEqual([4, 4, 6, 6, 8]);
  });

  test('of no length lets each recommendation pass', () => {
    expect(minutes(0, 0, [4, 9, 2, 8])).toEqual([4, 9, 2, 8]);
  });

  test('allows what looking at all recommendations in it allows', () => {
    fc.assert(
      fc.property(
        fc.record({
          out: fc.nat(4),
          into: fc.nat(6),
          recommended: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 }),
        }),
        ({ out, into, recommended }) => {
          let wanted = recommended[0];
          const expected = recommended.map((instances, minute) => {
            const since = (length: number) => recommended.slice(Math.max(0, minute - length + 1), minute + 1);
            const lowest = Math.min(instances, ...since(out));
            const highest = Math.max(instances, ...since(into));
            wanted = Math.min(highest, Math.max(lowest, wanted));
            return wanted;
          });
          expect(minutes(out, into, recommended)).toEqual(expected);
        },
      ),
    );
  });
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
