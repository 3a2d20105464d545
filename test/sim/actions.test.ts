import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, type TaskId, toSeconds } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { PlacementSink, Scheduler, SchedulingView } from '../../src/policies/contract.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import {
  CPUS_MEM_GPUS,
  countsOf,
  eventsOf,
  listParts,
  machinesOf,
  type SimulationSketch,
  simulate,
  story,
} from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';
import { failuresOf, outage } from './failures/outages.js';

type Script = (view: SchedulingView, act: PlacementSink, call: number) => void;

/** The free amounts of all machines, by machine, then by dimension. */
function freeOf({ machines, space }: SchedulingView): number[] {
  return Array.from({ length: machines.count }, (_, machine) =>
    space.dimensions.map((d) => machines.free(machine, d)),
  ).flat();
}

/** A scheduler that does what the test says, call by call. */
function scripted(script: Script): Scheduler {
  let call = 0;
  return { name: 'scripted', schedule: (view, act) => script(view, act, call++) };
}

function monolithic(script: Script): PolicyParts {
  return { architecture: 'monolithic', scheduler: scripted(script) };
}

/** Framework 0 follows the script, the others start what fits. */
function underOffers(script: Script): PolicyParts {
  return {
    architecture: 'two-level',
    allocator: drfAllocator({ minimum: [{ cpus: 10 }] }),
    scheduler: (framework) => (framework === 0 ? scripted(script) : listParts().scheduler),
    terms: { interval: fromSeconds(1), hold: 0, refuse: fromSeconds(5), timeout: FOREVER },
  };
}

function run(parts: PolicyParts, rows: readonly RowSketch[], more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, [
      { cpus: 4, gpus: 2 },
      { cpus: 2, gpus: 0 },
    ]),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, rows), {
      frameworks: [{ name: 'a' }, { name: 'b' }],
      constraints: [[], [{ attribute: 'rack', operator: 'equal', values: ['none such'] }]],
    }),
    parts,
    until: 100,
    ...more,
  });
}

const small = { needs: { cpus: 1 }, runs: 50 };

