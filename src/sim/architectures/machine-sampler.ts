import { type MachineId, type MachineTable, NONE } from '../../model/index.js';
import type { Random } from '../../policies/contract.js';

/** Draws machines at random, each at most once until all have been drawn (a Fisher-Yates shuffle that goes as far as it is asked). */
export class MachineSampler {
  private readonly machines: MachineTable;
  private readonly random: Random;
  private order = new Int32Array(0);
  private drawn = 0;

  constructor(machines: MachineTable, random: Random) {
    this.machines = machines;
    this.random = random;
  }

  /** Puts all machines back. */
  restart(): void {
    this.drawn = 0;
    if (this.order.length !== this.machines.count)
      this.order = Int32Array.from({ length: this.machines.count }, (_, machine) => machine);
  }

  /** The next machine that may be used, or NONE when all have been drawn. */
  draw(mayUse: (machine: MachineId) => boolean): MachineId {
    const { order } = this;
    while (this.drawn < order.length) {
      const place = this.drawn + Math.floor(this.random() * (order.length - this.drawn));
      const machine = order[place];
      order[place] = order[this.drawn];
      order[this.drawn++] = machine;
      if (mayUse(machine)) return machine;
    }
    return NONE;
  }
}
