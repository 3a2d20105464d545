import { describe, expect, test } from 'vitest';
import { Cluster } from '../../../src/model/index.js';
import type { ControlFeature, Controller, ControlVerdict } from '../../../src/policies/contract-control.js';
import { HostedController } from '../../../src/policies/hosting/hosted-controller.js';
import { CPUS_MEM } from '../../simulate.js';

/** A host without actions, which notes the calls that it is to make. */
function hosted(controller: Controller, features: readonly ControlFeature[] = []) {
  const calls: number[] = [];
  const nothing = () => Number.NaN;
  const one = new HostedController(controller, {
    cluster: new Cluster(CPUS_MEM),
    facts: {
      usage: { last: nothing, mean: nothing, peak: nothing, sampled: nothing, window: 0 },
      usageVersion: () => 0,
      services: {} as never,
      rentable: {} as never,
      mayResize: () => false,
    },
    features: new Set(features),
    random: () => 0.5,
    act: {} as never,
    callAt: (time) => calls.push(time),
  });
  return { one, calls };
}

describe('a hosted control loop', () => {
  test('begins now, or when it says', () => {
    const now = hosted({ name: 'now', control() {} });
    now.one.begin(7);
    const later = hosted({ name: 'later', begin: (view) => view.now + 5, control() {} });
    later.one.begin(7);
    const never = hosted({ name: 'never', begin: () => Number.POSITIVE_INFINITY, control() {} });
    never.one.begin(7);
    expect([now.calls, later.calls, never.calls]).toEqual([[7], [12], []]);
    const past = hosted({ name: 'past', begin: () => 6, control() {} });
    expect(() => past.one.begin(7)).toThrow(
      'the control loop "past" begins at 6, expected whole microseconds from 7 on',
    );
  });

  test('is called at the earliest time that it requested since its last call', () => {
    const verdicts: ControlVerdict[] = [];
    const wishes = [30, 20, 25, 10, 5, 19.5];
    const { one, calls } = hosted({
      name: 'wishes',
      control(_view, act) {
        for (const time of wishes.splice(0)) verdicts.push(act.wakeAt(time));
      },
    });
    one.begin(10);
    expect(one.isDue(10)).toBe(true);
    one.control(10);
    expect(calls).toEqual([10, 30, 20]);
    expect(verdicts).toEqual(['done', 'done', 'done', 'in-the-past', 'in-the-past', 'in-the-past']);
    expect([one.isDue(20), one.isDue(30)]).toEqual([true, false]);
    one.control(20);
    expect([one.isDue(20), one.isDue(30)]).toEqual([false, false]);
  });

  test('begins at a whole microsecond', () => {
    for (const first of [7.5, Number.NaN, '8' as never]) {
      const { one } = hosted({ name: 'half', begin: () => first, control() {} });
      expect(() => one.begin(7)).toThrow(`begins at ${first}, expected whole microseconds from 7 on`);
    }
  });

  test('is refused by a host that lacks what it needs', () => {
    const controller: Controller = { name: 'resizer', needs: ['usage', 'resize'], control() {} };
    expect(() => hosted(controller, ['usage'])).toThrow(
      'the control loop "resizer" needs "resize", which this host lacks',
    );
    expect(() => hosted(controller, ['usage', 'resize'])).not.toThrow();
  });
});
