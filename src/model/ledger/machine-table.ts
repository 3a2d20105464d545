import { FOREVER } from '../micros.js';
import type { ResourceSpace } from '../resources.js';
import { grown, NONE, setFact } from './columns.js';
import { LedgerError } from './ledger-error.js';
import {
  MACHINE_STATES,
  MAX_DEVICES,
  type MachineId,
  type MachineSpec,
  type MachineSpeeds,
  type MachineState,
  WHOLE_DEVICE,
} from './machine.js';
import type { TaskId } from './task.js';

const UP = MACHINE_STATES.indexOf('up');
const ABSENT = MACHINE_STATES.indexOf('absent');

/** Who may drain a machine: policies (schedulers and control loops), and the operator or the master. */
const DRAINS = { policy: 1, operator: 2 } as const;

/** Capacities, states and attributes of the machines, one row each. They are the same for all schedulers. */
export class MachineTable {
  readonly specs: MachineSpec[] = [];
  /** `capacity[machine * dims + dimension]`, in quanta. */
  capacity: Int32Array;
  /** Index into MACHINE_STATES. */
  state = new Uint8Array(16);
  /** Who drains a machine: the bits of DRAINS. */
  private drains = new Uint8Array(16);
  /** Machine m has the GPU devices `gpuStart[m] <= i < gpuStart[m + 1]`, in every table of devices. */
  gpuStart = new Int32Array(17);
  /** Number of tasks held or running on a machine, and the first and last of them in placement order. */
  tasks = new Int32Array(16);
  firstTask = new Int32Array(16).fill(NONE);
  lastTask = new Int32Array(16).fill(NONE);

  /** When an announced absence of the machine ends, and when it begins; FOREVER without one. */
  returnsAt = new Float64Array(16).fill(FOREVER);
  awayFrom = new Float64Array(16).fill(FOREVER);
  /** When a machine that starts up is ready; FOREVER when it does not start. */
  readyAt = new Float64Array(16).fill(FOREVER);

  /** Machines of one kind have equal capacity, attributes and speeds. Kinds are numbered from 0. */
  kind = new Int32Array(16);
  /** Number of machines of each kind. */
  readonly inKind: number[] = [];
  /** Speeds of the machines of each kind; empty while no machine has any. */
  readonly speedsOfKind: (MachineSpeeds | undefined)[] = [];

  /** Number of machines with revocable supply. */
  revocable = 0;

  readonly space: ResourceSpace;
  private readonly kindOf = new Map<string, number>();
  /** Kinds of machines whose capacity varies: each has one of its own. */
  private readonly ownKind = new Map<MachineId, number>();

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
    if (spec.supply === 'revocable') this.revocable++;
    // A copy, because policies and scripts hold the given object.
    this.specs.push({
      ...spec,
      ...(spec.attributes !== undefined && { attributes: { ...spec.attributes } }),
    });
    this.capacity = grown(this.capacity, (machine + 1) * dims);
    this.state = grown(this.state, machine + 1);
    this.drains = grown(this.drains, machine + 1);
    this.gpuStart = grown(this.gpuStart, machine + 2);
    this.tasks = grown(this.tasks, machine + 1);
    this.firstTask = grown(this.firstTask, machine + 1, NONE);
    this.lastTask = grown(this.lastTask, machine + 1, NONE);
    this.returnsAt = grown(this.returnsAt, machine + 1, FOREVER);
    this.awayFrom = grown(this.awayFrom, machine + 1, FOREVER);
    this.readyAt = grown(this.readyAt, machine + 1, FOREVER);
    for (let d = 0; d < dims; d++) this.capacity[machine * dims + d] = spec.capacity[d];
    this.kind = grown(this.kind, machine + 1);
    this.join(machine, this.kindFor(spec));
    this.gpuStart[machine + 1] = this.gpuStart[machine] + devices;
    return machine;
  }

  stateOf(machine: MachineId): MachineState {
    return MACHINE_STATES[this.state[machine]] as MachineState;
  }

  /** Notes a drain, or its end. It changes no state: see `openState`. */
  setDrain(machine: MachineId, by: keyof typeof DRAINS, isDrained: boolean): void {
    if (isDrained) this.drains[machine] |= DRAINS[by];
    else this.drains[machine] &= ~DRAINS[by];
  }

  /** The state of a machine that could be up. A drain outlives an outage, and each drain ends by itself. */
  openState(machine: MachineId): 'up' | 'draining' {
    return this.drains[machine] === 0 ? 'up' : 'draining';
  }

  isUp(machine: MachineId): boolean {
    return this.state[machine] === UP;
  }

  /** Whether the machine is in the cluster, in any other state. */
  isPresent(machine: MachineId): boolean {
    return this.state[machine] !== ABSENT;
  }

  /** Number of GPU devices of a machine. */
  devices(machine: MachineId): number {
    return this.gpuStart[machine + 1] - this.gpuStart[machine];
  }

  /** @throws LedgerError when the machine does not exist. */
  check(machine: MachineId): void {
    if (!(machine >= 0 && machine < this.specs.length)) throw new LedgerError(`no machine ${machine}`);
  }

  /** The capacity of a machine varies: from now on it is the only one of its kind. */
  leaveKind(machine: MachineId): void {
    const own = this.ownKind.get(machine) ?? this.inKind.length;
    if (own === this.kind[machine]) return;
    this.inKind[this.kind[machine]]--;
    this.ownKind.set(machine, own);
    this.join(machine, own);
  }

  /** The machine has other properties: it joins the kind that has them. Its capacity is in the table already. */
  describe(machine: MachineId, spec: MachineSpec): void {
    this.revocable +=
      Number(spec.supply === 'revocable') - Number(this.specs[machine].supply === 'revocable');
    this.specs[machine] = spec;
    this.inKind[this.kind[machine]]--;
    this.join(machine, this.kindFor(spec));
  }

  private join(machine: MachineId, kind: number): void {
    this.kind[machine] = kind;
    this.inKind[kind] = (this.inKind[kind] ?? 0) + 1;
    setFact(this.speedsOfKind, kind, this.specs[machine].speeds);
  }

  private kindFor({ capacity, attributes = {}, speeds }: MachineSpec): number {
    const named = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([Array.from(capacity), named, speeds]);
    const known = this.kindOf.get(key) ?? this.inKind.length;
    this.kindOf.set(key, known);
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
