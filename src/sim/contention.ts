import {
  type Cluster,
  type FrameworkId,
  grown,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  type TaskId,
} from '../model/index.js';

/** What the tasks on a machine would use, in quanta per dimension. */
export type TaskUsage = (task: TaskId, dimension: number, now: Micros) => number;

/** A machine on which some task may use more than it requests. */
interface Watched {
  /** Number of such tasks. */
  tasks: number;
  /** What its tasks would use beyond its capacity, per dimension, and the part of it of each framework. */
  beyond: Float64Array;
  parts: ReadonlyMap<FrameworkId, Float64Array>;
}

const NOTHING: readonly FrameworkId[] = [];

/**
 * Machines whose tasks would together use more than there is. Each task then gets the same share of what it would use (processor
 * sharing). Run times stay as they are: a trace says how long a task took with what it used (docs/adr/0015-usage-beyond-capacity.md).
 * Tasks that use at most what they request never exceed a machine, so only machines with other tasks are watched.
 */
export class Contention {
  private readonly cluster: Cluster;
  private readonly observer: Observer;
  private readonly usage: TaskUsage;
  private readonly watched = new Map<MachineId, Watched>();
  /** By task: the machine that it uses; NONE if it uses none. */
  private machine = new Int32Array(256).fill(NONE);
  /** By task: 1 if it may use more than it requests. */
  private mayExceed = new Uint8Array(256);
  /** By framework: what its tasks would use beyond capacity, per dimension; and on how many machines. */
  private readonly beyond: Float64Array[] = [];
  private readonly contended: number[] = [];

  constructor(cluster: Cluster, observer: Observer, usage: TaskUsage) {
    this.cluster = cluster;
    this.observer = observer;
    this.usage = usage;
  }

  /** What the tasks of a framework would use beyond capacity, in quanta per dimension; undefined for nothing. */
  beyondOf(framework: FrameworkId): Float64Array | undefined {
    return this.beyond[framework];
  }

  /** The task starts to use its machine. Returns the frameworks of which `beyondOf` changed. */
  started(task: TaskId, mayExceed: boolean, now: Micros): readonly FrameworkId[] {
    if (task >= this.machine.length) {
      this.machine = grown(this.machine, task + 1, NONE);
      this.mayExceed = grown(this.mayExceed, task + 1);
    }
    const machine = this.cluster.tasks.machine[task];
    this.machine[task] = machine;
    return this.changed(task, machine, mayExceed, now);
  }

  /** As `started`, for a task that no longer uses its machine. */
  stopped(task: TaskId, now: Micros): readonly FrameworkId[] {
    const machine = this.machine[task];
    this.machine[task] = NONE;
    return this.changed(task, machine, false, now);
  }

  /** The usage of a running task changes. `allStepped` follows. */
  mark(task: TaskId, mayExceed: boolean): void {
    const machine = this.machine[task];
    if (this.watched.size > 0 || mayExceed) this.count(task, machine, mayExceed);
  }

  /** As `started`, for a task whose demand changed. */
  stepped(task: TaskId, mayExceed: boolean, now: Micros): readonly FrameworkId[] {
    const machine = this.machine[task];
    return machine === undefined || machine === NONE ? NOTHING : this.changed(task, machine, mayExceed, now);
  }

  /** Usage changed on many machines. Returns the frameworks of which `beyondOf` changed. */
  allStepped(now: Micros): readonly FrameworkId[] {
    return [...this.watched].flatMap(([machine, one]) => this.settled(machine, one, now));
  }

  /** As `allStepped`, for a machine with another capacity. */
  machineStepped(machine: MachineId, now: Micros): readonly FrameworkId[] {
    const one = this.watched.get(machine);
    return one === undefined ? NOTHING : this.evaluate(machine, one, now);
  }

