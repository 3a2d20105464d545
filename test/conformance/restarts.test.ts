import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPolicy } from '../../src/conformance/check-policy.js';
import { SURVIVES_RESTART } from '../../src/conformance/restarts.js';
import { type Scenario, scenarios } from '../../src/conformance/scenario.js';
import { simulatedHost } from '../../src/conformance/simulated-host.js';
import type { Subject } from '../../src/conformance/subject.js';
import { violationsOf } from '../../src/conformance/violations.js';
import { FOREVER } from '../../src/model/index.js';
import { type Allocator, NONE, type Scheduler, type SchedulingView } from '../../src/policies/contract.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { conservativeScheduler } from '../../src/policies/schedulers/conservative.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';

const SECOND = 1_000_000;

/** Starts each task on the first machine, except those that `skips` names. */
function firstFit(
  skips: (view: SchedulingView, task: number) => boolean,
  begin?: Scheduler['begin'],
): Scheduler {
  return {
    name: 'own',
    ...(begin !== undefined && { begin }),
    schedule(view, act) {
      for (let task = view.queue.first, next = NONE; task !== NONE; task = next) {
        next = view.queue.next(task);
        if (view.jobs.isGang(view.tasks.job(task)) || skips(view, task)) continue;
        const machine = view.machines.firstFit(task);
        if (machine !== NONE) act.start(task, machine);
      }
    },
  };
}

/** The checks that fail in the first of a few dozen scenarios in which any fails. They are not shrunk, which is slow. */
async function broken(
  build: () => PolicyParts,
  again?: (times: number) => Pick<Subject, 'build'>,
  adapt = (scenario: Scenario) => scenario,
): Promise<string[]> {
  const subject: Subject = {
    name: 'own',
    settings: [{}],
    build,
    promises: () => ({}),
    ...(again !== undefined && { again }),
  };
  for (const scenario of fc.sample(scenarios, { numRuns: 40, seed: 1 }).map(adapt)) {
    const found = await violationsOf(subject, {}, simulatedHost, scenario);
    if (found.length > 0) return [...new Set(found.map(({ check }) => check))];
  }
  return [];
}

const monolithic = (scheduler: () => Scheduler) => (): PolicyParts => ({
  architecture: 'monolithic',
  scheduler: scheduler(),
});

/** A task starts at the earliest a second after it was first seen. */
function waitingOneSecond(seen: Map<number, number>, act?: 'remembers'): Scheduler {
  return {
    name: 'own',
    begin(view) {
      const text = act === undefined ? undefined : view.recall('seen');
      if (text !== undefined) for (const [k, v] of JSON.parse(text) as [number, number][]) seen.set(k, v);
    },
    schedule(view, sink) {
      for (let task = view.queue.first, next = NONE; task !== NONE; task = next) {
        next = view.queue.next(task);
        if (view.jobs.isGang(view.tasks.job(task))) continue;
        const since = seen.get(view.tasks.queuedAs(task)) ?? view.now;
        seen.set(view.tasks.queuedAs(task), since);
        const machine = view.machines.firstFit(task);
        if (view.now < since + SECOND) sink.wakeAt(since + SECOND);
        else if (machine !== NONE) sink.start(task, machine);
      }
      if (act === 'remembers') sink.remember('seen', JSON.stringify([...seen]));
    },
  };
}

