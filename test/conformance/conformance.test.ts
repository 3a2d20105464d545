import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKS } from '../../src/conformance/checks.js';
import type { Host } from '../../src/conformance/host.js';
import { SCENARIO_SPACE, type Scenario, scenarios } from '../../src/conformance/scenario.js';
import { simulatedHost } from '../../src/conformance/simulated-host.js';
import type { Settings, Subject } from '../../src/conformance/subject.js';
import { NEEDED_VICTIMS } from '../../src/conformance/victims-check.js';
import { BALANCED, SAME_LOG, violationsOf } from '../../src/conformance/violations.js';
import { ObserverGroup } from '../../src/metrics/observer-group.js';
import { type Cluster, NONE, type Observer } from '../../src/model/index.js';
import type { PlacementSink, SchedulingView } from '../../src/policies/contract.js';
import { drf } from '../../src/policies/presets/drf.js';
import { policyNamed } from '../../src/policies/registry.js';
import { policySubject } from './policy-subjects.js';

/** Names of the checks that fail somewhere in a few dozen scenarios. */
async function broken(
  subject: Subject,
  host: Host = simulatedHost,
  adapt = (scenario: Scenario) => scenario,
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const scenario of fc.sample(scenarios, 60).map(adapt)) {
    for (const { check } of await violationsOf(subject, subject.settings[0], host, scenario))
      found.add(check);
  }
  return found;
}

/** A scheduler of the whole cluster that does what it should not. */
function faulty(schedule: (view: SchedulingView, act: PlacementSink) => void): Subject {
  return {
    name: 'faulty',
    settings: [{}],
    build: () => ({ architecture: 'monolithic', scheduler: { name: 'faulty', schedule } }),
    promises: () => ({ noRefusals: true, workConservation: { of: 'every task', queues: 'one', within: 0 } }),
  };
}

/** Starts each task of the queue where it fits, unless told otherwise. */
function startEach(
  view: SchedulingView,
  act: PlacementSink,
  except: (task: number) => boolean = () => false,
): void {
  let next = NONE;
  for (let task = view.queue.first; task !== NONE; task = next) {
    next = view.queue.next(task);
    const machine = view.machines.firstFit(task);
    if (machine !== NONE && !except(task)) act.start(task, machine);
  }
}

/** The same subject, which claims that what it starts never delays the head of the queue. */
function claiming(subject: Subject, settings: Settings = {}): Subject {
  return { ...subject, settings: [settings], promises: () => ({ headIsNotDelayed: 'always' }) };
}

/** EASY backfilling on the machine where the head fits first, which forgets what it has given away of the room beside the head. */
function backfillWithoutBookkeeping(view: SchedulingView, act: PlacementSink): void {
  const { tasks, machines } = view;
  const { dimensions } = view.space;
  const demandOf = (task: number) => dimensions.map((d) => machines.demand(tasks.taskClass(task), d));
  const promise = { machine: NONE, shadow: Number.POSITIVE_INFINITY, extra: [] as number[] };
  const reserve = (head: number) => {
    for (let machine = 0; machine < machines.count; machine++) {
      const room = dimensions.map((d) => machines.free(machine, d));
      const running: number[] = [];
      for (let t = machines.first(machine); t !== NONE; t = machines.next(t)) running.push(t);
      const endOf = (task: number) => tasks.started(task) + tasks.estimate(task);
      for (const task of running.sort((a, b) => endOf(a) - endOf(b))) {
        for (const d of dimensions) room[d] += demandOf(task)[d];
        if (endOf(task) >= promise.shadow || demandOf(head).some((amount, d) => amount > room[d])) continue;
        Object.assign(promise, {
          machine,
          shadow: endOf(task),
          extra: room.map((amount, d) => amount - demandOf(head)[d]),
        });
      }
    }
  };
  let hasHead = false;
  let next = NONE;
  for (let task = view.queue.first; task !== NONE; task = next) {
    next = view.queue.next(task);
    const machine = machines.firstFit(task);
    if (!hasHead && machine === NONE) {
      reserve(task);
      hasHead = true;
    }
    if (machine === NONE) continue;
    const isShort = view.now + tasks.estimate(task) <= promise.shadow;
    const isBeside = demandOf(task).every((amount, d) => amount <= promise.extra[d]);
    if (!hasHead || machine !== promise.machine || isShort || isBeside) act.start(task, machine);
  }
}