  private changed(task: TaskId, machine: MachineId, mayExceed: boolean, now: Micros): readonly FrameworkId[] {
    // Most runs have no such task.
    if (this.watched.size === 0 && !mayExceed) return NOTHING;
    const one = this.count(task, machine, mayExceed);
    return one === undefined ? NOTHING : this.settled(machine, one, now);
  }

  /** Counts the task on its machine. Returns undefined if the machine is not watched. */
  private count(task: TaskId, machine: MachineId, mayExceed: boolean): Watched | undefined {
    const change = (mayExceed ? 1 : 0) - this.mayExceed[task];
    this.mayExceed[task] = mayExceed ? 1 : 0;
    let one = this.watched.get(machine);
    if (one === undefined && change === 1) {
      one = { tasks: 0, beyond: new Float64Array(this.cluster.space.size), parts: new Map() };
      this.watched.set(machine, one);
    }
    if (one !== undefined) one.tasks += change;
    return one;
  }

  private settled(machine: MachineId, one: Watched, now: Micros): readonly FrameworkId[] {
    const frameworks = this.evaluate(machine, one, now);
    if (one.tasks === 0) this.watched.delete(machine);
    return frameworks;
  }

  /** Counts the machine anew. Its sums have no rounding errors of earlier changes. */
  private evaluate(machine: MachineId, one: Watched, now: Micros): readonly FrameworkId[] {
    const { machines, space } = this.cluster;
    const users = this.usersOf(machine);
    const parts = new Map<FrameworkId, Float64Array>();
    const beyond = new Float64Array(space.size);
    for (let d = 0; d < space.size; d++) {
      const capacity = machines.capacity[machine * space.size + d];
      const amounts = users.map((task) => this.usage(task, d, now) || 0);
      const sum = amounts.reduce((a, b) => a + b, 0);
      if (sum <= capacity * (1 + 1e-12)) continue;
      beyond[d] = sum - capacity;
      users.forEach((task, i) => {
        if (amounts[i] > 0) this.partOf(parts, task)[d] += amounts[i] * (1 - capacity / sum);
      });
    }
    return this.replace(machine, one, beyond, parts, now);
  }

  private replace(
    machine: MachineId,
    one: Watched,
    beyond: Float64Array,
    parts: ReadonlyMap<FrameworkId, Float64Array>,
    now: Micros,
  ): readonly FrameworkId[] {
    const before = one.parts;
    if (before.size === 0 && parts.size === 0) return NOTHING;
    const isNew = beyond.some((amount, d) => amount !== one.beyond[d]);
    one.beyond = beyond;
    one.parts = parts;
    for (const [framework, part] of before) this.sum(framework, part, -1);
    for (const [framework, part] of parts) this.sum(framework, part, 1);
    if (isNew) this.observer.usageExceeds(machine, beyond, now);
    return [...new Set([...before.keys(), ...parts.keys()])];
  }

  private sum(framework: FrameworkId, part: Float64Array, sign: 1 | -1): void {
    this.beyond[framework] ??= new Float64Array(part.length);
    const sum = this.beyond[framework];
    this.contended[framework] = (this.contended[framework] ?? 0) + sign;
    for (let d = 0; d < part.length; d++) sum[d] += sign * part[d];
    // Differences of many floats leave rounding errors.
    if (this.contended[framework] === 0) sum.fill(0);
  }

  private partOf(parts: Map<FrameworkId, Float64Array>, task: TaskId): Float64Array {
    const framework = this.cluster.tasks.framework[task];
    let part = parts.get(framework);
    if (part === undefined) {
      part = new Float64Array(this.cluster.space.size);
      parts.set(framework, part);
    }
    return part;
  }

  /** The tasks that use the machine, in the order of their placement. */
  private usersOf(machine: MachineId): TaskId[] {
    const { machines, tasks } = this.cluster;
    const users: TaskId[] = [];
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      if (task < this.machine.length && this.machine[task] === machine) users.push(task);
    return users;
  }
}
