import type { Cluster } from './cluster.js';
import type { MachineId } from './machine.js';

/**
 * What is free on all machines that are up, per dimension. It follows from the ledger's sums; only machines that take no tasks
 * are visited, so that asking costs nothing in a large cell.
 */
export class FreeTotals {
  /** In quanta, as of the last update. */
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
    const { machines, total, allocated, offered } = cluster;
    if (this.epoch !== cluster.machineEpoch) this.findClosed();
    for (let d = 0; d < amounts.length; d++) amounts[d] = total[d] - allocated[d] - offered.total[d];
    for (const machine of this.closed) {
      // A machine that is down counts in no total.
      if (machines.stateOf(machine) === 'down') continue;
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
