import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cluster, FOREVER, type PlacementRule, ResourceSpace, WhatIfRoom } from '../../src/model/index.js';

const NO_RULES: PlacementRule = { spread: [], together: [], avoid: [], beside: [], prefers: [] };

const rule: fc.Arbitrary<PlacementRule> = fc.record({
  spread: fc.constantFrom([], [{ attribute: 'rack', atMost: 2 }], [{ attribute: 'machine', atMost: 1 }]),
  together: fc.constantFrom([], [], ['rack']),
  avoid: fc.constantFrom([], [], ['a'], ['b']),
  beside: fc.constantFrom([], [], [], ['a']),
  prefers: fc.constant([]),
});

const scenario = fc.record({
  machines: fc.array(
    fc.record({ cpus: fc.integer({ min: 1, max: 6 }), rack: fc.constantFrom('r', 's', 't') }),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
  jobs: fc.array(fc.record({ framework: fc.nat(1), rule, tasks: fc.integer({ min: 1, max: 4 }) }), {
    minLength: 1,
    maxLength: 4,
  }),
  /** Tasks that run before, and tasks that are put, taken modulo what there is. */
  running: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
  puts: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }),
  undo: fc.nat(12),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** A cluster with the machines, jobs and running tasks of a scenario; the same for the same scenario. */
function clusterOf({ machines, jobs, running }: Scenario): { cluster: Cluster; tasks: number[] } {
  const cluster = new Cluster(new ResourceSpace(['cpus']));
  for (const [i, { cpus, rack }] of machines.entries())
    cluster.addMachine({ name: `m${i}`, capacity: [cpus], attributes: { rack } });
  for (const name of ['a', 'b']) cluster.addFramework({ name });
  const tasks = jobs.flatMap(({ framework, rule: given, tasks: count }, i) => {
    const job = cluster.addJob({ name: i, framework, submitted: 0, rule: cluster.rules.intern(given) });
    const taskClass = cluster.classes.acquire({ demand: [1] }, count);
    const request = { job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 };
    return Array.from({ length: count }, () => cluster.submit(request));
  });
  for (const [t, m] of running) {
    const [task, machine] = [tasks[t % tasks.length], m % machines.length];
    if (cluster.refusal(task, machine) === undefined) cluster.start(task, machine, 0);
  }
  return { cluster, tasks };
}

function allowed(cluster: Cluster, tasks: readonly number[], room?: WhatIfRoom): string[] {
  const table = room?.table ?? cluster.free;
  return tasks.flatMap((task) =>
    Array.from({ length: cluster.machines.count }, (_, machine) => {
      const fits = table.fits(machine, cluster.tasks.taskClass[task]);
      return `${task} ${machine} ${fits} ${cluster.rules.allows(task, machine, room)}`;
    }),
  );
}

function listsOf(cluster: Cluster, room?: WhatIfRoom): number[][] {
  return Array.from({ length: cluster.machines.count }, (_, machine) => {
    const tasks: number[] = [];
    let task = room === undefined ? cluster.machines.firstTask[machine] : room.firstOn(machine);
    while (task >= 0) {
      tasks.push(task);
      task = room === undefined ? cluster.tasks.nextOnMachine[task] : room.nextOn(task);
    }
    return tasks;
  });
}

describe('the room as it would be', () => {
  test('has the room, the lists and the answers of rules that the ledger has when it holds the same tasks', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const { cluster, tasks } = clusterOf(drawn);
        const twin = clusterOf(drawn).cluster;
        const room = new WhatIfRoom(cluster, cluster.free);
        room.reset('now');
        const before = allowed(cluster, tasks);
        for (const [t, m] of drawn.puts) {
          const [task, machine] = [tasks[t % tasks.length], m % drawn.machines.length];
          if (room.isPut(task) || twin.refusal(task, machine) !== undefined) continue;
          twin.hold(task, machine);
          room.put(task, machine, 0);
          const waiting = tasks.filter((other) => !room.isPut(other));
          expect(allowed(cluster, waiting, room)).toEqual(allowed(twin, waiting));
          expect(listsOf(cluster, room)).toEqual(listsOf(twin));
        }
        expect(allowed(cluster, tasks)).toEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  test('is what it was at a mark after all changes since are undone', () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const { cluster, tasks } = clusterOf(drawn);
        const room = new WhatIfRoom(cluster, cluster.free);
        room.reset('now');
        const states: { mark: number; answers: string[]; lists: number[][] }[] = [];
        for (const [i, [t, m]] of drawn.puts.entries()) {
          states.push({
            mark: room.mark(),
            answers: allowed(cluster, tasks, room),
            lists: listsOf(cluster, room),
          });
          const [task, machine] = [tasks[t % tasks.length], m % drawn.machines.length];
          if (cluster.tasks.machine[task] >= 0 && !room.isRemoved(task)) room.remove(task);
          else if (i % 5 === 4) room.block(machine, 0, 1);
          else if (!room.isPut(task) && cluster.tasks.machine[task] < 0) room.put(task, machine, 0);
        }
        for (const { mark, answers, lists } of states.reverse()) {
          room.undo(mark);
          expect(allowed(cluster, tasks, room)).toEqual(answers);
          expect(listsOf(cluster, room)).toEqual(lists);
        }
        expect([...room.table.free.subarray(0, room.table.count)]).toEqual([
          ...cluster.free.free.subarray(0, cluster.free.count),
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test('gives devices back when a placement or a removal is undone', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus', 'gpus']));
    cluster.addMachine({ name: 'm0', capacity: [4, 2000] });
    cluster.addFramework({ name: 'a' });
    const job = cluster.addJob({ name: 0, framework: 0, submitted: 0 });
    const taskClass = cluster.classes.acquire({ demand: [1, 600], gpuCount: 1, gpuMilliEach: 600 }, 2);
    const request = { job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 };
    const [running, waiting] = [cluster.submit(request), cluster.submit(request)];
    cluster.start(running, 0, 0);
    const room = new WhatIfRoom(cluster, cluster.free);
    const devices = () => [...room.table.gpuFree.subarray(0, 2)];
    room.reset('now');
    const start = room.mark();
    room.put(waiting, 0, 0b10);
    expect(devices()).toEqual([400, 400]);
    const second = room.mark();
    room.remove(running);
    expect(devices()).toEqual([1000, 400]);
    room.undo(second);
    expect(devices()).toEqual([400, 400]);
    room.undo(start);
    expect(devices()).toEqual([400, 1000]);
  });

  test('from the empty cluster has every machine whole, whatever its state, and no task', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus', 'gpus']));
    for (const name of ['m0', 'm1']) cluster.addMachine({ name, capacity: [4, 2000] });
    cluster.addFramework({ name: 'a' });
    const job = cluster.addJob({ name: 0, framework: 0, submitted: 0, rule: cluster.rules.intern(NO_RULES) });
    const taskClass = cluster.classes.acquire({ demand: [4, 1000], gpuCount: 1, gpuMilliEach: 1000 });
    const task = cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
    cluster.start(task, 0, 0);
    cluster.setMachineState(1, 'down');
    const room = new WhatIfRoom(cluster, cluster.free);
    room.reset('empty');
    expect([0, 1].map((machine) => room.table.fits(machine, taskClass))).toEqual([true, true]);
    expect(listsOf(cluster, room)).toEqual([[], []]);
    room.reset('now');
    expect([0, 1].map((machine) => room.table.fits(machine, taskClass))).toEqual([false, false]);
    expect(listsOf(cluster, room)).toEqual([[task], []]);
  });
});