describe('a restart in a policy check', () => {
  test('finds a hidden counter', async () => {
    const counting = monolithic(() => {
      let calls = 0;
      return firstFit(() => calls++ % 3 === 1);
    });
    expect(await broken(counting)).toEqual([SURVIVES_RESTART]);
  });

  test('finds a map of times that begin does not rebuild', async () => {
    expect(await broken(monolithic(() => waitingOneSecond(new Map())))).toEqual([SURVIVES_RESTART]);
  });

  test('accepts the same map when the policy remembers it', async () => {
    expect(await broken(monolithic(() => waitingOneSecond(new Map(), 'remembers')))).toEqual([]);
  });

  test('accepts a cache that begin rebuilds from the view', async () => {
    const large = monolithic(() => {
      let least = Number.NaN;
      return firstFit(
        (view, task) =>
          view.machines.demand(view.tasks.taskClass(task), view.space.dimension('cpus')) < least,
        (view) => {
          least = view.space.quantaPerUnit(view.space.dimension('cpus'));
        },
      );
    });
    expect(await broken(large)).toEqual([]);
  });

  test('accepts random numbers of the view, whose stream goes on', async () => {
    expect(await broken(monolithic(() => firstFit((view) => view.random() < 0.3)))).toEqual([]);
  });

  test('accepts delay scheduling, and finds that it would lose the waits of jobs if they were not remembered', async () => {
    const delayed = () =>
      listScheduler({
        name: 'delayed',
        placement: placementNamed('first-fit'),
        backfill: 'any',
        localityWait: 3 * SECOND,
      });
    const forgetful = (): Scheduler => {
      const { begin, schedule } = delayed();
      return {
        name: 'forgetful',
        begin: (view) => begin?.(view),
        schedule: (view, act) => {
          const kept = Object.fromEntries(
            ['start', 'startGang', 'wakeAt'].map((name) => [
              name,
              (...given: unknown[]) => (Reflect.get(act, name) as (...all: unknown[]) => unknown)(...given),
            ]),
          );
          schedule(view, { ...(kept as unknown as typeof act), remember: () => 'done' });
        },
      };
    };
    const preferring = (scenario: Scenario) => ({
      ...scenario,
      rows: scenario.rows.map((row) => ({ ...row, rule: 5 })),
    });
    expect(await broken(monolithic(delayed), undefined, preferring)).toEqual([]);
    expect(await broken(monolithic(forgetful), undefined, preferring)).toEqual([SURVIVES_RESTART]);
  });

  test('finds an allocator that counts its offers itself', async () => {
    const inTurn = (): Allocator => {
      let turn = 0;
      return {
        name: 'in turn',
        allocate(view, offers) {
          for (let i = 0; i < view.candidateCount; i++)
            offers.offer(turn++ % view.frameworks.length, view.candidate(i));
        },
      };
    };
    const twoLevel = (): PolicyParts => ({
      architecture: 'two-level',
      allocator: inTurn(),
      scheduler: () =>
        listScheduler({ name: 'part', placement: placementNamed('first-fit'), backfill: 'any' }),
      terms: { interval: SECOND, hold: 0, refuse: SECOND, timeout: FOREVER },
    });
    expect(await broken(twoLevel)).toEqual([SURVIVES_RESTART]);
  });

  test('finds a variable of the module, which new parts of the same module would share', async () => {
    const loaded = () => {
      const seen = new Map<number, number>();
      return {
        build: monolithic(() => {
          const scheduler = waitingOneSecond(seen);
          return {
            ...scheduler,
            schedule(view, act) {
              // Each run cleans up, so that runs repeat.
              if (view.now === 0 && view.queue.first !== NONE && view.tasks.queuedAs(view.queue.first) === 1)
                seen.clear();
              scheduler.schedule(view, act);
            },
          };
        }),
      };
    };
    const { build } = loaded();
    const copies = [loaded(), loaded()];
    expect(await broken(build)).toEqual([]);
    expect(await broken(build, (times) => copies[times % 2])).toEqual([SURVIVES_RESTART]);
  });

  test('says what the policy did without it, when, and to which job and machine', async () => {
    const build = monolithic(() => waitingOneSecond(new Map()));
    const found = await checkPolicy({ name: 'own', parameters: [], build }, { runs: 40 });
    expect(found?.violations[0].problem).toMatch(
      /^without a restart it decides "at [\d.]+ s: start task \d+ of job \d+ on machine m\d"; restarted at [\d.]+ s, it decides ("at .*"|nothing more)$/,
    );
  });
});

test('conservative backfilling knows after a restart which tasks it found no place for', async () => {
  const row = (job: number, tasks: number, needs: { cpus: number; mem: number }, more = {}) => ({
    ...{ framework: 0, tasks, needs, constraint: 0, rule: 0, runs: 0, priority: 0, gang: false, job, at: 0 },
    ...more,
  });
  // The second task of job 0 has no place while the first one, which has no estimate, runs. When it ends, the second is placed
  // before the last task of job 2, whose place moves. A plan that took it for a new task would place it after that one.
  const scenario: Scenario = {
    machines: [
      { cpus: 1, mem: 8, gpus: 0, rack: 'r1' },
      { cpus: 8, mem: 4, gpus: 0, rack: 'r1' },
      { cpus: 1, mem: 4, gpus: 0, rack: 'r1' },
    ],
    frameworks: [{ name: 'web', weight: 0.5 }],
    rows: [
      row(0, 2, { cpus: 0.5, mem: 8 }),
      row(1, 1, { cpus: 0.5, mem: 4 }, { runs: FOREVER, estimate: 0.5 }),
      row(2, 4, { cpus: 2, mem: 0 }),
      row(3, 1, { cpus: 0.5, mem: 0 }, { failsAfter: 0.5 }),
    ],
    machineEvents: [],
    until: 100,
    decisionTime: { perJob: 0, perTask: 0 },
    seed: '7',
  };
  const subject: Subject = {
    name: 'conservative',
    settings: [{}],
    build: () => ({ architecture: 'monolithic', scheduler: conservativeScheduler('conservative') }),
    promises: () => ({}),
  };
  expect(await violationsOf(subject, {}, simulatedHost, scenario)).toEqual([]);
});
