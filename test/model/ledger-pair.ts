import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import {
  Cluster,
  type Constraint,
  FOREVER,
  type FreeTable,
  LedgerError,
  MACHINE_STATES,
  type MachineState,
  NONE,
  ResourceSpace,
  type TaskId,
  TaskState,
} from '../../src/model/index.js';
import { LedgerTwin, type Source, type TwinShape } from './ledger-twin.js';

/** One random operation, with three numbers from which its ids are drawn when it is performed. */
export interface Step {
  readonly what: (typeof STEPS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export const STEPS = [
  'addMachine',
  'addFramework',
  'addJob',
  'submit',
  'submit',
  'submit',
  'hold',
  'release',
  'startHeld',
  'start',
  'start',
  'start',
  'finish',
  'kill',
  'withdraw',
  'forget',
  'offer',
  'offer',
  'returnOffer',
  'setMachineState',
] as const;

/** Capacity of a machine in another state does not count. */
const canHaveTasks = (state: MachineState) => ['up', 'draining', 'unreachable'].includes(state);

const RACKS = ['r1', 'r2'];

/** Constraints of tasks (conjunctions); most tasks have none. */
const CONJUNCTIONS: readonly (readonly Constraint[])[] = [
  [],
  [],
  [{ attribute: 'rack', operator: 'equal', values: ['r1'] }],
  [
    { attribute: 'rack', operator: 'equal', values: ['r1', 'r2'] },
    { attribute: 'ssd', operator: 'equal', values: ['yes'] },
  ],
  [{ attribute: 'rack', operator: 'not-equal', values: ['r1'] }],
  [{ attribute: 'ssd', operator: 'absent' }],
];

/**
 * The real ledger and its naive twin, which perform the same operations. Invalid operations are tried on the ledger too. The
 * twin determines which operations are valid, and the expected state.
 */
export class LedgerPair {
  readonly cluster = new Cluster(new ResourceSpace(['cpus', 'mem', 'gpus']));
  readonly twin = new LedgerTwin();
  private now = 0;
  private readonly unusedTasks = new Set<TaskId>();
  private readonly unusedJobs = new Set<number>();

  do(step: Step): void {
    this.now++;
    this[step.what](step);
  }

  // Operations

  private addMachine({ a, b, c }: Step): void {
    const devices = [0, 2, 1, 4][a % 4];
    const capacity = [(b % 9) * 500, (c % 5) * 2, devices * 1000];
    const attributes = { rack: RACKS[b % 2], ...(c % 2 === 0 && { ssd: 'yes' }) };
    const machine = this.cluster.addMachine({ name: `m${a}`, capacity, attributes });
    expect(machine).toBe(this.twin.machines.length);
    this.twin.addMachine(capacity, devices, attributes);
  }

  private addFramework({ a }: Step): void {
    if (this.twin.frameworks >= 4) return;
    expect(this.cluster.addFramework({ name: `f${a}` })).toBe(this.twin.frameworks);
    this.twin.frameworks++;
  }

  private addJob({ a, b }: Step): void {
    const framework = mostly(a, this.twin.frameworks);
    const spec = { name: b, framework, submitted: this.now };
    if (framework < 0 || framework >= this.twin.frameworks) {
      this.fails(() => this.cluster.addJob(spec), `framework ${framework}`);
      return;
    }
    const job = this.cluster.addJob(spec);
    expectReuse(job, this.unusedJobs, this.twin.jobs.size, this.cluster.jobs.bound);
    this.twin.jobs.set(job, {
      framework,
      tasks: 0,
      spoiled: 0,
      begun: 0,
      started: undefined,
      members: new Set(),
    });
  }

  private submit({ a, b, c }: Step): void {
    const jobs = [...this.twin.jobs.keys()];
    const job = a % 8 === 0 || jobs.length === 0 ? any(b, this.cluster.jobs.bound) : jobs[b % jobs.length];
    const shape = shapeOf(b, c);
    const constraint = this.cluster.constraints.intern(shape.constraint);
    const taskClass = this.cluster.classes.acquire({ ...shape, constraint });
    const request = { job, taskClass, estimate: FOREVER, priority: 0, submitted: this.now };
    if (!this.twin.jobs.has(job)) {
      this.fails(() => this.cluster.submit(request), `job ${job}`);
      return;
    }
    const task = this.cluster.submit(request);
    expectReuse(task, this.unusedTasks, this.twin.tasks.size, this.cluster.tasks.bound);
    const { framework } = this.twin.job(job);
    this.twin.job(job).tasks++;
    this.twin.job(job).members.add(task);
    this.twin.tasks.set(task, {
      job,
      framework,
      shape,
      state: 'pending',
      machine: NONE,
      devices: [],
      origin: 'free',
      attempts: 0,
    });
  }

  private hold(step: Step): void {
    const { task, machine, from, devices } = this.placement(step);
    const reason = this.twin.refusal(task, machine, from, devices);
    const table = this.table(from);
    expect(this.cluster.refusal(task, machine, table, maskOf(devices))).toBe(reason);
    const hold = () => this.cluster.hold(task, machine, table, maskOf(devices));
    if (reason !== undefined) {
      this.fails(hold, `task ${task} on machine ${machine}`, reason);
      return;
    }
    hold();
    this.twin.place(task, machine, from, devices);
    this.twin.task(task).state = 'held';
  }

  private start(step: Step): void {
    const { task, machine, from, devices } = this.placement(step);
    const reason = this.twin.refusal(task, machine, from, devices);
    const table = this.table(from);
    const start = () => this.cluster.start(task, machine, this.now, table, maskOf(devices));
    if (reason !== undefined) {
      this.fails(start, `task ${task} on machine ${machine}`, reason);
      return;
    }
    start();
    this.twin.place(task, machine, from, devices);
    this.twin.run(task, this.now);
  }

  private release({ a, b }: Step): void {
    const task = this.taskIn('held', a, b);
    const held = this.twin.tasks.get(task)?.state === 'held';
    const to: Source = held ? this.twin.task(task).origin : 'free';
    const release = () => this.cluster.release(task, this.table(to));
    if (!held) {
      this.fails(release, `task ${task}`);
      return;
    }
    release();
    this.twin.unplace(task, to);
    this.twin.task(task).state = 'pending';
  }

  private startHeld({ a, b }: Step): void {
    const task = this.taskIn('held', a, b);
    if (this.twin.tasks.get(task)?.state !== 'held') {
      this.fails(() => this.cluster.startHeld(task, this.now), `task ${task}`);
      return;
    }
    this.cluster.startHeld(task, this.now);
    this.twin.run(task, this.now);
  }

  private finish({ a, b, c }: Step): void {
    const task = this.taskIn('running', a, b);
    const spoiled = c % 3 === 0;
    if (this.twin.tasks.get(task)?.state !== 'running') {
      this.fails(() => this.cluster.finish(task, spoiled), `task ${task}`);
      return;
    }
    this.cluster.finish(task, spoiled);
    this.twin.unplace(task, 'free');
    this.end(task, spoiled);
  }

  private kill({ a, b }: Step): void {
    const task = this.taskIn('running', a, b);
    if (this.twin.tasks.get(task)?.state !== 'running') {
      this.fails(() => this.cluster.kill(task), `task ${task}`);
      return;
    }
    this.cluster.kill(task);
    this.twin.unplace(task, 'free');
    this.twin.task(task).state = 'pending';
  }

  private withdraw({ a, b }: Step): void {
    const task = this.taskIn('pending', a, b);
    if (this.twin.tasks.get(task)?.state !== 'pending') {
      this.fails(() => this.cluster.withdraw(task), `task ${task}`);
      return;
    }
    this.cluster.withdraw(task);
    this.end(task, true);
  }

  private end(task: TaskId, spoiled: boolean): void {
    this.twin.task(task).state = 'ended';
    if (spoiled) this.twin.job(this.twin.task(task).job).spoiled++;
  }

  private forget({ a, b }: Step): void {
    const task = this.taskIn('ended', a, b);
    if (this.twin.tasks.get(task)?.state !== 'ended') {
      this.fails(() => this.cluster.forget(task), `task ${task}`);
      return;
    }
    const { job } = this.twin.task(task);
    const went = this.twin.forget(task);
    expect(this.cluster.forget(task)).toBe(went);
    this.unusedTasks.add(task);
    if (went) this.unusedJobs.add(job);
  }

  private offer({ a, b }: Step): void {
    const framework = mostly(a, this.twin.frameworks);
    const machine = mostly(b, this.twin.machines.length);
    const offer = () => this.cluster.offer(framework, machine);
    if (framework < 0 || framework >= this.twin.frameworks) {
      this.fails(offer, `framework ${framework}`);
      return;
    }
    const m = this.twin.machines[machine];
    if (m === undefined || m.state !== 'up' || m.free.dims.every((amount) => amount === 0)) {
      this.fails(offer, `machine ${machine}`);
      return;
    }
    offer();
    this.twin.offer(framework, machine);
  }

  private returnOffer({ a, b }: Step): void {
    const out = this.twin.machines.flatMap((m, machine) =>
      [...m.offered.keys()].map((framework) => ({ framework, machine })),
    );
    const { framework, machine } =
      a % 4 === 0 || out.length === 0
        ? { framework: any(a, this.twin.frameworks), machine: any(b, this.twin.machines.length) }
        : out[b % out.length];
    const giveBack = () => this.cluster.returnOffer(framework, machine);
    if (framework < 0 || framework >= this.twin.frameworks) {
      this.fails(giveBack, `framework ${framework}`);
      return;
    }
    const m = this.twin.machines[machine];
    if (m?.offered.has(framework) !== true) {
      this.fails(giveBack, `machine ${machine}`);
      return;
    }
    // The resources of a held task return to their table, so a host keeps that table open until then.
    const isHeldThere = m.tasks.some(
      (task) => this.twin.task(task).state === 'held' && this.twin.task(task).origin === framework,
    );
    if (isHeldThere) return;
    giveBack();
    this.twin.returnOffer(framework, machine);
  }

  private setMachineState({ a, b }: Step): void {
    const machine = any(a, this.twin.machines.length);
    const state = MACHINE_STATES[b % MACHINE_STATES.length];
    const m = this.twin.machines[machine];
    const change = () => this.cluster.setMachineState(machine, state);
    const isOut = m !== undefined && m.offered.size > 0;
    if (m === undefined || (m.state !== state && (isOut || (!canHaveTasks(state) && m.tasks.length > 0)))) {
      this.fails(change, `machine ${machine}`);
      return;
    }
    change();
    m.state = state;
  }

  // Ids from numbers

  /** Usually a machine where the task fits, sometimes any machine. */
  private placement({ a, b, c }: Step) {
    const task = this.taskIn('pending', a, b);
    const framework = this.twin.tasks.get(task)?.framework;
    const sources: Source[] = framework === undefined ? ['free'] : ['free', framework];
    const fitting = this.twin.machines.flatMap((_, machine) =>
      sources
        .filter((from) => this.twin.refusal(task, machine, from, []) === undefined)
        .map((from) => ({ machine, from })),
    );
    const { machine, from } =
      c % 4 === 0 || fitting.length === 0
        ? { machine: any(b, this.twin.machines.length), from: sources[c % sources.length] }
        : fitting[(a + c) % fitting.length];
    const wanted = this.twin.tasks.get(task)?.shape.gpuCount ?? 0;
    const named = b % 3 === 0 ? [a % 5, (a + 1) % 5].slice(0, c % 5 === 0 ? 2 : wanted) : [];
    return { task, machine, from, devices: named.sort((x, y) => x - y) };
  }

  /** Usually a task in this state, sometimes any id. */
  private taskIn(state: 'pending' | 'held' | 'running' | 'ended', a: number, b: number): TaskId {
    const candidates = this.twin.inState(state);
    if (a % 5 === 0 || candidates.length === 0) return any(b, this.cluster.tasks.bound);
    return candidates[b % candidates.length];
  }

  private table(source: Source): FreeTable {
    return source === 'free' ? this.cluster.free : this.cluster.offered.of(source);
  }

  // Expectations

  /** The operation throws a LedgerError that names its subject, and does not change the ledger. */
  private fails(operation: () => unknown, ...words: readonly string[]): void {
    const before = this.everything();
    let error: unknown;
    try {
      operation();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(LedgerError);
    for (const word of words) expect((error as LedgerError).message).toContain(word);
    same(this.everything(), before);
  }

  /** Compares the whole ledger with the twin. */
  check(): void {
    const machines = this.twin.machines.map((_, machine) => machine);
    same(
      machines.map((machine) => this.machineSeen(machine)),
      machines.map((machine) => this.machineWanted(machine)),
    );
    same(this.totalsSeen(), this.totalsWanted());
    same(this.jobsSeen(), this.jobsWanted());
    same(this.tasksSeen(), this.tasksWanted());
  }

  private machineSeen(machine: number): unknown {
    const { cluster } = this;
    const devices = cluster.machines.devices(machine);
    const free = this.room(cluster.free, machine);
    const sums = { dims: [...free.dims], devices: [...free.devices] };
    const offered = this.frameworks().map((framework) => {
      const table = cluster.offered.of(framework);
      const room = this.room(table, machine);
      addTo(sums, room);
      return { open: table.open[machine], room };
    });
    const tasks = this.tasksOn(machine);
    for (const task of tasks) addTo(sums, this.takenBy(task, devices));
    return {
      state: cluster.machines.stateOf(machine),
      open: cluster.free.open[machine],
      count: cluster.machines.tasks[machine],
      free,
      offered,
      tasks,
      freeAndOfferedAndTaken: sums,
    };
  }

  private machineWanted(machine: number): unknown {
    const m = this.twin.machines[machine];
    return {
      state: m.state,
      open: m.state === 'up' ? 1 : 0,
      count: m.tasks.length,
      free: m.free,
      offered: this.frameworks().map((framework) => ({
        open: m.offered.has(framework) ? 1 : 0,
        room: m.offered.get(framework) ?? nothingOf(m.devices),
      })),
      tasks: m.tasks,
      freeAndOfferedAndTaken: { dims: m.capacity, devices: new Array<number>(m.devices).fill(1000) },
    };
  }

  private totalsSeen(): unknown {
    const { cluster } = this;
    const perFramework = (column: Float64Array) => [...column.subarray(0, this.twin.frameworks * DIMS)];
    return {
      total: [...cluster.total],
      allocated: [...cluster.allocated],
      offered: [...cluster.offered.total],
      allocatedTo: perFramework(cluster.frameworkAllocated),
      offeredTo: perFramework(cluster.offered.byFramework),
    };
  }

  private totalsWanted(): unknown {
    const { twin } = this;
    const dims = Array.from({ length: DIMS }, (_, d) => d);
    const offeredTo = (d: number, framework: number) =>
      total(twin.machines.map((m) => m.offered.get(framework)?.dims[d] ?? 0));
    return {
      total: dims.map((d) => total(twin.machines.map((m) => (canHaveTasks(m.state) ? m.capacity[d] : 0)))),
      allocated: dims.map((d) => twin.taken(d)),
      offered: dims.map((d) => total(this.frameworks().map((framework) => offeredTo(d, framework)))),
      allocatedTo: this.frameworks().flatMap((framework) => dims.map((d) => twin.taken(d, framework))),
      offeredTo: this.frameworks().flatMap((framework) => dims.map((d) => offeredTo(d, framework))),
    };
  }

  private jobsSeen(): unknown {
    const { jobs } = this.cluster;
    const rows = [...this.twin.jobs.keys()].map((id) => ({
      framework: jobs.framework[id],
      tasks: jobs.tasks[id],
      unfinished: jobs.unfinished[id],
      pending: jobs.pending[id],
      running: jobs.running[id],
      begun: jobs.everStarted[id],
      spoiled: jobs.unsuccessful[id],
      started: jobs.started[id],
    }));
    return { live: jobs.live, rows };
  }

  private jobsWanted(): unknown {
    const rows = [...this.twin.jobs].map(([id, job]) => ({
      framework: job.framework,
      tasks: job.tasks,
      unfinished: this.twin.countOf(id, ['pending', 'held', 'running']),
      pending: this.twin.countOf(id, ['pending', 'held']),
      running: this.twin.countOf(id, ['running']),
      begun: job.begun,
      spoiled: job.spoiled,
      started: job.started ?? Number.NaN,
    }));
    return { live: this.twin.jobs.size, rows };
  }

  private tasksSeen(): unknown {
    const { tasks } = this.cluster;
    const rows = Array.from({ length: tasks.bound }, (_, id) =>
      tasks.state[id] === TaskState.unused
        ? TaskState.unused
        : [tasks.state[id], tasks.machine[id], devicesOf(tasks.devices[id]), tasks.attempts[id]],
    );
    return { live: tasks.live, rows };
  }

  private tasksWanted(): unknown {
    const rows = Array.from({ length: this.cluster.tasks.bound }, (_, id) => {
      const task = this.twin.tasks.get(id);
      return task === undefined
        ? TaskState.unused
        : [TaskState[task.state], task.machine, task.devices, task.attempts];
    });
    return { live: this.twin.tasks.size, rows };
  }

  private frameworks(): number[] {
    return Array.from({ length: this.twin.frameworks }, (_, framework) => framework);
  }

  private room(table: FreeTable, machine: number) {
    const { gpuStart } = this.cluster.machines;
    return {
      dims: [...table.free.subarray(machine * DIMS, (machine + 1) * DIMS)],
      devices: [...table.gpuFree.subarray(gpuStart[machine], gpuStart[machine + 1])],
    };
  }

  private takenBy(task: TaskId, devices: number) {
    const { demand, gpuMilliEach } = this.cluster.classes;
    const taskClass = this.cluster.tasks.taskClass[task];
    const mask = devicesOf(this.cluster.tasks.devices[task]);
    return {
      dims: [0, 1, 2].map((d) => demand[taskClass * DIMS + d]),
      devices: Array.from({ length: devices }, (_, i) => (mask.includes(i) ? gpuMilliEach[taskClass] : 0)),
    };
  }

  private tasksOn(machine: number): TaskId[] {
    const { machines, tasks } = this.cluster;
    const list: TaskId[] = [];
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      list.push(task);
    const backwards: TaskId[] = [];
    for (let task = machines.lastTask[machine]; task !== NONE; task = tasks.previousOnMachine[task])
      backwards.unshift(task);
    same(backwards, list);
    return list;
  }

  /** The complete readable state of the ledger, to detect changes. */
  private everything(): unknown {
    const { tasks, jobs, free, offered } = this.cluster;
    const { count } = this.cluster.machines;
    const columns = [tasks.started, tasks.nextOnMachine, tasks.previousOnMachine, tasks.job, tasks.taskClass];
    return {
      machines: this.twin.machines.map((_, machine) => this.machineSeen(machine)),
      totals: this.totalsSeen(),
      jobs: this.jobsSeen(),
      tasks: [this.tasksSeen(), columns.map((column) => [...column.subarray(0, tasks.bound)])],
      counts: [tasks.bound, jobs.bound, count, this.cluster.machineEpoch, this.cluster.frameworks.length],
      changes: [free, ...this.frameworks().map((framework) => offered.of(framework))].map(
        (t) => t.changes.head,
      ),
    };
  }
}

const DIMS = 3;

/** Deep equality. The slow comparison with a diff runs only if there is a difference. */
function same(seen: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(seen, wanted)) expect(seen).toEqual(wanted);
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** An existing id in seven of eight cases. */
function mostly(number: number, bound: number): number {
  return number % 8 === 0 || bound === 0 ? any(number, bound) : number % bound;
}

/** Usually an existing id, often the one before the first or after the last. */
function any(number: number, bound: number): number {
  return number % 7 === 0 ? -1 : number % (bound + 1);
}

function shapeOf(b: number, c: number): TwinShape {
  const [gpuCount, gpuMilliEach] = [
    [0, 0],
    [0, 0],
    [1, 300],
    [1, 600],
    [2, 500],
    [1, 1000],
    [2, 1000],
  ][b % 7];
  return {
    demand: [(c % 5) * 500, b % 4, gpuCount * gpuMilliEach],
    gpuCount,
    gpuMilliEach,
    constraint: CONJUNCTIONS[c % CONJUNCTIONS.length],
  };
}

/** A new row uses a free slot if there is one, and never the slot of a row in use. */
function expectReuse(id: number, unused: Set<number>, live: number, bound: number): void {
  if (unused.size > 0) expect(unused).toContain(id);
  else expect(id).toBe(live);
  unused.delete(id);
  expect(bound).toBe(live + 1 + unused.size);
}

function maskOf(devices: readonly number[]): number {
  return devices.reduce((mask, device) => mask | (1 << device), 0);
}

function devicesOf(mask: number): number[] {
  return Array.from({ length: 31 }, (_, device) => device).filter((device) => (mask & (1 << device)) !== 0);
}

function nothingOf(devices: number) {
  return { dims: [0, 0, 0], devices: new Array<number>(devices).fill(0) };
}

function addTo(
  sums: { dims: number[]; devices: number[] },
  more: { dims: readonly number[]; devices: readonly number[] },
) {
  more.dims.forEach((amount, d) => {
    sums.dims[d] += amount;
  });
  more.devices.forEach((amount, device) => {
    sums.devices[device] += amount;
  });
}
