import { type Cluster, FreeTable } from '../../model/index.js';

/** Resources of the machines that are up and not allocated to tasks: free, or offered to a framework. */
export class UnallocatedTable {
  private readonly cluster: Cluster;
  private readonly sum: FreeTable;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.sum = new FreeTable(cluster.machines, cluster.classes, cluster.constraints);
  }

  /**
   * The current state; read it before the next event. Without offers, it is the ledger's own table. Otherwise it is the sum of that
   * table and the offers.
   */
  gather(): FreeTable {
    const { free, offered } = this.cluster;
    const isOffered = offered.wholeCells.size > 0 || offered.total.some((amount) => amount > 0);
    if (!isOffered) return free;
    this.addUp();
    return this.sum;
  }

  private addUp(): void {
    const { free, machines } = this.cluster;
    const table = this.sum;
    table.addRows();
    table.free.set(free.free.subarray(0, free.count * table.dims));
    table.gpuFree.set(free.gpuFree.subarray(0, machines.gpuStart[machines.count]));
    for (let machine = 0; machine < machines.count; machine++)
      table.open[machine] = machines.isUp(machine) ? 1 : 0;
    for (let framework = 0; framework < this.cluster.frameworks.length; framework++)
      if (this.hasOffers(framework)) this.add(this.cluster.offered.of(framework));
    for (const lent of this.cluster.offered.wholeCells) this.add(lent);
  }

  private hasOffers(framework: number): boolean {
    const { byFramework } = this.cluster.offered;
    const { dims } = this.sum;
    for (let d = 0; d < dims; d++) if (byFramework[framework * dims + d] > 0) return true;
    return false;
  }

  private add(theirs: FreeTable): void {
    const { machines } = this.cluster;
    const table = this.sum;
    for (let i = 0; i < machines.count * table.dims; i++) table.free[i] += theirs.free[i];
    for (let i = 0; i < machines.gpuStart[machines.count]; i++) table.gpuFree[i] += theirs.gpuFree[i];
  }
}
