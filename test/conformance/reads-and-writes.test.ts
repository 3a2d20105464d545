import { describe, expect, test } from 'vitest';
import { checkPolicy, loadedUnderWatch } from '../../src/conformance/check-policy.js';
import { READS_AND_WRITES } from '../../src/conformance/checked-policy.js';
import {
  type AnyScore,
  NONE,
  type PlacementSink,
  type Scheduler,
  type SchedulingView,
  type Score,
} from '../../src/policies/contract.js';
import type { Policy } from '../../src/policies/policy.js';

const RUNS = 30;

/** A policy with this scheduler. */
function policyOf(scheduler: () => Scheduler): Policy {
  return {
    name: 'own',
    parameters: [],
    build: () => ({ architecture: 'monolithic', scheduler: scheduler() }),
  };
}

/** Starts each task where `best` says. */
function placing(best: (view: SchedulingView) => (task: number) => number): () => Scheduler {
  return () => {
    let choose: (task: number) => number = () => NONE;
    return {
      name: 'placing',
      begin(view) {
        choose = best(view);
      },
      schedule(view, act) {
        for (let task = view.queue.first, next = NONE; task !== NONE; task = next) {
          next = view.queue.next(task);
          const machine = view.jobs.isGang(view.tasks.job(task)) ? NONE : choose(task);
          if (machine !== NONE) act.start(task, machine);
        }
      },
    };
  };
}

const firstFit = placing((view) => (task) => view.machines.firstFit(task));

function byScore(make: (view: SchedulingView) => AnyScore): () => Scheduler {
  return placing((view) => {
    const choice = view.machines.prepare({ score: make(view) });
    return (task) => choice.best(task);
  });
}

async function broken(scheduler: () => Scheduler): Promise<string[]> {
  const found = await checkPolicy(policyOf(scheduler), { runs: RUNS });
  return [...new Set(found?.violations.map(({ check }) => check))];
}

const mostFree: Score = {
  name: 'most free',
  reads: [],
  make: (see) => (machine) => see.free(machine, see.space.dimensions[0]),
};

describe('policy check', () => {
  test('finds nothing in a policy that keeps the contract', async () => {
    expect(await broken(firstFit)).toEqual([]);
    expect(await broken(byScore(() => mostFree))).toEqual([]);
  });

  test('finds a write to anything that a policy is given', async () => {
    const writing = (change: (view: SchedulingView, act: PlacementSink) => void) => () => {
      const honest = firstFit();
      const schedule: Scheduler['schedule'] = (view, act) => {
        honest.schedule(view, act);
        change(view, act);
      };
      return { ...honest, schedule };
    };
    expect(await broken(writing((view) => Reflect.set(view, 'now', 1)))).toContain(READS_AND_WRITES.writes);
    expect(await broken(writing((view) => Reflect.set(view.machines, 'free', () => 1e9)))).toContain(
      READS_AND_WRITES.writes,
    );
    expect(
      await broken(writing((view) => Reflect.defineProperty(view.tasks, 'extra', { value: 1 }))),
    ).toContain(READS_AND_WRITES.writes);
    expect(await broken(writing((_view, act) => Reflect.deleteProperty(act, 'start')))).toContain(
      READS_AND_WRITES.writes,
    );
  });

  test('finds a write to what build is given', async () => {
    const found = await checkPolicy(
      {
        ...policyOf(firstFit),
        build(_settings, { machines }) {
          Reflect.set(machines, 0, machines[1]);
          (machines[0] as { name: string }).name = 'other';
          return { architecture: 'monolithic', scheduler: firstFit() };
        },
      },
      { runs: 3 },
    );
    expect(found?.violations.map(({ problem }) => problem).join()).toMatch(/Cannot assign to read only/);
  });

  test('finds a hidden clock, a timer and randomness of its own', async () => {
    for (const read of [
      () => Date.now(),
      () => new Date().toISOString(),
      // By reflection, because a lint rule forbids the plain call.
      () => Reflect.get(Math, 'random')(),
      () => performance.now(),
      () => clearTimeout(setTimeout(() => undefined, 0)),
      () => new (new Date(0).constructor as DateConstructor)().getTime(),
      () => process.hrtime.bigint(),
      () => new Intl.DateTimeFormat('en').format(),
      () => process.uptime(),
      () => queueMicrotask(() => undefined),
      () => Promise.resolve(1).then(() => undefined),
    ]) {
      const scheduler = placing((view) => (task) => {
        read();
        return view.machines.firstFit(task);
      });
      expect(await broken(scheduler), String(read)).toContain(READS_AND_WRITES.inputs);
    }
    expect(new Date(5).getTime()).toBe(5);
    expect(new Date(5).constructor).toBe(Date);
  });

  test('finds state that a global object would keep over a restart', async () => {
    let calls = 0;
    const scheduler = placing((view) => (task) => {
      Reflect.set(globalThis, `call ${++calls}`, true);
      return view.machines.firstFit(task);
    });
    expect(await broken(scheduler)).toContain(READS_AND_WRITES.inputs);
    for (; calls > 0; calls--) Reflect.deleteProperty(globalThis, `call ${calls}`);
  });

  test('finds a clock that the module kept when it was loaded', async () => {
    const copy = await loadedUnderWatch(() => {
      const { now } = Date;
      const scheduler = placing((view) => (task) => {
        now();
        return view.machines.firstFit(task);
      });
      return Promise.resolve(policyOf(scheduler));
    });
    const found = await checkPolicy(copy, { runs: RUNS, copies: [copy] });
    expect(found?.violations.map(({ check }) => check)).toContain(READS_AND_WRITES.inputs);
  });

  test('finds a score that reads the view through a closure', async () => {
    const closing = byScore((view) => ({
      name: 'closing',
      reads: [],
      make: () => (machine: number) => view.machines.free(machine, view.space.dimensions[0]),
    }));
    expect(await broken(closing)).toContain(READS_AND_WRITES.scores);
  });

  test('finds a score that changes by itself, whose kept values are stale', async () => {
    const counting = byScore(() => {
      let calls = 0;
      return { name: 'counting', reads: [], make: () => () => calls++ };
    });
    // An ordinary run checks its first kept answer, and stops with the name of the score.
    const found = await checkPolicy(policyOf(counting), { runs: RUNS });
    expect(found?.violations.map(({ problem }) => problem).join()).toContain('the score "counting"');
  });
});
