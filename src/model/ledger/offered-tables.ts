import { type Column, grown } from './columns.js';
import type { Constraints } from './constraints.js';
import type { FrameworkId } from './framework.js';
import { FreeTable } from './free-table.js';
import { LedgerError } from './ledger-error.js';
import type { MachineId } from './machine.js';
import type { MachineTable } from './machine-table.js';
import type { TaskClasses } from './task-classes.js';

/** Room that is claimed in an open offer of a whole cell, and in no table any more. */
export interface OpenClaims {
  readonly length: number;
  readonly machine: ArrayLike<MachineId>;
  readonly taskClass: ArrayLike<number>;
  /** Devices taken. */
  readonly taken: ArrayLike<number>;
}

/**
 * Offers to each framework by machine. An open offer moves a row of amounts from the ledger's free table to the
 * framework's table. Nothing is copied, so no amount can be counted twice.
 */
export class OfferedTables {
  /** Sum over frameworks and machines, per dimension. */
  readonly total: Float64Array;
  /** `byFramework[framework * dims + dimension]`. */
  byFramework: Float64Array;
  /** Number of offers made so far, per framework. */
  made: Float64Array;

  /** Unused rest of the open offers of a whole cell; see ExclusiveOffer. */
  readonly wholeCells = new Set<FreeTable>();
  /** Claims on them that are not carried out yet. */
  readonly claims = new Set<OpenClaims>();

  private readonly tables: FreeTable[] = [];
  private readonly dims: number;
  private readonly machines: MachineTable;
  private readonly classes: TaskClasses;
  private readonly constraints: Constraints;

  constructor(machines: MachineTable, classes: TaskClasses, constraints: Constraints) {
    this.machines = machines;
    this.classes = classes;
    this.constraints = constraints;
    this.dims = classes.dims;
    this.total = new Float64Array(this.dims);
    this.byFramework = new Float64Array(0);
    this.made = new Float64Array(0);
  }

  addFramework(): void {
    this.tables.push(new FreeTable(this.machines, this.classes, this.constraints));
    this.byFramework = grown(this.byFramework, this.tables.length * this.dims);
    this.made = grown(this.made, this.tables.length);
  }

  /** Whether the amounts are free in the ledger's table, in whole quanta, and not all zero. */
  hasFree(table: FreeTable, machine: MachineId, amounts: Column): boolean {
    let sum = 0;
    for (let d = 0; d < this.dims; d++) {
      const amount = amounts[d];
      if (!Number.isInteger(amount) || amount < 0 || amount > table.free[machine * this.dims + d])
        return false;
      sum += d === this.machines.space.gpuDimension ? this.wholeDevices(machine, table, amount) : amount;
    }
    return sum > 0;
  }

  /** @throws LedgerError when the framework does not exist. */
  of(framework: FrameworkId): FreeTable {
    const table = this.tables[framework];
    if (table === undefined) throw new LedgerError(`no framework ${framework}`);
    if (table.count < this.machines.count) table.addRows();
    return table;
  }

  /** The framework with an offer of this machine, or undefined. */
  holderOf(machine: MachineId): FrameworkId | undefined {
    const holder = this.tables.findIndex((table) => machine < table.count && table.open[machine] === 1);
    return holder < 0 ? undefined : holder;
  }

  /** Moves a machine's whole row from the free table to the framework's, or back (`sign` -1). */
  moveAll(machine: MachineId, framework: FrameworkId, from: FreeTable, to: FreeTable, sign: 1 | -1): void {
    for (let d = 0; d < this.dims; d++) {
      const row = machine * this.dims + d;
      const amount = from.free[row];
      from.free[row] = 0;
      to.free[row] += amount;
      this.count(framework, d, sign * amount);
    }
    for (
      let device = this.machines.gpuStart[machine];
      device < this.machines.gpuStart[machine + 1];
      device++
    ) {
      to.gpuFree[device] += from.gpuFree[device];
      from.gpuFree[device] = 0;
    }
    from.changes.record(machine);
    to.changes.record(machine);
  }

  /** Moves these amounts of a machine's row from the free table to the framework's. */
  movePart(machine: MachineId, framework: FrameworkId, from: FreeTable, amounts: Column): void {
    const to = this.of(framework);
    const gpus = this.machines.space.gpuDimension;
    for (let d = 0; d < this.dims; d++) {
      const row = machine * this.dims + d;
      const amount = d === gpus ? this.wholeDevices(machine, from, amounts[d], to) : amounts[d];
      from.free[row] -= amount;
      to.free[row] += amount;
      this.count(framework, d, amount);
    }
    from.changes.record(machine);
    to.changes.record(machine);
  }

  /**
   * The part of `atMost` GPU quanta that can be offered without splitting the free part of a device: as many devices as
   * fit, lowest index first. If `to` is given, the devices are moved to this table.
   */
  wholeDevices(machine: MachineId, from: FreeTable, atMost: number, to?: FreeTable): number {
    let sum = 0;
    const end = this.machines.gpuStart[machine + 1];
    for (let device = this.machines.gpuStart[machine]; device < end; device++) {
      const left = from.gpuFree[device];
      if (sum + left > atMost) continue;
      sum += left;
      if (to === undefined) continue;
      to.gpuFree[device] += left;
      from.gpuFree[device] = 0;
    }
    return sum;
  }

  /** Adds (or, if negative, subtracts) an offered amount of one dimension. */
  count(framework: FrameworkId, dimension: number, amount: number): void {
    this.byFramework[framework * this.dims + dimension] += amount;
    this.total[dimension] += amount;
  }
}