describe('a decision that cannot be carried out', () => {
  test('is answered with its reason, is counted, and changes nothing', async () => {
    const verdicts: Record<string, string> = {};
    const parts = monolithic((view, act, call) => {
      if (call !== 1) {
        if (call === 0) act.start(view.queue.first, 0);
        return;
      }
      const [running, waiting] = [0, 1];
      const before = freeOf(view);
      verdicts.unknownTask = act.start(99, 0);
      verdicts.negativeTask = act.start(-1, 0);
      verdicts.running = act.start(running, 0);
      verdicts.unknownMachine = act.start(waiting, 9);
      verdicts.noMachine = act.start(waiting, -1);
      verdicts.wide = act.start(waiting, 1);
      verdicts.deviceForNothing = act.start(waiting, 0, 0b1);
      verdicts.wrongDevice = act.start(2, 0, 0b100);
      verdicts.tooManyDevices = act.start(2, 0, 0b11);
      verdicts.killWaiting = act.kill(waiting);
      verdicts.killUnknown = act.kill(99);
      verdicts.gangOfNobody = act.startGang(0, { tasks: [], machines: [] });
      verdicts.gangOfAnotherJob = act.startGang(0, { tasks: [waiting], machines: [0] });
      verdicts.gangWithoutRoom = act.startGang(1, { tasks: [waiting], machines: [1] });
      verdicts.decline = act.decline(0, 0);
      verdicts.drainUnknown = act.drain(7);
      verdicts.wakeAtNow = act.wakeAt(view.now);
      verdicts.promiseUnknown = act.promise(9, fromSeconds(60));
      verdicts.promiseInThePast = act.promise(1, 0);
      verdicts.undrainOfNobody = act.undrain(0);
      verdicts.rememberMuch = act.remember('key', 'x'.repeat(2 ** 20));
      expect(freeOf(view)).toEqual(before);
    });
    const rows = [
      small,
      { at: 1, needs: { cpus: 3 }, runs: 1 },
      { at: 1, needs: { cpus: 1 }, gpus: 1, runs: 1 },
    ];
    const result = await run(parts, rows);
    expect(verdicts).toEqual({
      unknownTask: 'unknown-task',
      negativeTask: 'unknown-task',
      running: 'not-pending',
      unknownMachine: 'unknown-machine',
      noMachine: 'unknown-machine',
      wide: 'does-not-fit',
      deviceForNothing: 'wrong-devices',
      wrongDevice: 'wrong-devices',
      tooManyDevices: 'wrong-devices',
      killWaiting: 'not-running',
      killUnknown: 'not-running',
      gangOfNobody: 'unknown-job',
      gangOfAnotherJob: 'unknown-job',
      gangWithoutRoom: 'does-not-fit',
      decline: 'not-offered',
      drainUnknown: 'unknown-machine',
      wakeAtNow: 'in-the-past',
      promiseUnknown: 'unknown-job',
      promiseInThePast: 'in-the-past',
      undrainOfNobody: 'machine-not-up',
      rememberMuch: 'too-large',
    });
    const counted = [...result.recorder.refusals.values()].reduce((a, b) => a + b, 0);
    expect(counted).toBe(Object.keys(verdicts).length);
    expect(result.recorder.refusals.get('wrong-devices')).toBe(3);
  });

  test('because of a constraint is told from one for want of room', async () => {
    const verdicts: string[] = [];
    // The rejected task is gone before the scheduler is called, so the constraint is met on one machine only.
    const machines = machinesOf(CPUS_MEM_GPUS, [{ cpus: 4 }, { cpus: 4 }], [{ rack: 'none such' }, {}]);
    const parts = monolithic((view, act) => {
      if (view.queue.length > 0) verdicts.push(act.start(0, 1), act.start(0, 0));
    });
    await run(parts, [{ needs: { cpus: 1 }, constraint: 1 }], { machines });
    expect(verdicts).toEqual(['constraint', 'done']);
  });

  test("because the task is another framework's, or its machine is not offered, says so", async () => {
    const verdicts: string[] = [];
    const parts = underOffers((_view, act) => {
      if (verdicts.length > 0) return;
      verdicts.push(act.start(0, 0), act.kill(0), act.start(1, 0));
    });
    // b runs its task on m0 and declines m1, which is what a is offered a second later.
    const rows = [
      { framework: 1, needs: { cpus: 4 }, gpus: 2, runs: 50 },
      { at: 0.5, framework: 0, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run(parts, rows);
    expect(verdicts).toEqual(['not-pending', 'foreign-task', 'not-offered']);
    expect(story(result, 'killed')).toEqual([]);
  });
});

describe('tasks that start together', () => {
  const gang = { ...small, tasks: 2, gang: true };

  test('start all or none: the first that cannot start gives the reason', async () => {
    const verdicts: string[] = [];
    const parts = monolithic((view, act, call) => {
      if (call > 0) return;
      verdicts.push(
        act.startGang(0, { tasks: [0], machines: [0] }),
        act.startGang(0, { tasks: [0, 0], machines: [0, 0] }),
        act.startGang(0, { tasks: [0, 1], machines: [0, 9] }),
        act.startGang(0, { tasks: [0, 1], machines: [0] }),
        act.startGang(0, { tasks: [0, 1], machines: [0, 0], devices: [0, 0b1] }),
      );
      expect(freeOf(view)[0]).toBe(4000);
      verdicts.push(act.startGang(0, { tasks: [0, 1], machines: [0, 1] }));
    });
    const result = await run(parts, [gang]);
    expect(verdicts).toEqual([
      'incomplete-gang',
      'incomplete-gang',
      'unknown-machine',
      'unknown-machine',
      'wrong-devices',
      'done',
    ]);
    expect(story(result, 'started')).toEqual(['0 task 0 started m0', '0 task 1 started m1']);
  });

  test('may be any of a job that is no gang', async () => {
    const parts = monolithic((_view, act, call) => {
      if (call === 0) act.startGang(0, { tasks: [2, 0], machines: [0, 0] });
    });
    const result = await run(parts, [{ ...small, tasks: 3 }]);
    expect(story(result, 'started')).toEqual(['0 task 2 started m0', '0 task 0 started m0']);
  });

  test('do not start when one of them would take what another one needs', async () => {
    const verdicts: string[] = [];
    const parts = monolithic((_view, act, call) => {
      if (call === 0) verdicts.push(act.startGang(0, { tasks: [0, 1], machines: [1, 1] }));
    });
    const result = await run(parts, [{ ...gang, needs: { cpus: 2 } }]);
    expect(verdicts).toEqual(['does-not-fit']);
    expect(result.cluster.allocated[0]).toBe(0);
  });
});

describe('the room as it would be', () => {
  test('shows what was put, removed, blocked and opened, and none of it reaches the ledger', async () => {
    const seen: Record<string, unknown> = {};
    const parts = monolithic((view, act, call) => {
      if (call === 0) act.start(0, 0);
      if (call !== 1) return;
      const { whatIf, space } = view;
      const [cpus] = space.dimensions;
      const free = () => [0, 1].map((machine) => whatIf.machines.free(machine, cpus));
      whatIf.reset('now');
      seen.now = free();
      const start = whatIf.mark();
      seen.put = [whatIf.put(1, 0), free(), whatIf.put(1, 1), whatIf.machines.firstFit(1)];
      seen.tasks = [whatIf.machines.first(0), whatIf.machines.next(0), whatIf.machines.taskCount(0)];
      seen.remove = [whatIf.remove(0), whatIf.remove(0), free(), whatIf.machines.first(0)];
      whatIf.block(1, cpus, 1500);
      seen.block = [free(), whatIf.machines.whyNot(2, 1), whatIf.isUntouched(1)];
      whatIf.undo(start);
      seen.undone = [free(), whatIf.machines.first(0), whatIf.isUntouched(0), whatIf.isUntouched(1)];
      whatIf.reset('empty');
      seen.empty = [free(), whatIf.machines.first(0), whatIf.machines.deviceFree(0, 0)];
      expect(freeOf(view)).toEqual([3000, 0, 2000, 2000, 0, 0]);
    });
    await run(parts, [small, { at: 1, ...small }, { at: 1, ...small }]);
    expect(seen).toEqual({
      now: [3000, 2000],
      put: ['done', [2000, 2000], 'not-pending', 0],
      tasks: [0, 1, 2],
      remove: ['done', 'not-running', [3000, 2000], 1],
      block: [[3000, 500], 'does-not-fit', false],
      undone: [[3000, 2000], 0, true, true],
      empty: [[4000, 2000], -1, 1000],
    });
  });

  test('is that of the offers under offers', async () => {
    const seen: unknown[] = [];
    const parts = underOffers((view) => {
      view.whatIf.reset('now');
      seen.push([0, 1].map((machine) => view.whatIf.machines.whyNot(view.queue.first, machine)));
    });
    await run(parts, [{ ...small, needs: { cpus: 3 } }], { until: 5 });
    expect(seen[0]).toEqual(['done', 'does-not-fit']);
  });
});

describe('a task that is killed', () => {
  test('goes to the back of the queue and runs from zero; what it did is lost work', async () => {
    const order: TaskId[] = [];
    const calls: number[] = [];
    const parts = monolithic((view, act, call) => {
      calls.push(toSeconds(view.now));
      if (call === 0) act.start(0, 0);
      if (call === 1) act.kill(0);
      if (call === 2) {
        for (let task = view.queue.first; task >= 0; task = view.queue.next(task)) order.push(task);
        act.start(1, 0);
        act.start(0, 1);
      }
    });
    const result = await run(parts, [small, { at: 10, needs: { cpus: 3 }, runs: 5 }]);
    expect(order).toEqual([1, 0]);
    // The task is gone after the call, at the same instant. Then the scheduler is called again.
    expect(calls).toEqual([0, 10, 10]);
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m0',
      '10 task 0 killed m0 preempted',
      '10 task 1 started m0',
      '10 task 0 started m1',
      '15 task 1 ended m0 finished',
      '60 task 0 ended m1 finished',
    ]);
    expect(result.recorder.recovery.lostWork).toBe(fromSeconds(10));
    expect(countsOf(result.recorder.tasks)).toMatchObject({
      preempted: 1,
      retried: 0,
      started: 2,
      finished: 2,
    });
  });
});

