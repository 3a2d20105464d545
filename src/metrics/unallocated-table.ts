import { type Cluster, FreeTable } from '../model/index.js';

/** What no task has of each machine that is up: free, or in some framework's offers. A copy of the ledger, made when asked. */
export class UnallocatedTable {
  readonly table: FreeTable;
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.table = new FreeTable(cluster.machines, cluster.classes, cluster.constraints);
  }

  /** Copies the present state of the ledger. */
  gather(): void {
    const { free, machines } = this.cluster;
    const { table } = this;
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
    const { dims } = this.table;
    for (let d = 0; d < dims; d++) if (byFramework[framework * dims + d] > 0) return true;
    return false;
  }

  private add(theirs: FreeTable): void {
    const { machines } = this.cluster;
    const { table } = this;
    for (let i = 0; i < machines.count * table.dims; i++) table.free[i] += theirs.free[i];
    for (let i = 0; i < machines.gpuStart[machines.count]; i++) table.gpuFree[i] += theirs.gpuFree[i];
  }
}
