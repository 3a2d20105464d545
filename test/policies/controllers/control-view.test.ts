import { describe, expect, test } from 'vitest';
import { addedMachines } from '../../../src/lab/extensions/elasticity/elasticity-plan.js';
import { FOREVER, fromSeconds, imbalance, type MachineSpec } from '../../../src/model/index.js';
import type {
  Controller,
  ControlSink,
  ControlVerdict,
  ControlView,
} from '../../../src/policies/contract-control.js';
import { CloudPool } from '../../../src/policies/controllers/cloud-pool.js';
import { HorizontalScaler } from '../../../src/policies/controllers/horizontal/horizontal-scaler.js';
import { Oversubscription } from '../../../src/policies/controllers/oversubscription.js';
import { ScaledServices } from '../../../src/sim/elasticity/scaled-services.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';
import { applicationOf, traceWith } from '../../sim/elasticity/scaled.js';
import { CPUS_MEM, listParts, machinesOf, type SimulationResult, simulate, story } from '../../simulate.js';
import type { RowSketch } from '../../traces-in-memory.js';
import { reachable, tamper } from '../reachable.js';

/** Machines 0 and 1 are owned, 2 and 3 are their revocable rows, 4 is rented. */
const OWN = machinesOf(CPUS_MEM, [
  { cpus: 10, mem: 100 },
  { cpus: 10, mem: 100 },
]);
const CLOUD: MachineSpec = {
  name: 'cloud-0',
  capacity: CPUS_MEM.quanta({ cpus: 10, mem: 100 }),
  supply: 'rented',
};

/** Tasks 0 and 1 use half of their demand. Task 2 waits for a machine of its own. */
const ROWS: readonly RowSketch[] = [
  { needs: { cpus: 6, mem: 10 }, runs: 300, usage: [0.5, 0.5] },
  { needs: { cpus: 6, mem: 10 }, runs: FOREVER, usage: [0.5, 0.5] },
  { at: 1, needs: { cpus: 10, mem: 10 }, runs: 100 },
];

/** Its load of 2 needs 4 instances. They are tasks 3 to 6 once a control loop scales it. */
const APPLICATION = () => applicationOf([2], 600);

async function run(
  controllers: readonly Controller[],
  rows: readonly RowSketch[] = ROWS,
): Promise<SimulationResult> {
  const application = APPLICATION();
  const trace = traceWith(application, rows);
  const revocable = await addedMachines({ 'oversubscription.revocable': 'web' }, OWN, trace);
  return simulate({
    space: CPUS_MEM,
    machines: [...OWN, ...revocable, CLOUD],
    trace,
    parts: listParts(),
    controls: {
      controllers,
      services: new ScaledServices([application]),
      cloud: { startup: fromSeconds(20), notice: 0, lifetime: () => FOREVER },
      mayResize: () => true,
    },
    until: 400,
  });
}

/** Calls `step` every 10 s, from 10 s on. */
function every10s(step: (view: ControlView, act: ControlSink) => void): Controller {
  return {
    name: 'test',
    begin: ({ now }) => now + fromSeconds(10),
    control(view, act) {
      step(view, act);
      act.wakeAt(view.now + fromSeconds(10));
    },
  };
}

/** Calls `step` once, at this time. */
async function at(seconds: number, step: (view: ControlView, act: ControlSink) => void) {
  let calls = 0;
  const result = await run([
    {
      name: 'once',
      begin: () => fromSeconds(seconds),
      control(view, act) {
        calls++;
        step(view, act);
      },
    },
  ]);
  expect(calls).toBe(1);
  return result;
}

