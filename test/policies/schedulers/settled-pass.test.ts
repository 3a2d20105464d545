import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changingScenarios, type Scenario, scenarios } from '../../../src/conformance/scenario.js';
import { simulatedHost } from '../../../src/conformance/simulated-host.js';
import { EventLog } from '../../../src/metrics/files/event-log.js';
import { FOREVER } from '../../../src/model/index.js';
import { drfAllocator } from '../../../src/policies/allocators/drf.js';
import { silosAllocator } from '../../../src/policies/allocators/silos.js';
import type { Scheduler } from '../../../src/policies/contract.js';
import { PLACEMENTS } from '../../../src/policies/placement/index.js';
import type { PolicyParts } from '../../../src/policies/policy.js';
import { type ListSchedulerParts, listScheduler } from '../../../src/policies/schedulers/list-scheduler.js';
import { highestPriorityFirst, shortestFirst } from '../../../src/policies/schedulers/waiting-list.js';

const SECOND = 1_000_000;
const RUNS = 25;

/** The work of three scenarios on the machines of one, so that most tasks wait. */
const crowded: fc.Arbitrary<Scenario> = fc
  .tuple(fc.oneof(scenarios, changingScenarios), scenarios, scenarios)
  .map(([first, ...others]) => {
    const added = others.flatMap(({ rows }, i) =>
      rows.map((row) => ({
        ...row,
        job: `${i}-${row.job}`,
        framework: (row.framework ?? 0) % first.frameworks.length,
      })),
    );
    const rows = [...first.rows, ...added];
    return { ...first, rows: rows.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)) };
  });

const parts = fc.record({
  order: fc.constantFrom(undefined, shortestFirst, highestPriorityFirst),
  placement: fc.constantFrom(...PLACEMENTS),
});

/** From so many vain tries on, settled tasks are left out: from the first pass, or now and then. */
const settlesFrom = fc.constantFrom(0, 3, 12);

type Build = (scheduler: () => Scheduler, scenario: Scenario) => PolicyParts;

const HOSTS: Readonly<Record<string, Build>> = {
  'the whole cluster': (scheduler) => ({ architecture: 'monolithic', scheduler: scheduler() }),
  'DRF offers': (scheduler) => ({
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [{ cpus: 10 }, { mem: 32 }] }),
    scheduler,
    terms: { interval: SECOND, hold: 0, refuse: 5 * SECOND, timeout: FOREVER },
  }),
  'DRF offers that are held': (scheduler) => ({
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [] }),
    scheduler,
    terms: { interval: SECOND, hold: 3 * SECOND, refuse: 2 * SECOND, timeout: 9 * SECOND },
  }),
  'a silo': (scheduler, { frameworks, machines }) => ({
    architecture: 'two-level',
    allocator: silosAllocator(machines.map((_, machine) => machine % frameworks.length)),
    scheduler,
    terms: { interval: 0, hold: FOREVER, refuse: 0, timeout: FOREVER },
  }),
  'jobs one at a time': (scheduler) => ({
    architecture: 'monolithic',
    scheduler: scheduler(),
    retry: { after: SECOND, fruitlessAttempts: 5, attempts: 50 },
  }),
};

async function logOf(scenario: Scenario, build: PolicyParts): Promise<string> {
  const lines: string[] = [];
  await simulatedHost.run(scenario, build, (cluster) => [new EventLog(cluster, (line) => lines.push(line))]);
  return lines.join('');
}

/** The scheduler on a host that refuses some starts, by the task, the machine and the second. */
function refused(scheduler: Scheduler): Scheduler {
  return {
    name: scheduler.name,
    begin: (view) => scheduler.begin?.(view),
    schedule(view, act) {
      const second = Math.floor(view.now / SECOND);
      scheduler.schedule(view, {
        start: (task, machine, devices) =>
          (view.tasks.queuedAs(task) + 3 * machine + second) % 4 === 0
            ? 'not-offered'
            : act.start(task, machine, devices),
        startGang: (job, placing) => act.startGang(job, placing),
        kill: (task, options) => act.kill(task, options),
        preempt: (victims, job, placing, grace) => act.preempt(victims, job, placing, grace),
        forgo: (job) => act.forgo(job),
        wakeAt: (time) => act.wakeAt(time),
        promise: (job, at) => act.promise(job, at),
        reject: (job, reason) => act.reject(job, reason),
        remember: (key, text) => act.remember(key, text),
        drain: (machine) => act.drain(machine),
        undrain: (machine) => act.undrain(machine),
        powerOff: (machine) => act.powerOff(machine),
        powerOn: (machine) => act.powerOn(machine),
        decline: (machine, time) => act.decline(machine, time),
        gather: (job) => act.gather(job),
      });
    },
  };
}

/** Runs a scenario twice, with passes that leave settled tasks out and with the walk through all that wait. */
async function compare(
  build: Build,
  scenario: Scenario,
  terms: Pick<ListSchedulerParts, 'order' | 'placement'>,
  settles: number,
  host = (scheduler: Scheduler) => scheduler,
): Promise<void> {
  const scheduler = (from: number) => () =>
    host(listScheduler({ name: 'list', ...terms, backfill: 'any', settlesFrom: from }));
  const short = await logOf(scenario, build(scheduler(settles), scenario));
  const walk = await logOf(scenario, build(scheduler(FOREVER), scenario));
  expect(short).toBe(walk);
}

describe('a pass that leaves settled tasks out starts what a walk through all waiting tasks starts', () => {
  test.each(Object.keys(HOSTS))('over %s', { timeout: 120_000 }, async (name) => {
    await fc.assert(
      fc.asyncProperty(crowded, parts, settlesFrom, (scenario, terms, settles) =>
        compare(HOSTS[name], scenario, terms, settles),
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  test('on a host that refuses starts for other reasons than room', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(crowded, parts, settlesFrom, (scenario, terms, settles) =>
        compare(HOSTS['the whole cluster'], scenario, terms, settles, refused),
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