/** The simulator, whose reports are tampered with on the way to the observers. */
function lyingHost(lie: (teller: Observer, cluster: Cluster) => Partial<Observer>): Host {
  return {
    name: 'a host that lies',
    run: (scenario, parts, observers) =>
      simulatedHost.run(scenario, parts, (cluster) => {
        const group = new ObserverGroup(observers(cluster));
        const liar = Object.assign(Object.create(group) as ObserverGroup, lie(group, cluster));
        return [liar];
      }),
  };
}

const sound = policySubject(policyNamed('bin-packing')!);
const offering = policySubject(drf);

/** What a check is called, by a few of its words. */
function named(words: string): string {
  const matches = [...CHECKS.map((check) => check.name), SAME_LOG].filter((name) => name.includes(words));
  expect(matches, words).toHaveLength(1);
  return matches[0];
}

describe('the conformance suite', () => {
  test('finds nothing wrong with a sound policy', async () => {
    expect(await broken(sound)).toEqual(new Set());
    expect(await broken(offering)).toEqual(new Set());
  });

  test('leads into every situation that it is about', async () => {
    const reached = new Set<string>();
    const note = (cluster: Cluster): Partial<Observer> => ({
      taskKilled: (_task, _machine, cause) => reached.add(cause),
      taskEnded: (_task, _machine, outcome) => reached.add(outcome),
      machineChanged: (_machine, state) => reached.add(state),
      offerEnded: (_framework, _machine, end) => reached.add(end),
      decided: () => reached.add('thought'),
      taskStarted(task) {
        if (cluster.tasks.devices[task] > 2) reached.add('several GPUs');
        if (
          cluster.jobs.gang[cluster.tasks.job[task]] === 1 &&
          cluster.jobs.tasks[cluster.tasks.job[task]] > 2
        )
          reached.add('gang');
      },
    });
    const context = { space: SCENARIO_SPACE, machines: [], frameworks: [], forecast: undefined };
    for (const scenario of fc.sample(scenarios, 150))
      await simulatedHost.run(scenario, offering.build({ timeout: 500_000 }, context), (cluster) => [
        note(cluster),
      ]);
    expect([...reached].sort()).toEqual([
      'abandoned',
      'accepted',
      'declined',
      'down',
      'draining',
      'failed',
      'finished',
      'gang',
      'lost',
      'rejected',
      'rescinded',
      'several GPUs',
      'thought',
      'timed-out',
      'up',
    ]);
  });
});

describe('the conformance suite finds a policy that', () => {
  test('leaves a task waiting that would fit', async () => {
    const lazy = faulty((view, act) => startEach(view, act, (task) => task % 7 === 3));
    expect(await broken(lazy)).toContain(named('no room stays idle'));
  });

  test('lets every task that fits pass the head of the queue', async () => {
    expect(await broken(claiming(sound, { backfill: 'any' }))).toContain(named('never delays'));
  });

  test('gives the room beside the head to one long task after another', async () => {
    const forgetful = claiming(faulty(backfillWithoutBookkeeping));
    expect(await broken(forgetful)).toContain(named('never delays'));
    expect(await broken(claiming(policySubject(policyNamed('easy')!), { backfill: 'easy' }))).toEqual(
      new Set(),
    );
  });

  test('promises starts and breaks its word', async () => {
    const boasting = faulty((view, act) => {
      for (let task = view.queue.first; task !== NONE; task = view.queue.next(task))
        act.promise(view.tasks.job(task), view.now + 1);
      startEach(view, act, (task) => task % 3 === 0);
    });
    expect(await broken({ ...boasting, promises: () => ({ keepsPromises: true }) })).toContain(
      named('a promised start'),
    );
  });

  test('leaves a gang waiting on an idle cluster', async () => {
    const single = faulty((view, act) =>
      startEach(view, act, (task) => view.jobs.isGang(view.tasks.job(task))),
    );
    expect(await broken({ ...single, promises: () => ({ servesAnyJob: true }) })).toContain(
      named('idle cluster'),
    );
  });

  test('stops one task more than a preemption needs', async () => {
    const greedy = faulty((view, act) => {
      startEach(view, act, (task) => view.jobs.isGang(view.tasks.job(task)));
      const task = view.queue.first;
      if (task === NONE || view.jobs.isGang(view.tasks.job(task))) return;
      for (let machine = 0; machine < view.machines.count; machine++) {
        const victims: number[] = [];
        for (let one = view.machines.first(machine); one !== NONE; one = view.machines.next(one))
          if (view.tasks.priority(one) < view.tasks.priority(task)) victims.push(one);
        const placing = { tasks: [task], machines: [machine] };
        if (victims.length > 1 && act.preempt(victims, view.tasks.job(task), placing) === 'done') return;
      }
    });
    expect(await broken({ ...greedy, promises: () => ({}) })).toContain(NEEDED_VICTIMS);
  });

  test('makes decisions that are refused', async () => {
    const careless = faulty((view, act) => {
      startEach(view, act);
      act.start(view.queue.first, view.machines.count);
    });
    expect(await broken(careless)).toContain(named('no decision is refused'));
  });

  test('starts a gang piece by piece', async () => {
    expect(await broken(faulty((view, act) => startEach(view, act)))).toContain(
      named('no decision is refused'),
    );
  });

  test('lends itself room of the ledger during its call', async () => {
    let ledger: Cluster | undefined;
    const host = lyingHost((_, cluster) => {
      ledger = cluster;
      return {};
    });
    const thief = faulty((view, act) => {
      if (ledger !== undefined) ledger.free.free[0] += 1000;
      startEach(view, act);
      if (ledger !== undefined) ledger.free.free[0] -= 1000;
    });
    expect(await broken(thief, host)).toContain(BALANCED);
  });

  test('has a memory that outlives the run', async () => {
    let calls = 0;
    const forgetful = faulty((view, act) => startEach(view, act, () => calls++ % 5 === 0));
    expect(await broken(forgetful)).toContain(SAME_LOG);
  });
});

