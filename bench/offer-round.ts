import { Cluster, NONE, ResourceSpace } from '../src/model/index.js';
import { drfAllocator } from '../src/policies/allocators/drf.js';
import type { OfferVerdict } from '../src/policies/contract.js';
import { type AllocationColumns, HostedAllocator } from '../src/policies/hosting/allocation-view.js';
import { SpaceView } from '../src/policies/hosting/space-view.js';
import { CandidateMachines } from '../src/sim/architectures/offer-holder.js';

const FRAMEWORKS = 4;

/** Rounds of the DRF allocator over an idle cell: all resources are offered and then returned. */
export class OfferRounds {
  private readonly cluster = new Cluster(new ResourceSpace(['cpus', 'mem']));
  private readonly candidates = new CandidateMachines(this.cluster.free);
  private readonly allocator: HostedAllocator;
  private readonly holder: Int32Array;

  constructor(machines: number) {
    const { cluster } = this;
    for (let i = 0; i < machines; i++) cluster.addMachine({ name: `m${i}`, capacity: [4000, 16_384] });
    for (let i = 0; i < FRAMEWORKS; i++) cluster.addFramework({ name: `f${i}` });
    this.holder = new Int32Array(machines).fill(NONE);
    const ledger = {
      space: new SpaceView(cluster),
      parcels: undefined,
      traits: undefined,
      wants: () => true,
      closedFree: () => 0,
      columns: () => this.columns(),
    };
    this.allocator = new HostedAllocator({
      allocator: drfAllocator(),
      ledger,
      random: () => 0,
      wants: ledger.wants,
      offer: (framework, machine) => this.offer(framework, machine),
      rescind: () => 'done',
      wakeAt: () => 'done',
    });
  }

  /** Makes at least this number of offers. @returns the number made. */
  run(offers: number): number {
    let made = 0;
    while (made < offers) {
      this.candidates.update();
      this.allocator.allocate(0);
      for (let machine = 0; machine < this.holder.length; machine++) {
        if (this.holder[machine] === NONE) continue;
        this.cluster.returnOffer(this.holder[machine], machine);
        this.holder[machine] = NONE;
        made++;
      }
    }
    return made;
  }

  private offer(framework: number, machine: number): OfferVerdict {
    this.cluster.offer(framework, machine);
    this.holder[machine] = framework;
    return 'done';
  }

  private columns(): AllocationColumns {
    const { cluster, candidates } = this;
    return {
      frameworks: cluster.frameworks,
      candidates: candidates.ids,
      candidateCount: candidates.count,
      free: cluster.free.free,
      total: cluster.total,
      allocated: cluster.frameworkAllocated,
      offered: cluster.offered.byFramework,
      offersMade: cluster.offered.made,
    };
  }
}
