import type { MachineSpec, ResourceSpace } from '../../model/index.js';
import type { MachineSource } from '../machines.js';

/** Machines of one kind, with shares of the largest machine's cores and memory. */
interface MachineKind {
  readonly count: number;
  readonly platform: 'A' | 'B' | 'C';
  readonly cpu: number;
  readonly mem: number;
}

/**
 * The 12,583 machines of the 2011 cell: Reiss, Tumanov, Ganger, Katz & Kozuch, "Heterogeneity and dynamicity of clouds at scale:
 * Google trace analysis", SoCC 2012, table 1. Capacities are published as shares of the largest machine.
 */
const MACHINE_KINDS: readonly MachineKind[] = [
  { count: 6732, platform: 'B', cpu: 0.5, mem: 0.5 },
  { count: 3863, platform: 'B', cpu: 0.5, mem: 0.25 },
  { count: 1001, platform: 'B', cpu: 0.5, mem: 0.75 },
  { count: 795, platform: 'C', cpu: 1, mem: 1 },
  { count: 126, platform: 'A', cpu: 0.25, mem: 0.25 },
  { count: 52, platform: 'B', cpu: 0.5, mem: 0.12 },
  { count: 5, platform: 'B', cpu: 0.5, mem: 0.03 },
  { count: 5, platform: 'B', cpu: 0.5, mem: 0.97 },
  { count: 3, platform: 'C', cpu: 1, mem: 0.5 },
  { count: 1, platform: 'B', cpu: 0.5, mem: 0.06 },
];

/** Platforms of the machines. The first one has the smallest machines, which constrained jobs exclude. */
export const PLATFORMS = ['A', 'B', 'C'] as const;

/** Cores and MiB of the largest machine. Shares refer to these. */
export interface LargestMachine {
  readonly cpus: number;
  readonly mem: number;
}

/** A group of equal machines, in units: cores and MiB. */
export interface MachineGroup {
  readonly count: number;
  readonly platform: string;
  readonly cpus: number;
  readonly mem: number;
}

/** The mix for a cell of `scale` times the published size. Kinds without machines are left out. */
export function machineGroups(scale: number, largest: LargestMachine): MachineGroup[] {
  let before = 0;
  const groups = MACHINE_KINDS.map(({ count, platform, cpu, mem }) => {
    // The running total is rounded, so that the total of all kinds is correct.
    const from = Math.round(before * scale);
    before += count;
    return {
      count: Math.round(before * scale) - from,
      platform,
      cpus: cpu * largest.cpus,
      mem: Math.floor(mem * largest.mem),
    };
  });
  return groups.filter((group) => group.count > 0);
}

/** These machines for a run. Each has its platform as an attribute. */
export function machineSource(name: string, groups: readonly MachineGroup[]): MachineSource {
  return {
    name,
    resources: ['cpus', 'mem'],
    machines: async (space) => groups.flatMap((group) => specs(group, space)).map(named),
  };
}

function specs(
  { count, platform, cpus, mem }: MachineGroup,
  space: ResourceSpace,
): Omit<MachineSpec, 'name'>[] {
  const capacity = space.quanta({ cpus, mem });
  return Array.from({ length: count }, () => ({ capacity, attributes: { platform } }));
}

function named(spec: Omit<MachineSpec, 'name'>, rank: number): MachineSpec {
  return { ...spec, name: `machine-${rank}` };
}
