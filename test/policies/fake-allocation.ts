import { Cluster, type FrameworkSpec, NONE, ResourceSpace } from '../../src/model/index.js';
import type { Allocator, OfferSink } from '../../src/policies/contract.js';
import { type AllocatorLedger, HostedAllocator } from '../../src/policies/hosting/allocation-view.js';
import { SpaceView } from '../../src/policies/hosting/space-view.js';

/** A hand-written ledger for an allocator. */
export interface FakeAllocation {
  readonly resources: readonly string[];
  /** Free amounts of each machine, equal to its capacity. */
  readonly machines: readonly (readonly number[])[];
  readonly frameworks: readonly FrameworkSpec[];
  /** Amounts by framework and dimension. */
  readonly allocated?: readonly (readonly number[])[];
  readonly random?: () => number;
  /** Frameworks that want no offers. */
  readonly content?: readonly number[];
  /** Free on machines that take no tasks, by dimension. */
  readonly closedFree?: readonly number[];
  /** `framework/machine` pairs that are filtered. */
  readonly filtered?: readonly string[];
}

/** A host of an allocator, which records offers in the ledger, as a host does, and as texts `name machine`. */
export function fakeAllocation(fake: FakeAllocation) {
  const space = new ResourceSpace(fake.resources);
  const cluster = new Cluster(space);
  for (const [i, capacity] of fake.machines.entries()) cluster.addMachine({ name: `m${i}`, capacity });
  for (const framework of fake.frameworks) cluster.addFramework(framework);
  const dims = space.size;
  let allocated = Float64Array.from(fake.frameworks.flatMap((_, i) => fake.allocated?.[i] ?? noneOf(dims)));
  const notes: string[] = [];
  const candidates = () => {
    const open = [...fake.machines.keys()].filter((machine) => cluster.machines.isUp(machine));
    return { candidates: open, candidateCount: open.length };
  };
  const columns = () => ({
    frameworks: cluster.frameworks,
    ...candidates(),
    free: cluster.free.free,
    total: cluster.total,
    allocated,
    offered: cluster.offered.byFramework,
    offersMade: cluster.offered.made,
  });
  const offer: OfferSink['offer'] = (framework, machine, portion) => {
    if (fake.filtered?.includes(`${framework}/${machine}`)) return 'filtered';
    if (cluster.free.isEmpty(machine)) return 'nothing-free';
    cluster.offer(framework, machine, portion?.amounts);
    notes.push(`${framework === NONE ? 'nobody' : cluster.frameworks[framework].name} ${machine}`);
    return 'done';
  };
  const ledger: AllocatorLedger = {
    space: new SpaceView(cluster),
    parcels: undefined,
    traits: undefined,
    wants: (framework) => fake.content?.includes(framework) !== true,
    closedFree: (d) => fake.closedFree?.[d] ?? 0,
    columns,
  };
  const random = fake.random ?? (() => 0);
  return {
    notes,
    /** One more framework, without allocations. */
    join(framework: FrameworkSpec): void {
      cluster.addFramework(framework);
      allocated = Float64Array.from([...allocated, ...noneOf(dims)]);
    },
    /** Every second open offer is declined. */
    takeBack(): void {
      for (let machine = 0; machine < cluster.machines.count; machine += 2) {
        const holder = cluster.offered.holderOf(machine);
        if (holder !== undefined) cluster.returnOffer(holder, machine);
      }
    },
    /** The capacity of a machine that is not offered leaves the total. */
    leave(machine: number): void {
      if (cluster.offered.holderOf(machine) === undefined) cluster.setMachineState(machine, 'down');
    },
    /** Offered to the framework, in the first dimension. */
    offered: (framework: number) => cluster.offered.byFramework[framework * dims],
    /** Calls the allocator once. */
    call: (allocator: Allocator) =>
      new HostedAllocator({
        allocator,
        ledger,
        random,
        wants: ledger.wants,
        offer,
        rescind: () => 'done',
        wakeAt: () => 'done',
      }).allocate(0),
  };
}

function noneOf(dims: number): number[] {
  return new Array<number>(dims).fill(0);
}
