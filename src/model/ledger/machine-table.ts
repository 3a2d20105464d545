import type { ResourceSpace } from '../resources.js';
import { grown, NONE } from './columns.js';
import { LedgerError } from './ledger-error.js';
import {
  MACHINE_STATES,
  MAX_DEVICES,
  type MachineId,
  type MachineSpec,
  type MachineState,
  WHOLE_DEVICE,
} from './machine.js';
import type { TaskId } from './task.js';

const UP = MACHINE_STATES.indexOf('up');

/** Capacities, states and attributes of the machines, one row each. They are the same for all schedulers. */
export class MachineTable {
  readonly specs: MachineSpec[] = [];
  /** `capacity[machine * dims + dimension]`, in quanta. */
  capacity: Int32Array;
  /** Index into MACHINE_STATES. */
  state = new Uint8Array(16);
  /** Machine m has the GPU devices `gpuStart[m] <= i < gpuStart[m + 1]`, in every table of devices. */
  gpuStart = new Int32Array(17);
  /** Number of tasks held or running on a machine, and the first and last of them in placement order. */
  tasks = new Int32Array(16);
  firstTask = new Int32Array(16).fill(NONE);
  lastTask = new Int32Array(16).fill(NONE);

  /** Machines with equal capacity and attributes have the same shape number. */
  shape = new Int32Array(16);

  readonly space: ResourceSpace;
  private readonly shapes = new Map<string, number>();

  constructor(space: ResourceSpace) {
    this.space = space;
    this.capacity = new Int32Array(16 * space.size);
  }

  get count(): number {
    return this.specs.length;
  }

  add(spec: MachineSpec): MachineId {
    const devices = this.deviceCount(spec);
    const machine = this.specs.length;
    const dims = this.space.size;
    this.specs.push(spec);
    this.capacity = grown(this.capacity, (machine + 1) * dims);
    this.state = grown(this.state, machine + 1);
    this.gpuStart = grown(this.gpuStart, machine + 2);
    this.tasks = grown(this.tasks, machine + 1);
    this.firstTask = grown(this.firstTask, machine + 1, NONE);
    this.lastTask = grown(this.lastTask, machine + 1, NONE);
    for (let d = 0; d < dims; d++) this.capacity[machine * dims + d] = spec.capacity[d];
    this.shape = grown(this.shape, machine + 1);
    this.shape[machine] = this.shapeOf(spec);
    this.gpuStart[machine + 1] = this.gpuStart[machine] + devices;
    return machine;
  }

  stateOf(machine: MachineId): MachineState {
    return MACHINE_STATES[this.state[machine]] as MachineState;
  }

  isUp(machine: MachineId): boolean {
    return this.state[machine] === UP;
  }

  /** Number of GPU devices of a machine. */
  devices(machine: MachineId): number {
    return this.gpuStart[machine + 1] - this.gpuStart[machine];
  }

  /** @throws LedgerError when the machine does not exist. */
  check(machine: MachineId): void {
    if (!(machine >= 0 && machine < this.specs.length)) throw new LedgerError(`no machine ${machine}`);
  }

  private shapeOf({ capacity, attributes = {} }: MachineSpec): number {
    const named = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([Array.from(capacity), named]);
    const known = this.shapes.get(key) ?? this.shapes.size;
    this.shapes.set(key, known);
    return known;
  }

  private deviceCount(spec: MachineSpec): number {
    const gpus = this.space.gpuDimension < 0 ? 0 : spec.capacity[this.space.gpuDimension];
    const devices = Math.floor(gpus / WHOLE_DEVICE);
    if (devices > MAX_DEVICES) {
      throw new LedgerError(`machine "${spec.name}" has ${devices} GPU devices, more than ${MAX_DEVICES}`);
    }
    if (devices * WHOLE_DEVICE !== gpus) {
      throw new LedgerError(`machine "${spec.name}" has ${gpus / WHOLE_DEVICE} GPUs, not a whole number`);
    }
    return devices;
  }
}

/** Adds a task to its machine's list. `next` and `previous` are columns of the task table. */
export function linkTask(
  machines: MachineTable,
  machine: MachineId,
  task: TaskId,
  next: Int32Array,
  previous: Int32Array,
): void {
  const last = machines.lastTask[machine];
  previous[task] = last;
  next[task] = NONE;
  if (last === NONE) machines.firstTask[machine] = task;
  else next[last] = task;
  machines.lastTask[machine] = task;
  machines.tasks[machine]++;
}

/** Removes a task from its machine's list. */
export function unlinkTask(
  machines: MachineTable,
  machine: MachineId,
  task: TaskId,
  next: Int32Array,
  previous: Int32Array,
): void {
  const before = previous[task];
  const after = next[task];
  if (before === NONE) machines.firstTask[machine] = after;
  else next[before] = after;
  if (after === NONE) machines.lastTask[machine] = before;
  else previous[after] = before;
  machines.tasks[machine]--;
}