describe('the view of a control loop', () => {
  const everything = async () => {
    const found = new Map<string, object>();
    await run([
      every10s((view, act) => {
        act.scale(0, 4);
        act.rent(0, 1);
        const { rented } = view.rentable;
        for (const [path, value] of reachable({ view, act, rented })) found.set(path, value);
      }),
    ]);
    expect(found.size).toBeGreaterThan(80);
    return found;
  };

  test('leads to no array of the ledger, to nothing that can be written, and to no object of the simulation', async () => {
    const found = await everything();
    const open = [...found].filter(([, value]) => ArrayBuffer.isView(value) || !Object.isFrozen(value));
    expect(open.filter(([, value]) => typeof value !== 'function').map(([path]) => path)).toEqual([]);
    const classes = new Set([...found.values()].map((value) => value.constructor?.name));
    expect([...classes].sort()).toEqual([
      'Array',
      'ControlSinkView',
      'Function',
      'JobsView',
      'LedgerControlView',
      'MachinesView',
      'RentableView',
      'RevocableView',
      'ServicesView',
      'SpaceView',
      'TasksView',
      'UsageView',
    ]);
  });

  test('is the same for tasks that differ only in what a master cannot know', async () => {
    const seen = async (rows: readonly RowSketch[]) => {
      const lines: unknown[] = [];
      await run(
        [
          every10s((view) => {
            if (view.now > fromSeconds(200)) return;
            lines.push(allFacts(view));
          }),
        ],
        rows,
      );
      return lines;
    };
    const [sooner, later] = [300, 250].map((runs) =>
      seen(ROWS.map((row, i) => (i === 0 ? { ...row, runs } : row))),
    );
    expect(await sooner).toHaveLength(20);
    expect(await later).toEqual(await sooner);
  });

  test('shows the same run to a loop that tampers with everything', async () => {
    const loops = () => [
      new HorizontalScaler(0, 'app', APPLICATION().terms),
      new Oversubscription({ interval: fromSeconds(15), margin: 0.1, least: 0 }),
      new CloudPool({ interval: fromSeconds(10), growAfter: fromSeconds(30), idleAfter: fromSeconds(60) }),
    ];
    const tampering = every10s((view, act) => {
      for (const value of reachable({ view, act }).values()) if (typeof value !== 'function') tamper(value);
    });
    const [clean, tampered] = [await run(loops()), await run([...loops(), tampering])];
    expect(tampered.log).toEqual(clean.log);
    expect(story(clean, 'machine').some((line) => line.includes('cloud-0 up'))).toBe(true);
  });

  test('has usage as measured: of running tasks, and of no others', async () => {
    await at(10, ({ usage, tasks, space, now }) => {
      const cpus = space.dimension('cpus');
      expect(tasks.bound).toBeGreaterThanOrEqual(3);
      expect([usage.last(0, cpus), usage.mean(0, cpus), usage.peak(0, cpus)]).toEqual([3000, 3000, 3000]);
      expect([usage.sampled(0), usage.window]).toEqual([now, 0]);
      for (const task of [2, 99, -1, 0.5]) {
        expect(usage.last(task, cpus)).toBeNaN();
        expect(usage.sampled(task)).toBeNaN();
      }
    });
  });

  test('has the offers of the cloud, and the rows that are revocable', async () => {
    await at(10, ({ rentable, revocable, space, machines, services, jobs, tasks }) => {
      expect([0, 1, 2, 3, 4].map((machine) => revocable.hostOf(machine))).toEqual([-1, -1, 0, 1, -1]);
      expect([rentable.offers, rentable.available(0), rentable.starting(0), rentable.startUp(0)]).toEqual([
        1,
        1,
        0,
        fromSeconds(20),
      ]);
      expect(rentable.capacity(0, space.dimension('cpus'))).toBe(10_000);
      expect(rentable.takes(0, tasks.taskClass(2))).toBe(true);
      expect(machines.state(4)).toBe('down');
      expect([services.count, services.wanted(0), services.ready(0), services.utilization(0)]).toEqual([
        1, 4, 0, 1,
      ]);
      expect([services.framework(0), services.least(0), services.most(0)]).toEqual([0, 1, 100]);
      expect(jobs.submitted(tasks.job(2))).toBe(fromSeconds(1));
    });
  });
});

/** Everything that a loop can read of its machines and tasks. */
function allFacts({ machines, tasks, jobs, usage, services, rentable, space, now }: ControlView): unknown {
  const facts = (task: number) => [
    tasks.state(task),
    tasks.machine(task),
    tasks.submitted(task),
    tasks.started(task),
    tasks.estimate(task),
    tasks.attempts(task),
    tasks.priority(task),
    jobs.running(tasks.job(task)),
    jobs.pending(tasks.job(task)),
    usage.sampled(task),
    ...space.dimensions.flatMap((d) => [usage.last(task, d), usage.mean(task, d), usage.peak(task, d)]),
  ];
  return {
    now,
    machines: Array.from({ length: machines.count }, (_, m) => [
      machines.state(m),
      machines.taskCount(m),
      ...space.dimensions.map((d) => machines.free(m, d)),
    ]),
    tasks: Array.from({ length: tasks.bound }, (_, task) => facts(task)),
    services: [services.ready(0), services.wanted(0), services.utilization(0)],
    rented: rentable.rented,
  };
}