describe('a promise', () => {
  test('is seen until it is withdrawn, and keeps no room', async () => {
    const seen: unknown[] = [];
    const parts = monolithic((view, act, call) => {
      if (call === 0) act.promise(0, fromSeconds(30));
      if (call === 1) act.promise(0, FOREVER);
      seen.push(toSeconds(view.jobs.promised(0)), freeOf(view)[0]);
    });
    await run(parts, [small, { at: 40, needs: { cpus: 1 } }]);
    expect(seen).toEqual([30, 4000, Number.NaN, 4000]);
  });
});

describe('what a policy remembers', () => {
  test('is there in later calls until it is forgotten', async () => {
    const seen: unknown[] = [];
    const parts = monolithic((view, act, call) => {
      seen.push(view.recall('served'));
      act.remember('served', call === 0 ? 'a' : undefined);
    });
    await run(parts, [small, { at: 1, ...small }, { at: 2, ...small }]);
    expect(seen).toEqual([undefined, 'a', undefined]);
  });
});

describe('a wake-up', () => {
  test('comes at the earliest time that the last call wished for', async () => {
    const seen: number[] = [];
    const parts = monolithic((view, act, call) => {
      seen.push(toSeconds(view.now));
      if (call > 0) return;
      act.wakeAt(fromSeconds(50));
      act.wakeAt(fromSeconds(30));
      act.wakeAt(FOREVER);
    });
    await run(parts, [small, { at: 40, needs: { cpus: 1 } }]);
    expect(seen).toEqual([0, 30, 40]);
  });

  test('brings back a framework that has offers in hand', async () => {
    const seen: number[] = [];
    const parts = underOffers((view, act, call) => {
      seen.push(toSeconds(view.now));
      if (call === 0) act.wakeAt(fromSeconds(2.5));
      else if (view.now === fromSeconds(2.5)) act.start(0, 0);
    });
    const holding = {
      ...parts,
      terms: { interval: fromSeconds(1), hold: FOREVER, refuse: 0, timeout: FOREVER },
    };
    const result = await run(holding as PolicyParts, [small]);
    expect(seen).toEqual([0, 2.5]);
    expect(story(result, 'started')).toEqual(['2.5 task 0 started m0']);
  });
});

