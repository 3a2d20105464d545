import type { Cluster } from './cluster.js';
import { hasCapacity, type MachineId } from './machine.js';

/**
 * Free resources of all machines that are up, per dimension. They are computed from the ledger's sums. Only closed
 * machines are visited, so a query is cheap in a large cell.
 */
export class FreeTotals {
  /** In quanta, at the last update. */
  readonly amounts: Float64Array;
  /** Machines that are not up. */
  closed: readonly MachineId[] = [];
  private readonly cluster: Cluster;
  private epoch = -1;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.amounts = new Float64Array(cluster.space.size);
  }

  update(): void {
    const { cluster, amounts } = this;
    const { machines, total, allocated, offered, claims } = cluster;
    if (this.epoch !== cluster.machineEpoch) this.findClosed();
    for (let d = 0; d < amounts.length; d++)
      amounts[d] = total[d] - allocated[d] - offered.total[d] - claims.total[d];
    for (const machine of this.closed) {
      // The totals do not include it either.
      if (!hasCapacity(machines.stateOf(machine))) continue;
      for (let d = 0; d < amounts.length; d++) amounts[d] -= cluster.free.free[machine * amounts.length + d];
    }
  }

  private findClosed(): void {
    const { machines, machineEpoch } = this.cluster;
    this.epoch = machineEpoch;
    const closed: MachineId[] = [];
    for (let machine = 0; machine < machines.count; machine++)
      if (!machines.isUp(machine)) closed.push(machine);
    this.closed = closed;
  }
}