describe('an action of a control loop', () => {
  const verdictsAt = async (
    seconds: number,
    actions: (act: ControlSink, view: ControlView) => Readonly<Record<string, ControlVerdict>>,
    expected: Readonly<Record<string, ControlVerdict>>,
  ) => {
    let verdicts: Readonly<Record<string, ControlVerdict>> = {};
    const result = await at(seconds, (view, act) => {
      verdicts = actions(act, view);
    });
    expect(verdicts).toEqual(expected);
    expect(imbalance(result.cluster)).toBeUndefined();
    return result;
  };

  test('is refused for ids that name nothing', () =>
    verdictsAt(
      10,
      (act) => ({
        scale: act.scale(1, 4),
        resize: act.resize(99, [1, 1]),
        evict: act.evict(0.5),
        drain: act.drain(5),
        undrain: act.undrain(-1),
        rent: act.rent(1, 1),
        giveBack: act.giveBack(5),
        setRevocable: act.setRevocable(5, [0, 0]),
      }),
      {
        scale: 'unknown-service',
        resize: 'unknown-task',
        evict: 'unknown-task',
        drain: 'unknown-machine',
        undrain: 'unknown-machine',
        rent: 'unknown-offer',
        giveBack: 'unknown-machine',
        setRevocable: 'unknown-machine',
      },
    ));

  test('is refused where the ledger or an owner does not allow it', () =>
    verdictsAt(
      10,
      (act, view) => ({
        'scale to fewer than the least': act.scale(0, 0),
        'scale to a part of an instance': act.scale(0, 2.5),
        'resize what waits': act.resize(2, [1, 1]),
        'resize to more than the machine has': act.resize(0, [11_000, 10]),
        'resize to parts of quanta': act.resize(0, [0.5, 10]),
        'resize in one dimension': act.resize(0, [1000]),
        'evict what waits': act.evict(2),
        'drain what is down': act.drain(4),
        'undrain what no loop drained': act.undrain(0),
        'rent two of one': act.rent(0, 2),
        'rent a part': act.rent(0, 0.5),
        'give back what is not rented': act.giveBack(4),
        'give back an owned machine': act.giveBack(0),
        'change an ordinary machine': act.setRevocable(0, [0, 0]),
        'revocable parts of quanta': act.setRevocable(2, [0.5, 0]),
        'call now': act.wakeAt(view.now),
        'call at no time': act.wakeAt(Number.NaN),
      }),
      {
        'scale to fewer than the least': 'out-of-bounds',
        'scale to a part of an instance': 'out-of-bounds',
        'resize what waits': 'not-running',
        'resize to more than the machine has': 'does-not-fit',
        'resize to parts of quanta': 'wrong-amount',
        'resize in one dimension': 'wrong-amount',
        'evict what waits': 'not-running',
        'drain what is down': 'machine-not-up',
        'undrain what no loop drained': 'not-drained',
        'rent two of one': 'sold-out',
        'rent a part': 'wrong-amount',
        'give back what is not rented': 'not-rented',
        'give back an owned machine': 'not-rented',
        'change an ordinary machine': 'not-revocable',
        'revocable parts of quanta': 'wrong-amount',
        'call now': 'in-the-past',
        'call at no time': 'in-the-past',
      },
    ));

  test('evicts, and drains until the drain is taken back', async () => {
    const result = await run([
      every10s(({ now }, act) => {
        if (now === fromSeconds(10))
          expect([act.drain(0), act.drain(0), act.evict(0)]).toEqual(['done', 'machine-not-up', 'done']);
        if (now === fromSeconds(30))
          expect([act.undrain(0), act.undrain(0)]).toEqual(['done', 'not-drained']);
      }),
    ]);
    expect(story(result).slice(0, 6)).toEqual([
      '0 machine cloud-0 down',
      '0 task 0 started m0',
      '0 task 1 started m1',
      '10 machine m0 draining',
      '10 task 0 killed m0 preempted',
      '30 machine m0 up',
    ]);
    expect(story(result)).toContain('30 task 2 started m0');
  });

  test('makes revocable room, which its tasks keep from shrinking', async () => {
    const result = await run([
      every10s(({ now }, act) => {
        if (now === fromSeconds(10)) expect(act.setRevocable(2, [10_000, 100])).toBe('done');
        if (now === fromSeconds(20)) {
          expect(act.setRevocable(2, [9_999, 100])).toBe('does-not-fit');
          expect(act.evict(2)).toBe('done');
          expect(act.setRevocable(2, [0, 0])).toBe('done');
        }
      }),
    ]);
    expect(story(result, 'started', 'killed').slice(2, 4)).toEqual([
      '10 task 2 started m0/revocable',
      '20 task 2 killed m0/revocable revoked',
    ]);
  });

  test('stops tasks without freeing room inside its call, and lets them use their grace', async () => {
    const seen: unknown[] = [];
    const result = await run([
      every10s(({ now, machines, tasks, space }, act) => {
        const cpus = space.dimension('cpus');
        if (now !== fromSeconds(10) && now !== fromSeconds(20)) return;
        if (now === fromSeconds(20)) {
          seen.push(tasks.state(1), act.evict(1));
          return;
        }
        seen.push(act.evict(0), tasks.state(0), machines.free(0, cpus), machines.taskCount(0));
        seen.push(act.evict(1, { grace: -1 }), act.evict(1, { save: true }));
        seen.push(act.evict(1, { grace: fromSeconds(15), requeue: false }), tasks.goneBy(1));
      }),
    ]);
    expect(seen).toEqual([
      'done',
      'stopping',
      4000,
      1,
      'in-the-past',
      'unsupported',
      'done',
      fromSeconds(25),
      'stopping',
      'not-running',
    ]);
    expect(story(result, 'killed', 'ended').slice(0, 2)).toEqual([
      '10 task 0 killed m0 preempted',
      '25 task 1 ended m1 killed',
    ]);
  });

  test('gives the room of a stopping task on a revocable row to no other task', async () => {
    const capacities: number[] = [];
    const result = await run(
      [
        every10s(({ now, machines, space }, act) => {
          capacities.push(machines.capacity(2, space.dimension('cpus')));
          if (now === fromSeconds(10)) act.setRevocable(2, [10_000, 100]);
          if (now === fromSeconds(20)) {
            expect(act.evict(2, { grace: fromSeconds(15) })).toBe('done');
            expect(act.setRevocable(2, [1000, 20])).toBe('done');
          }
        }),
      ],
      // Task 3 would fit as soon as task 2 is gone, if the row did not shrink with it.
      [...ROWS, { at: 1, needs: { cpus: 5, mem: 10 }, runs: 100 }],
    );
    expect(capacities.slice(0, 5)).toEqual([0, 10_000, 10_000, 1000, 1000]);
    expect(story(result, 'started', 'killed').slice(2, 4)).toEqual([
      '10 task 2 started m0/revocable',
      '35 task 2 killed m0/revocable revoked',
    ]);
    expect(story(result, 'started').slice(3).join()).not.toMatch(/^(3|4|5)\d task . started m0\/revocable/);
    expect(imbalance(result.cluster)).toBeUndefined();
  });

  test('ends surplus instances of a service after its call', async () => {
    const seen: number[][] = [];
    await run([
      every10s(({ now, machines, services, space }, act) => {
        const free = () => [0, 1].map((machine) => machines.free(machine, space.dimension('cpus')));
        if (now === fromSeconds(10)) act.scale(0, 4);
        if (now !== fromSeconds(20) && now !== fromSeconds(30)) return;
        seen.push(free());
        if (now === fromSeconds(20)) act.scale(0, 1);
        seen.push([...free(), services.wanted(0)]);
      }),
    ]);
    const [before, after, later] = seen as [number[], number[], number[]];
    expect(after).toEqual([...before, 1]);
    expect(later.reduce((sum, amount) => sum + amount, 0)).toBeGreaterThan(
      before.reduce((sum, amount) => sum + amount, 0),
    );
  });

  test('rents machines, which are given back when they are empty', async () => {
    const verdicts: ControlVerdict[] = [];
    await run([
      every10s(({ now, rentable }, act) => {
        const seconds = now / fromSeconds(1);
        if (seconds === 10) verdicts.push(act.rent(0, 1), act.giveBack(4), act.rent(0, 1));
        if (seconds === 20) expect([rentable.starting(0), rentable.rented]).toEqual([1, []]);
        // Task 2 runs there from 30 to 130.
        if (seconds === 40) {
          verdicts.push(act.giveBack(4));
          expect([rentable.rented, rentable.upSince(4)]).toEqual([[4], fromSeconds(30)]);
        }
        if (seconds === 140) verdicts.push(act.giveBack(4));
        if (seconds === 150) expect([rentable.rented, rentable.available(0)]).toEqual([[], 1]);
      }),
    ]);
    expect(verdicts).toEqual(['done', 'not-rented', 'sold-out', 'machine-in-use', 'done']);
  });

  const garbage = [0, 1, 2, 3, 4, 7, -1, 0.5, 1e12, Number.NaN, FOREVER, undefined, null, '1', {}];

  test('leaves the ledger in balance, with any arguments', async () => {
    const draw = new RandomStreams('garbage').stream('controls');
    const any = () => garbage[Math.floor(draw() * garbage.length)] as never;
    const actions = (view: ControlView, act: ControlSink): (() => unknown)[] => [
      () => act.scale(any(), any()),
      () => act.resize(any(), [any(), any()]),
      () => act.evict(any()),
      () => act.drain(any()),
      () => act.undrain(any()),
      () => act.rent(any(), any()),
      () => act.giveBack(any()),
      () => act.setRevocable(any(), [any(), any()]),
      () => view.usage.last(any(), any()),
      () => view.tasks.state(any()),
      () => view.revocable.hostOf(any()),
    ];
    const result = await run([
      every10s((view, act) => {
        const all = actions(view, act);
        for (let i = 0; i < 100; i++) all[Math.floor(draw() * all.length)]?.();
      }),
    ]);
    expect(imbalance(result.cluster)).toBeUndefined();
    expect(result.recorder.evictions.get('preempted')).toBeGreaterThan(3);
  });
});
