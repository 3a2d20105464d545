import type { MachineId, Machines, TaskClassId, TaskFacts, WhatIf } from '../contract.js';
import type { Trial, Unit } from './victims.js';

/** Stops of units tried in `view.whatIf`: all rules count. `stands` answers in the room as it would be. */
export class WhatIfTrial implements Trial {
  readonly stands: () => boolean;
  private readonly whatIf: WhatIf;
  private readonly marks: number[] = [];

  constructor(whatIf: WhatIf, stands: () => boolean) {
    this.whatIf = whatIf;
    this.stands = stands;
  }

  remove({ tasks }: Unit): void {
    this.marks.push(this.whatIf.mark());
    for (const task of tasks) this.whatIf.remove(task);
  }

  putBack(_unit: Unit): void {
    this.whatIf.undo(this.marks.pop() as number);
  }
}

/**
 * Stops of units tried on one machine, for one task without placement rules: free amounts are all that counts. `load` begins
 * with another machine.
 */
export class MachineTrial implements Trial {
  private readonly machines: Machines;
  private readonly tasks: TaskFacts;
  private readonly demand: Int32Array;
  private readonly free: Int32Array;
  private readonly deviceFree: number[] = [];
  private readonly devicesWanted: number;
  private readonly share: number;
  private machine: MachineId = 0;

  constructor(machines: Machines, tasks: TaskFacts, taskClass: TaskClassId) {
    const { dimensions } = machines.space;
    this.machines = machines;
    this.tasks = tasks;
    this.demand = Int32Array.from(dimensions, (d) => machines.demand(taskClass, d));
    this.free = new Int32Array(dimensions.length);
    this.devicesWanted = machines.deviceCount(taskClass);
    this.share = machines.deviceShare(taskClass);
  }

  /** Could a machine of this size take the task if nothing else ran there? */
  isLargeEnough(machine: MachineId): boolean {
    const { machines, demand } = this;
    for (const d of machines.space.dimensions) if (machines.capacity(machine, d) < demand[d]) return false;
    return machines.devices(machine) >= this.devicesWanted;
  }

  load(machine: MachineId): void {
    const { machines, free, deviceFree } = this;
    this.machine = machine;
    for (const d of machines.space.dimensions) free[d] = machines.free(machine, d);
    deviceFree.length = this.devicesWanted > 0 ? machines.devices(machine) : 0;
    for (let device = 0; device < deviceFree.length; device++)
      deviceFree[device] = machines.deviceFree(machine, device);
  }

  stands(): boolean {
    const { free, demand, deviceFree, share } = this;
    for (let d = 0; d < free.length; d++) if (free[d] < demand[d]) return false;
    let missing = this.devicesWanted;
    for (let device = 0; device < deviceFree.length && missing > 0; device++)
      if (deviceFree[device] >= share) missing--;
    return missing <= 0;
  }

  remove(unit: Unit): void {
    this.move(unit, 1);
  }

  putBack(unit: Unit): void {
    this.move(unit, -1);
  }

  private move({ tasks: victims }: Unit, sign: 1 | -1): void {
    const { machines, tasks, free, deviceFree, machine } = this;
    for (const victim of victims) {
      if (tasks.machine(victim) !== machine) continue;
      const taskClass = tasks.taskClass(victim);
      for (const d of machines.space.dimensions) free[d] += sign * machines.demand(taskClass, d);
      if (deviceFree.length === 0) continue;
      const share = machines.deviceShare(taskClass);
      for (let rest = tasks.deviceMask(victim), device = 0; rest !== 0; rest >>>= 1, device++)
        if ((rest & 1) !== 0) deviceFree[device] += sign * share;
    }
  }
}
