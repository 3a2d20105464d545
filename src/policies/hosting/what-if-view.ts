import { type Cluster, type FreeTable, isInRoom, NONE, WhatIfRoom } from '../../model/index.js';
import type {
  DeviceMask,
  Dimension,
  MachineId,
  Machines,
  Random,
  Reads,
  Space,
  TaskId,
  Verdict,
  WhatIf,
} from '../contract.js';
import { MachinesView } from './machines-view.js';
import { TasksView } from './task-views.js';

/** What the room is a copy of. */
export interface WhatIfTerms {
  readonly cluster: Cluster;
  readonly table: FreeTable;
  readonly space: Space;
  readonly reads: Reads;
  readonly random: Random;
  readonly policy: string;
  readonly usageVersion: () => number;
}

/** The room of a scheduler as it would be. It checks every change, so that no amount becomes negative by a placement. */
export class WhatIfView implements WhatIf {
  readonly machines: Machines;
  readonly #cluster: Cluster;
  readonly #room: WhatIfRoom;

  constructor({ cluster, table, space, reads, random, policy, usageVersion }: WhatIfTerms) {
    this.#cluster = cluster;
    this.#room = new WhatIfRoom(cluster, table);
    this.machines = new MachinesView({
      cluster,
      table: this.#room.table,
      space,
      reads: Object.freeze({ ...reads, tasks: new TasksView(cluster, this.#room) }),
      random,
      policy,
      usageVersion,
      room: this.#room,
    });
    Object.freeze(this);
  }

  reset(from: 'now' | 'empty'): void {
    this.#room.reset(from);
  }

  mark(): number {
    return this.#room.mark();
  }

  undo(to: number): void {
    this.#room.undo(to);
  }

  put(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const verdict = this.machines.whyNot(task, machine);
    if (verdict !== 'done') return verdict;
    const taskClass = this.#cluster.tasks.taskClass[task];
    const fits = () => this.#room.table.devicesFit(machine, taskClass, devices);
    if (devices !== 0 && !this.#room.withClaim(task, fits)) return 'wrong-devices';
    this.#room.put(task, machine, devices);
    return 'done';
  }

  remove(task: TaskId): Verdict {
    const { tasks } = this.#cluster;
    const isPlaced = isInRoom(tasks.state[task]);
    if (!isPlaced || this.#room.isRemoved(task)) return 'not-running';
    this.#room.remove(task);
    return 'done';
  }

  open(machine: MachineId): void {
    if (this.#exists(machine)) this.#room.open(machine);
  }

  neighbour(task: TaskId, machine: MachineId): void {
    if (this.#exists(machine) && this.#cluster.tasks.taskClass[task] !== undefined)
      this.#room.neighbour(task, machine);
  }

  block(machine: MachineId, dimension: Dimension, amount: number): void {
    if (this.#exists(machine) && dimension < this.#cluster.space.size && Number.isInteger(amount))
      this.#room.block(machine, dimension, amount);
  }

  blockDevice(machine: MachineId, device: number, share: number): void {
    if (this.#exists(machine) && device >= 0 && device < this.machines.devices(machine))
      this.#room.blockDevice(machine, device, share);
  }

  isUntouched(machine: MachineId): boolean {
    return !this.#room.isTouched(machine);
  }

  #exists(machine: MachineId): boolean {
    return machine > NONE && machine < this.#room.table.count;
  }
}
