import type { MachineId, Micros } from '../../model/index.js';

/** What tasks would use beyond the capacity of their machines, over time. */
export class OverUse {
  /** Quanta x Micros beyond capacity, per dimension. */
  readonly beyond: Float64Array;
  /** Machine-Micros in which some resource was exceeded. */
  machineTime: Micros = 0;
  private readonly current = new Map<MachineId, { readonly amounts: Float64Array; readonly since: Micros }>();

  constructor(dims: number) {
    this.beyond = new Float64Array(dims);
  }

  /** The tasks on the machine would use so much more than it has from now on. */
  changed(machine: MachineId, amounts: Float64Array, now: Micros): void {
    this.count(machine, now);
    if (amounts.some((amount) => amount > 0)) this.current.set(machine, { amounts, since: now });
    else this.current.delete(machine);
  }

  /** Counts the time up to the end of the run. */
  close(end: Micros): void {
    for (const machine of [...this.current.keys()]) {
      this.count(machine, end);
      this.current.delete(machine);
    }
  }

  private count(machine: MachineId, now: Micros): void {
    const one = this.current.get(machine);
    if (one === undefined) return;
    const lasted = now - one.since;
    this.machineTime += lasted;
    for (let d = 0; d < this.beyond.length; d++) this.beyond[d] += one.amounts[d] * lasted;
  }
}
