import alea from 'seedrandom/lib/alea.js';
import { describe, expect, test } from 'vitest';
import { FOREVER, type JobFacts, type SchedulingView } from '../../../src/policies/contract.js';
import { Preemption } from '../../../src/policies/schedulers/preemption.js';
import { comparePreemptions } from './compare-preemptions.js';
import { PREEMPTIONS, randomPreemption } from './random-preemptions.js';

describe('preemption against all sets of victims', () => {
  test.each(PREEMPTIONS)(
    'stops no more than needed, at the least cost, in random cases of the kind: %s',
    (kind) => {
      const cases = Array.from({ length: 40 }, (_, i) => comparePreemptions(kind, alea(`${kind} ${i}`)));
      const differences = cases.flatMap(({ difference }, i) =>
        difference === undefined ? [] : [`${kind} ${i}: ${difference}`],
      );
      expect(differences).toEqual([]);
      // The cases are of both sorts.
      const plans = cases.filter(({ victims }) => victims > 0).length;
      expect(plans).toBeGreaterThan(5);
      expect(plans).toBeLessThan(40);
    },
  );
});

describe('a disruption budget', () => {
  /** The view of a host on which no job may lose more tasks than this. */
  const withBudget = (view: SchedulingView, mayLose: number): SchedulingView => {
    const jobs = new Proxy({} as JobFacts, {
      get: (_, key: keyof JobFacts) =>
        key === 'mayLose'
          ? () => mayLose
          : (job: number) => (view.jobs[key] as (job: number) => unknown)(job),
    });
    return new Proxy({} as SchedulingView, {
      get: (_, key: keyof SchedulingView) => (key === 'jobs' ? jobs : view[key]),
    });
  };

  test('is kept: no job loses more tasks than it may', () => {
    let changed = 0;
    for (let i = 0; i < 60; i++) {
      const { view, members } = randomPreemption('task', alea(`budget ${i}`));
      const victimsWith = (budget: number) =>
        new Preemption({ starts: [] }).plan(withBudget(view, budget), { tasks: members })?.victims ?? [];
      expect(victimsWith(0)).toEqual([]);
      const free = victimsWith(FOREVER);
      const kept = victimsWith(1);
      if (kept.join() !== free.join()) changed++;
      const jobs = kept.map((task) => view.tasks.job(task));
      expect(new Set(jobs).size).toBe(jobs.length);
    }
    expect(changed).toBeGreaterThan(0);
  });
});
