import type { FrameworkId, FreeTable, MachineId, MachineResources, Micros } from '../../model/index.js';
import type { FrameworkFacts, OfferVerdict, Portion, Space } from '../../policies/contract.js';
import type { OfferLedger } from '../../policies/hosting/allocation-host.js';
import type { AllocationColumns } from '../../policies/hosting/allocation-view.js';
import { SpaceView } from '../../policies/hosting/space-view.js';
import type { Execution } from '../execution.js';
import { CandidateMachines } from './offer-holder.js';

/** The frameworks of the architecture. */
export interface OfferTakers {
  wants(framework: FrameworkId): boolean;
  mayWant(): Iterable<FrameworkId>;
  rescind(framework: FrameworkId, machine: MachineId, now: Micros): void;
  /** The same, if the framework has an offer of the machine. */
  rescindAll(framework: FrameworkId, machine: MachineId, now: Micros): void;
  taken(framework: FrameworkId, machine: MachineId, now: Micros): void;
}

/**
 * The simulated cluster as the ledger of offers. Its machines have plain resources, and its frameworks can use all of them, so
 * there are no parcels and no traits.
 */
export class ClusterOffers implements OfferLedger {
  readonly space: Space;
  readonly parcels = undefined;
  readonly traits = undefined;
  private readonly execution: Execution;
  private readonly takers: OfferTakers;
  private readonly candidates: CandidateMachines;
  private frameworks: readonly FrameworkFacts[] = [];
  /** Reused, because a call of the allocator makes many offers. */
  private readonly resources: { amounts: ArrayLike<number>; row: number; readonly parcels: [] };

  constructor(execution: Execution, takers: OfferTakers) {
    const { cluster } = execution;
    this.execution = execution;
    this.takers = takers;
    this.space = new SpaceView(cluster);
    this.candidates = new CandidateMachines(cluster.free);
    this.resources = { amounts: cluster.free.free, row: 0, parcels: [] };
  }

  /** Reads the changes of the ledger since the last allocation. */
  update(): void {
    this.candidates.update();
  }

  columns(): AllocationColumns {
    const { cluster } = this.execution;
    return {
      frameworks: this.frameworkFacts(),
      candidates: this.candidates.ids,
      candidateCount: this.candidates.count,
      free: cluster.free.free,
      total: cluster.total,
      allocated: cluster.frameworkAllocated,
      offered: cluster.offered.byFramework,
      offersMade: cluster.offered.made,
    };
  }

  /** A frozen copy, replaced when a framework arrives. */
  private frameworkFacts(): readonly FrameworkFacts[] {
    const { frameworks } = this.execution.cluster;
    const known = this.frameworks.length;
    if (known !== frameworks.length) {
      const added = frameworks.slice(known).map((spec) => Object.freeze({ ...spec }));
      this.frameworks = Object.freeze([...this.frameworks, ...added]);
    }
    return this.frameworks;
  }

  wants(framework: FrameworkId): boolean {
    return this.takers.wants(framework);
  }

  mayWant(): Iterable<FrameworkId> {
    return this.takers.mayWant();
  }

  rescind(framework: FrameworkId, machine: MachineId): void {
    this.takers.rescind(framework, machine, this.execution.now);
  }

  rescindAll(framework: FrameworkId, machine: MachineId): void {
    this.takers.rescindAll(framework, machine, this.execution.now);
  }

  closedFree(dimension: number): number {
    const { free, machines, space } = this.execution.cluster;
    let sum = 0;
    for (let machine = 0; machine < machines.count; machine++)
      if (!machines.isUp(machine) && machines.stateOf(machine) !== 'down')
        sum += free.free[machine * space.size + dimension];
    return sum;
  }

  refusal(framework: FrameworkId, machine: MachineId): OfferVerdict | undefined {
    const { cluster } = this.execution;
    if (cluster.frameworks[framework] === undefined) return 'unknown-framework';
    if (!(machine >= 0 && machine < cluster.machines.count)) return 'unknown-machine';
    return cluster.machines.isUp(machine) ? undefined : 'machine-not-up';
  }

  contents(
    _framework: FrameworkId,
    machine: MachineId,
    portion: Portion | undefined,
  ): MachineResources | 'nothing-free' | 'not-free' {
    const { cluster } = this.execution;
    if (cluster.free.isEmpty(machine)) return 'nothing-free';
    if (portion === undefined) return this.resourcesOf(cluster.free, machine);
    if (!cluster.offered.hasFree(cluster.free, machine, portion.amounts)) return 'not-free';
    this.resources.amounts = portion.amounts;
    this.resources.row = 0;
    return this.resources;
  }

  /** The machine's row of a table. Valid until the next call. */
  resourcesOf({ free }: FreeTable, machine: MachineId): MachineResources {
    this.resources.amounts = free;
    this.resources.row = machine * this.execution.cluster.space.size;
    return this.resources;
  }

  book(framework: FrameworkId, machine: MachineId, _contents: MachineResources, portion?: Portion): void {
    const { cluster, now, observer } = this.execution;
    cluster.offer(framework, machine, portion?.amounts);
    this.takers.taken(framework, machine, now);
    observer.offerMade(framework, machine, now);
  }
}