describe('a machine that a scheduler drains', () => {
  test('takes tasks again after the same scheduler takes the drain back', async () => {
    const verdicts: string[] = [];
    const parts = monolithic((_view, act, call) => {
      if (call === 0) verdicts.push(act.drain(0), act.start(0, 0), act.undrain(0), act.start(0, 0));
    });
    await run(parts, [small]);
    expect(verdicts).toEqual(['done', 'machine-not-up', 'done', 'done']);
  });

  test('takes nothing more from anybody, and what runs there runs on', async () => {
    const parts = monolithic((view, act, call) => {
      if (call === 0) act.start(0, 0);
      if (call === 1) {
        expect(act.drain(0)).toBe('done');
        expect(act.drain(0)).toBe('machine-not-up');
        expect(act.start(1, 0)).toBe('machine-not-up');
        expect(view.machines.firstFit(1)).toBe(1);
      }
    });
    const result = await run(parts, [small, { at: 1, needs: { cpus: 1 } }]);
    expect(story(result, 'machine', 'ended')).toEqual([
      '1 machine m0 draining',
      '50 task 0 ended m0 finished',
    ]);
  });
});

describe('a drain of a scheduler', () => {
  /** Task 0 runs on m0, which is drained at 0. The scheduler is called every 5 s, and undrains at this time. */
  const drains = (undrainsAt: number): PolicyParts =>
    monolithic((view, act, call) => {
      if (call === 0) expect([act.start(0, 0), act.drain(0)]).toEqual(['done', 'done']);
      if (view.now === fromSeconds(undrainsAt)) expect(act.undrain(0)).toBe('done');
      act.wakeAt(view.now + fromSeconds(5));
    });

  test('outlives an outage of its machine', async () => {
    const result = await run(drains(100), [small], {
      failures: failuresOf([outage('planned', [0], 10, 20)]),
      until: 90,
    });
    const states = story(result, 'machine');
    expect(states[0]).toBe('0 machine m0 draining');
    expect(states.at(-1)).toBe('20 machine m0 draining');
  });

  test('outlives one in a list of machine events, too', async () => {
    const events = (['down', 'up'] as const).map((state, i) => ({
      time: fromSeconds(10 + 10 * i),
      machine: 0,
      state,
    }));
    const result = await run(drains(100), [small], { machineEvents: events, until: 90 });
    expect(story(result, 'machine')).toEqual([
      '0 machine m0 draining',
      '10 machine m0 down',
      '20 machine m0 draining',
    ]);
  });

  test('that is taken back leaves the drain of an operator', async () => {
    const planned = outage('planned', [0], 60, 70, 10);
    const result = await run(drains(20), [small], { failures: failuresOf([planned]), until: 55 });
    expect(story(result, 'machine')).toEqual(['0 machine m0 draining']);
    expect(result.cluster.machines.stateOf(0)).toBe('draining');
  });
});

