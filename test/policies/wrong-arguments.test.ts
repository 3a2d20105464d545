import { describe, expect, test } from 'vitest';
import { Attributes, NONE } from '../../src/model/index.js';
import type { PlacementSink, SchedulingView } from '../../src/policies/contract.js';
import { runWithOneTask } from './one-task.js';

/** What a policy of plain JavaScript may call, without the types. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments are wrong on purpose
type Loose<T> = { readonly [K in keyof T]: any };
type Call = (view: Loose<SchedulingView>, act: Loose<PlacementSink>) => unknown;

function during(call: Call) {
  return runWithOneTask((view, act) => void call(view, act));
}

describe('a missing or malformed argument stops the run with a message', () => {
  const list = 'expected an array of ids';
  test.each<[Call, string]>([
    [(_, act) => act.startGang(0), `mine: startGang: placing.tasks: found undefined, ${list}`],
    [
      (_, act) => act.startGang(0, { tasks: [0] }),
      `mine: startGang: placing.machines: found undefined, ${list}`,
    ],
    [
      (_, act) => act.startGang(0, { tasks: [0], machines: [0], devices: 1 }),
      `mine: startGang: placing.devices: found 1, ${list}`,
    ],
    [(_, act) => act.preempt(), `mine: preempt: victims: found undefined, ${list}`],
    [(_, act) => act.preempt([0], 0), `mine: preempt: placing.tasks: found undefined, ${list}`],
    [({ space }) => space.quantaPerUnit(99), 'there is no dimension 99, expected one of Space.dimensions'],
    [({ space }) => space.name('cpus'), 'there is no dimension "cpus", expected one of Space.dimensions'],
    [
      ({ space }) => space.attribute({}),
      'attribute: name: found an object, expected the name of an attribute',
    ],
    [({ space }) => space.domain(5, 'r1'), 'there is no attribute 5; Space.attribute gives them'],
    [({ machines }) => machines.domain(0, 5), 'there is no attribute 5; Space.attribute gives them'],
    [({ shares }) => shares.role(99), 'there is no framework 99; there are 1'],
  ])('%s', async (call, message) => {
    await expect(during(call)).rejects.toThrow(message);
  });
});

test('an id that names nothing is answered', async () => {
  const seen: unknown[] = [];
  await during(({ rules }, act) => {
    for (const bad of [1e9, -1, 0.5, Number.NaN, undefined]) {
      seen.push(rules.allows(bad, 0), rules.mayForbid(bad), rules.hasPreference(bad), rules.prefers(bad, 0));
      seen.push(rules.needsNeighbour(bad), rules.spreads(bad).length, rules.together(bad).length);
      seen.push(act.kill(bad, null), act.start(bad), act.reject(bad), act.forgo(bad), act.gather(bad));
    }
  });
  const answers = [false, false, false, true, false, 0, 0];
  const verdicts = ['not-running', 'unknown-task', 'unknown-job', 'unknown-job', 'not-offered'];
  expect(seen.slice(0, 12)).toEqual([...answers, ...verdicts]);
  expect(new Set(seen)).toEqual(new Set([...answers, ...verdicts]));
});

describe('an attribute that no machine has', () => {
  test('is found on a machine that joins later', () => {
    const attributes = new Attributes();
    attributes.addMachine(0, {});
    const rack = attributes.internAsked('rack');
    expect([attributes.domainOf(0, rack), attributes.domainCount(rack)]).toEqual([NONE, 0]);
    attributes.addMachine(1, { rack: 'r1' });
    expect([attributes.domainOf(1, rack), attributes.domainNamed(rack, 'r1')]).toEqual([0, 0]);
  });

  test('takes memory up to a bound; known names can be asked for at any time', async () => {
    const asking = (view: Loose<SchedulingView>, names: number) => {
      for (let i = 0; i < names; i++) view.space.attribute(`a${i % 900}`);
      for (let i = 0; i < names; i++) view.space.attribute(`b${i}`);
    };
    await during((view) => asking(view, 90));
    await expect(during((view) => asking(view, 5000))).rejects.toThrow(
      /attribute "b\d+": more than 1000 attributes are asked for/,
    );
  });
});
