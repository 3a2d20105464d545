import { describe, expect, test } from 'vitest';
import { fromSeconds, imbalance, NONE } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { Read, Scheduler, Sight } from '../../src/policies/contract.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { CPUS_MEM_GPUS, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';
import { reachable, tamper } from './reachable.js';

const rows = rowsOf(CPUS_MEM_GPUS, [
  { tasks: 9, needs: { cpus: 1 }, runs: 20 },
  { at: 1, tasks: 2, needs: { cpus: 2 }, gpus: 1, runs: 10, framework: 1 },
  { at: 5, tasks: 2, gang: true, needs: { cpus: 2 }, runs: 10, framework: 1 },
]);

function run(parts: PolicyParts) {
  return simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, [
      { cpus: 4, gpus: 2 },
      { cpus: 2, gpus: 0 },
    ]),
    trace: traceOf(CPUS_MEM_GPUS, rows, { frameworks: [{ name: 'a' }, { name: 'b' }] }),
    parts,
    until: 200,
  });
}

function startAll(): Scheduler {
  return {
    name: 'start all',
    schedule(view, act) {
      for (let task = view.queue.first, next = NONE; task !== NONE; task = next) {
        next = view.queue.next(task);
        const machine = view.machines.firstFit(task);
        if (machine !== NONE) act.start(task, machine);
      }
    },
  };
}

const monolithic = (scheduler: Scheduler): PolicyParts => ({ architecture: 'monolithic', scheduler });

describe('a view', () => {
  test('has no array of the ledger, and nothing that can be written', async () => {
    const found = new Map<string, object>();
    const honest = startAll();
    await run(
      monolithic({
        name: 'explorer',
        schedule(view, act) {
          const score = { name: 's', reads: ['tasks', 'usage', 'cluster', 'job', 'time'] as const, make };
          function make(see: Sight<Read>) {
            const { tasks, usage, cluster, job, time } = see;
            for (const [path, value] of reachable({ see, tasks, usage, cluster, job, time }))
              found.set(path, value);
            return () => 0;
          }
          const choice = view.machines.prepare({ score });
          for (const [path, value] of reachable({ view, act, choice, whatIf: view.whatIf }))
            found.set(path, value);
          honest.schedule(view, act);
        },
      }),
    );
    expect(found.size).toBeGreaterThan(60);
    // The stream of random numbers is a function of the run, without state of the ledger.
    const isFunction = (value: object) => typeof value === 'function';
    const open = [...found].filter(([, value]) => ArrayBuffer.isView(value) || !Object.isFrozen(value));
    expect(open.filter(([, value]) => !isFunction(value)).map(([path]) => path)).toEqual([]);
  });

  test('of an allocator has none either', async () => {
    const found = new Map<string, object>();
    const drf = drfAllocator();
    await run({
      architecture: 'two-level',
      allocator: {
        name: 'explorer',
        allocate(view, offers) {
          for (const [path, value] of reachable({ view, offers, frameworks: view.frameworks }))
            found.set(path, value);
          drf.allocate(view, offers);
        },
      },
      scheduler: startAll,
      terms: { interval: 0, hold: 0, refuse: fromSeconds(5), timeout: Number.POSITIVE_INFINITY },
    });
    expect(found.size).toBeGreaterThan(20);
    const open = [...found].filter(([, value]) => typeof value !== 'function' && !Object.isFrozen(value));
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test('shows the same run to a scheduler that tampers with everything as to one that does not', async () => {
    const honest = startAll();
    const tampering: Scheduler = {
      name: 'tampering',
      schedule(view, act) {
        honest.schedule(view, act);
        for (const value of reachable({ view, act }).values()) if (typeof value !== 'function') tamper(value);
      },
    };
    const [clean, tampered] = [await run(monolithic(startAll())), await run(monolithic(tampering))];
    expect(tampered.log).toEqual(clean.log);
    expect(imbalance(tampered.cluster)).toBeUndefined();
  });

  test('throws where a strict program writes to it', async () => {
    const write = (change: (view: never) => void) =>
      run(monolithic({ name: 'writes', schedule: (view) => change(view as never) }));
    await expect(write((view: { now: number }) => (view.now = 5))).rejects.toThrow(TypeError);
    await expect(
      write((view: { machines: { free: unknown } }) => (view.machines.free = () => 1e9)),
    ).rejects.toThrow(TypeError);
  });
});

describe('any sequence of actions', () => {
  const garbage = [
    0,
    1,
    2,
    3,
    7,
    -1,
    0.5,
    1e12,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    undefined,
    null,
    '1',
    {},
  ];

  test('leaves the ledger in balance, with arguments that are no ids too', async () => {
    const draw = new RandomStreams('garbage').stream('actions');
    const any = () => garbage[Math.floor(draw() * garbage.length)] as never;
    const honest = startAll();
    const parts = monolithic({
      name: 'garbage',
      schedule(view, act) {
        const actions: (() => unknown)[] = [
          () => act.start(any(), any(), any()),
          () => act.startGang(any(), { tasks: [any(), any()], machines: [any(), any()] }),
          () => view.whatIf.reset('now'),
          () => view.whatIf.put(any(), any(), any()),
          () => view.whatIf.remove(any()),
          () => view.whatIf.open(any()),
          () => view.whatIf.neighbour(any(), any()),
          () => view.whatIf.block(any(), any(), any()),
          () => view.whatIf.blockDevice(any(), any(), any()),
          () => view.whatIf.undo(any()),
          () => act.wakeAt(any()),
          () => act.promise(any(), any()),
          () => act.remember(any(), any()),
          () => act.undrain(any()),
          () => act.reject(99, any()),
          () => act.powerOff(any()),
          () => act.powerOn(any()),
          () => view.jobs.demand(any(), any()),
          () => view.jobs.attained(any(), any()),
          () => view.jobs.label(any(), any()),
          () => view.jobs.nextTask(any()),
          () => view.usage.peak(any(), any()),
          () => view.placed.next(any()),
          () => view.machines.upAt(any()),
          () => view.machines.power(any(), any()),
          () => view.shares.weight(any()),
          () => act.decline(any(), any()),
          () => view.machines.firstFit(any(), any()),
          () => view.machines.whyNot(any(), any()),
          () => view.queue.next(any()),
          () => view.tasks.state(any()),
          () => view.rules.mayForbid(any()),
        ];
        for (let i = 0; i < 200; i++) actions[Math.floor(draw() * actions.length)]?.();
        honest.schedule(view, act);
      },
    });
    const result = await run(parts);
    expect(imbalance(result.cluster)).toBeUndefined();
    expect(result.recorder.refusals.size).toBeGreaterThan(3);
  });
});
