import type { Constraint, MachineState, Refusal } from '../../src/model/index.js';

/** Demand of a task of the twin. */
export interface TwinShape {
  readonly demand: readonly number[];
  readonly gpuCount: number;
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
}

/** Amounts on one machine: per dimension, and per GPU device. */
export interface Amounts {
  readonly dims: number[];
  readonly devices: number[];
}

interface TwinMachine {
  readonly capacity: readonly number[];
  readonly devices: number;
  readonly attributes: Readonly<Record<string, string>>;
  state: MachineState;
  free: Amounts;
  /** By framework: the resources offered to it. */
  readonly offered: Map<number, Amounts>;
  /** In order of placement. */
  tasks: number[];
}

interface TwinTask {
  readonly job: number;
  readonly framework: number;
  readonly shape: TwinShape;
  state: 'pending' | 'held' | 'running' | 'ended';
  machine: number;
  devices: number[];
  /** The table from which the resources of a held task were taken. */
  origin: Source;
  attempts: number;
}

interface TwinJob {
  readonly framework: number;
  tasks: number;
  spoiled: number;
  begun: number;
  started: number | undefined;
  /** Rows in use. */
  members: Set<number>;
}

/** The free amounts of the ledger, or the amounts offered to a framework. */
export type Source = 'free' | number;

/**
 * A simple and slow ledger of plain objects: every sum is computed on request. The property test compares the real ledger
 * with it.
 */
export class LedgerTwin {
  readonly machines: TwinMachine[] = [];
  readonly tasks = new Map<number, TwinTask>();
  readonly jobs = new Map<number, TwinJob>();
  frameworks = 0;

  addMachine(
    capacity: readonly number[],
    devices: number,
    attributes: Readonly<Record<string, string>>,
  ): void {
    this.machines.push({
      capacity,
      devices,
      attributes,
      state: 'up',
      free: { dims: [...capacity], devices: new Array<number>(devices).fill(1000) },
      offered: new Map(),
      tasks: [],
    });
  }

  refusal(task: number, machine: number, from: Source, devices: readonly number[]): Refusal | undefined {
    const t = this.tasks.get(task);
    const m = this.machines[machine];
    if (t === undefined) return 'unknown-task';
    if (t.state !== 'pending') return 'not-pending';
    if (m === undefined) return 'unknown-machine';
    if (m.state !== 'up') return 'machine-not-up';
    const room = from === 'free' ? m.free : m.offered.get(from);
    if (room === undefined) return 'not-offered';
    if (!satisfies(m.attributes, t.shape.constraint)) return 'constraint';
    if (!hasRoom(room, t.shape)) return 'does-not-fit';
    const enough = (device: number) => (room.devices[device] ?? -1) >= t.shape.gpuMilliEach;
    if (devices.length > 0 && (devices.length !== t.shape.gpuCount || !devices.every(enough)))
      return 'wrong-devices';
    return undefined;
  }

  /** Takes the resources. If `devices` is empty, the rule selects devices: the least sufficient free share, then the lowest index. */
  place(task: number, machine: number, from: Source, devices: readonly number[]): void {
    const t = this.task(task);
    const m = this.machines[machine];
    const room = this.roomOf(machine, from);
    t.devices = devices.length > 0 ? [...devices] : leastLeft(room, t.shape);
    move(room, t.shape, t.devices, -1);
    t.machine = machine;
    t.origin = from;
    m.tasks.push(task);
  }

  unplace(task: number, to: Source): void {
    const t = this.task(task);
    const m = this.machines[t.machine];
    move(this.roomOf(t.machine, to), t.shape, t.devices, 1);
    m.tasks = m.tasks.filter((other) => other !== task);
    t.machine = -1;
    t.devices = [];
  }

  run(task: number, now: number): void {
    const t = this.task(task);
    const job = this.job(t.job);
    if (t.attempts === 0) job.begun++;
    t.attempts++;
    t.state = 'running';
    job.started ??= now;
  }

  /** Removes the row of a task, and of its job with the last task. @returns whether the job was removed. */
  forget(task: number): boolean {
    const { job } = this.task(task);
    this.tasks.delete(task);
    this.job(job).members.delete(task);
    if (this.job(job).members.size > 0) return false;
    this.jobs.delete(job);
    return true;
  }

  offer(framework: number, machine: number): void {
    const m = this.machines[machine];
    const before = m.offered.get(framework);
    m.offered.set(framework, before === undefined ? m.free : sum(before, m.free));
    m.free = { dims: m.capacity.map(() => 0), devices: new Array<number>(m.devices).fill(0) };
  }

  returnOffer(framework: number, machine: number): void {
    const m = this.machines[machine];
    m.free = sum(m.free, m.offered.get(framework) as Amounts);
    m.offered.delete(framework);
  }

  /** Demand in one dimension of all tasks that hold resources, of one framework or of all. */
  taken(dimension: number, framework?: number): number {
    let total = 0;
    for (const task of this.tasks.values()) {
      if (task.machine >= 0 && (framework === undefined || task.framework === framework))
        total += task.shape.demand[dimension];
    }
    return total;
  }

  inState(state: TwinTask['state']): number[] {
    return [...this.tasks].filter(([, task]) => task.state === state).map(([id]) => id);
  }

  countOf(job: number, states: readonly TwinTask['state'][]): number {
    return [...this.tasks.values()].filter((task) => task.job === job && states.includes(task.state)).length;
  }

  task(id: number): TwinTask {
    return this.tasks.get(id) as TwinTask;
  }

  job(id: number): TwinJob {
    return this.jobs.get(id) as TwinJob;
  }

  private roomOf(machine: number, from: Source): Amounts {
    const m = this.machines[machine];
    return from === 'free' ? m.free : (m.offered.get(from) as Amounts);
  }
}

function hasRoom(room: Amounts, shape: TwinShape): boolean {
  const enough = room.devices.filter((left) => left >= shape.gpuMilliEach).length;
  return room.dims.every((free, d) => free >= shape.demand[d]) && enough >= shape.gpuCount;
}

function leastLeft(room: Amounts, shape: TwinShape): number[] {
  return room.devices
    .map((left, device) => ({ left, device }))
    .filter(({ left }) => left >= shape.gpuMilliEach)
    .sort((a, b) => a.left - b.left || a.device - b.device)
    .slice(0, shape.gpuCount)
    .map(({ device }) => device)
    .sort((a, b) => a - b);
}

function move(room: Amounts, shape: TwinShape, devices: readonly number[], sign: 1 | -1): void {
  shape.demand.forEach((amount, d) => {
    room.dims[d] += sign * amount;
  });
  for (const device of devices) room.devices[device] += sign * shape.gpuMilliEach;
}

function sum(a: Amounts, b: Amounts): Amounts {
  return { dims: a.dims.map((x, i) => x + b.dims[i]), devices: a.devices.map((x, i) => x + b.devices[i]) };
}

function satisfies(
  attributes: Readonly<Record<string, string>>,
  conjunction: readonly Constraint[],
): boolean {
  return conjunction.every((one) => {
    const value = attributes[one.attribute];
    if ('values' in one)
      return one.operator === 'equal' ? one.values.includes(value) : !one.values.includes(value);
    if ('bound' in one) throw new Error('the twin draws no numbers');
    return (value !== undefined) === (one.operator === 'present');
  });
}
