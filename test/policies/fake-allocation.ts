import { Cluster, type FrameworkSpec, NONE, ResourceSpace } from '../../src/model/index.js';
import type { AllocationView, OfferSink, OfferVerdict } from '../../src/policies/contract.js';

/** A hand-written view for an allocator. */
export interface FakeAllocation {
  readonly resources: readonly string[];
  /** Free amounts of each machine, equal to its capacity. */
  readonly machines: readonly (readonly number[])[];
  readonly frameworks: readonly FrameworkSpec[];
  /** Amounts by framework and dimension. */
  readonly allocated?: readonly (readonly number[])[];
  /** Frameworks that want no offers. */
  readonly content?: readonly number[];
  /** `framework/machine` pairs that are filtered. */
  readonly filtered?: readonly string[];
}

/** A view, and a sink that records offers in the view's columns, as a host does, and as texts `name machine`. */
export function fakeAllocation(fake: FakeAllocation) {
  const space = new ResourceSpace(fake.resources);
  const cluster = new Cluster(space);
  for (const [i, capacity] of fake.machines.entries()) cluster.addMachine({ name: `m${i}`, capacity });
  for (const framework of fake.frameworks) cluster.addFramework(framework);
  const dims = space.size;
  const allocated = Float64Array.from(fake.frameworks.flatMap((_, i) => fake.allocated?.[i] ?? noneOf(dims)));
  const notes: string[] = [];
  const view: AllocationView = {
    now: 0,
    random: () => 0,
    space,
    frameworks: cluster.frameworks,
    candidates: fake.machines.map((_, machine) => machine),
    candidateCount: fake.machines.length,
    table: cluster.free,
    total: cluster.total,
    allocated,
    offered: cluster.offered.byFramework,
    offersMade: cluster.offered.made,
    parcels: undefined,
    traits: undefined,
    wants: (framework) => fake.content?.includes(framework) !== true,
  };
  const offers: OfferSink = {
    offer(framework, machine, portion): OfferVerdict {
      if (fake.filtered?.includes(`${framework}/${machine}`)) return 'filtered';
      if (cluster.free.isEmpty(machine)) return 'nothing-free';
      cluster.offer(framework, machine, portion?.amounts);
      notes.push(`${framework === NONE ? 'nobody' : cluster.frameworks[framework].name} ${machine}`);
      return 'done';
    },
  };
  return { view, offers, notes };
}

function noneOf(dims: number): number[] {
  return new Array<number>(dims).fill(0);
}