describe('GPU devices', () => {
  test('named by the scheduler are the ones that the task gets', async () => {
    const parts = monolithic((_view, act) => {
      act.start(0, 0, 0b10);
    });
    const result = await run(parts, [{ needs: { cpus: 1 }, gpus: 1, runs: 1 }]);
    expect(eventsOf(result).find(({ event }) => event === 'started')?.devices).toBe('1');
  });

  test('not named are those with the least left that suffice, the lowest on ties', async () => {
    const rows = [
      { needs: { cpus: 1 }, gpus: 1, gpuShare: 0.5, runs: 9 },
      { needs: { cpus: 1 }, gpus: 1, gpuShare: 0.6, runs: 9 },
      { needs: { cpus: 1 }, gpus: 1, gpuShare: 0.4, runs: 9 },
    ];
    const result = await run(listParts(), rows);
    const started = eventsOf(result).filter(({ event }) => event === 'started');
    expect(started.map(({ devices }) => devices)).toEqual(['0', '1', '1']);
  });
});

describe('what a scheduler sees', () => {
  test('is live: a started task is gone from the queue and from the free amounts at once', async () => {
    expect.assertions(4);
    const parts = monolithic((view, act, call) => {
      if (call > 0) return;
      expect([view.queue.length, view.queue.classCount]).toEqual([2, 1]);
      act.start(0, 0);
      expect([view.queue.first, view.queue.length]).toEqual([1, 1]);
      expect(freeOf(view)[0]).toBe(3000);
      expect(view.machines.firstFit(1)).toBe(0);
    });
    await run(parts, [{ ...small, tasks: 2 }]);
  });

  test('under offers is only what it was offered, and only its own queue', async () => {
    const seen: unknown[] = [];
    const parts = underOffers((view) => {
      const free = Array.from({ length: view.machines.count }, (_, m) => freeOf(view)[m * 3]);
      seen.push([view.queue.length, view.queue.first, free]);
    });
    const rows = [
      { framework: 1, needs: { cpus: 2 }, runs: 50 },
      { at: 0.5, framework: 0, needs: { cpus: 1 }, runs: 1 },
    ];
    await run(parts, rows, { until: 1 });
    // b has 2 of the 4 cores of m0, and gave the rest and m1 back.
    expect(seen).toEqual([[1, 1, [2000, 2000]]]);
  });
});