describe('the conformance suite finds a host that', () => {
  test('starts a task twice', async () => {
    const host = lyingHost((teller) => ({
      taskStarted(task, now) {
        teller.taskStarted(task, now);
        if (task === 3) teller.taskStarted(task, now);
      },
    }));
    const found = await broken(sound, host);
    expect(found).toContain(named('no task is lost'));
    expect(found).toContain(named('no machine and no device'));
  });

  test('starts a gang without some of its tasks', async () => {
    const host = lyingHost((teller) => ({
      taskStarted(task, now) {
        if (task % 2 === 0) teller.taskStarted(task, now);
      },
    }));
    expect(await broken(sound, host)).toContain(named('a gang starts'));
  });

  test('loses an ending', async () => {
    const host = lyingHost((teller) => ({
      taskEnded: (task, ...rest) => task !== 2 && teller.taskEnded(task, ...rest),
    }));
    expect(await broken(sound, host)).toContain(named('no task is lost'));
  });

  test('loses a job', async () => {
    const host = lyingHost(() => ({ jobEnded() {} }));
    expect(await broken(sound, host)).toContain(named('no task is lost'));
  });

  test('runs tasks too long', async () => {
    const host = lyingHost((teller) => ({
      taskEnded: (task, machine, outcome, now) => teller.taskEnded(task, machine, outcome, now + 1),
    }));
    expect(await broken(sound, host)).toContain(named('every attempt has'));
  });

  test('starts tasks before they come', async () => {
    const host = lyingHost((teller, cluster) => ({
      taskStarted: (task) => teller.taskStarted(task, cluster.tasks.submitted[task] - 1),
    }));
    expect(await broken(sound, host)).toContain(named('time does not run backwards'));
  });

  test('names a machine that does not exist', async () => {
    const host = lyingHost((teller, cluster) => ({
      taskEnded: (task, machine, ...rest) =>
        teller.taskEnded(task, machine === NONE ? NONE : machine + cluster.machines.count, ...rest),
    }));
    expect(await broken(sound, host)).toContain(named('all ids of machines'));
  });

  test('uses a machine that is down', async () => {
    const host = lyingHost((teller) => ({
      machineChanged(machine, state, now) {
        teller.machineChanged(machine, state === 'up' ? 'down' : state, now);
      },
    }));
    expect(await broken(sound, host)).toContain(named('no machine and no device'));
  });

  test('forgets that an offer is out', async () => {
    const host = lyingHost(() => ({ offerMade() {} }));
    expect(await broken(offering, host)).toContain(named('only machines that are up'));
  });

  test('makes two runs of one seed differ', async () => {
    let run = 0;
    const host = lyingHost((teller) => {
      const isSecond = run++ % 2 === 1;
      return {
        machineChanged: (machine, state, now) => teller.machineChanged(isSecond ? 0 : machine, state, now),
      };
    });
    expect(await broken(sound, host)).toContain(SAME_LOG);
  });
});
