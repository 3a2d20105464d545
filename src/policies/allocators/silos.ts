import {
  type FrameworkId,
  frameworkIndex,
  InputError,
  type MachineId,
  NONE,
  quote,
} from '../../model/index.js';
import type { AllocationView, Allocator } from '../contract.js';
import type { PolicyContext } from '../policy.js';

/**
 * Static partitions: each machine belongs to one framework and is never offered to another one, even if its owner is idle.
 * `owner[machine]` is the framework, or NONE for a machine without an owner.
 */
export function silosAllocator(owner: ArrayLike<FrameworkId>): Allocator {
  return {
    name: 'silos',
    allocate(view, offers) {
      for (let i = 0; i < view.candidateCount; i++) {
        const machine: MachineId = view.candidate(i);
        if (owner[machine] >= 0) offers.offer(owner[machine], machine);
      }
    },
    mayOffer: (framework, machine) => owner[machine] === framework,
  };
}

/** A number of machines that belong to the frameworks of a name. */
interface Partition {
  readonly name: string;
  readonly machines: number;
}

/**
 * Static partitions in a real master, whose frameworks and machines join later. Machines are assigned in rank order, to the
 * partitions in the order of the text, as in `givenPartition`. A partition belongs to the frameworks with its name. If there
 * are several, the one that got the fewest offers is first, then the one that joined first.
 */
export function namedSilosAllocator(text: string): Allocator {
  const partitions = partitionsOf(text);
  return {
    name: 'silos',
    allocate(view, offers) {
      const owners = partitions.map(({ name }) => wantingFrameworks(view, name));
      for (let i = 0; i < view.candidateCount; i++) {
        const machine = view.candidate(i);
        const own = owners[partitionOf(machine, partitions)] ?? [];
        own.find((framework) => offers.offer(framework, machine) === 'done');
      }
    },
  };
}

function partitionsOf(text: string): readonly Partition[] {
  return text.split(',').map((part) => {
    const [name, count] = part.split(':').map((s) => s.trim()) as [string, string];
    return { name, machines: Number(count) };
  });
}

function wantingFrameworks(view: AllocationView, name: string): readonly FrameworkId[] {
  return [...view.frameworks.keys()]
    .filter((id) => (view.frameworks[id].title ?? view.frameworks[id].name) === name && view.wants(id))
    .sort((a, b) => view.offersMade(a) - view.offersMade(b) || a - b);
}

/** The index of the machine's partition; the number of partitions for a machine without one. */
function partitionOf(machine: MachineId, partitions: readonly Partition[]): number {
  let end = 0;
  const index = partitions.findIndex(({ machines }) => {
    end += machines;
    return machine < end;
  });
  return index < 0 ? partitions.length : index;
}

/**
 * Reads the number of machines per framework from text such as `spark:300,kafka:50`. Machines are assigned in rank order, to
 * the frameworks in the order of the text.
 * @throws InputError when a name is unknown or the cluster has too few machines.
 */
export function givenPartition(text: string, context: PolicyContext): Int32Array {
  const owner = new Int32Array(context.machines.length).fill(NONE);
  const known = context.frameworks.map((f) => f.name);
  let machine = 0;
  for (const { name, machines } of partitionsOf(text)) {
    const framework = frameworkIndex(known, name, { field: 'partitions' });
    const end = machine + machines;
    if (end > owner.length) {
      throw new InputError(
        { field: 'partitions' },
        `${quote(text)} needs at least ${end} machines, but the cluster has ${owner.length}`,
      );
    }
    owner.fill(framework, machine, end);
    machine = end;
  }
  return owner;
}

/**
 * Assigns machines in proportion to each framework's demand. The demand is measured by its dominant share of the cluster: the
 * largest share of any one resource. Every framework with demand gets at least one machine. Machines left over by rounding go
 * to the largest remainders (Hamilton's rule), and on ties to the framework that is named first.
 *
 * If machines differ, silos are still sized by count and filled in rank order, like a static cluster of racks.
 */
export function proportionalPartition(demand: Float64Array, context: PolicyContext): Int32Array {
  const shares = context.frameworks.map((_, framework) => demandShare(demand, framework, context));
  const counts = apportion(shares, context.machines.length);
  const owner = new Int32Array(context.machines.length).fill(NONE);
  let machine = 0;
  counts.forEach((count, framework) => {
    owner.fill(framework, machine, machine + count);
    machine += count;
  });
  return owner;
}

function demandShare(demand: Float64Array, framework: number, context: PolicyContext): number {
  const dims = context.space.size;
  let share = 0;
  for (let d = 0; d < dims; d++) {
    const total = context.machines.reduce((sum, machine) => sum + machine.capacity[d], 0);
    if (total > 0) share = Math.max(share, demand[framework * dims + d] / total);
  }
  return share;
}

function apportion(shares: readonly number[], seats: number): number[] {
  const sum = shares.reduce((a, b) => a + b, 0);
  if (sum === 0) return shares.map(() => 0);
  const wanting = shares.filter((share) => share > 0).length;
  if (wanting > seats) {
    throw new InputError(
      { field: 'partitions' },
      `${wanting} frameworks need at least one machine each, but the cluster has ${seats}`,
    );
  }
  const exact = shares.map((share) => (share / sum) * seats);
  const counts = exact.map((seat) => (seat > 0 ? Math.max(1, Math.floor(seat)) : 0));
  let left = seats - counts.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((seat, i) => ({ i, rest: seat - counts[i] }))
    .sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRemainder) {
    if (left <= 0) break;
    if (shares[i] === 0) continue;
    counts[i]++;
    left--;
  }
  // Raising small silos to one machine may exceed the total. The largest silos give machines back.
  for (; left < 0; left++) counts[counts.indexOf(Math.max(...counts))]--;
  return counts;
}
