import type { MachineId, MachineSpec } from '../../model/index.js';

/** Machines that fail together, by the name of the shared component, in the order of their first machine. */
export type Groups = ReadonlyMap<string, readonly MachineId[]>;

/** Components that the machines of a run share. */
export interface Topology {
  readonly machines: readonly string[];
  readonly racks: Groups;
  /** By the attribute `power`. Machines without it get one power unit for every `racksPerPowerUnit` racks. */
  readonly power: Groups;
  /** By the attribute `zone`. Machines without it get one zone for every `racksPerZone` racks, or none if that is 0. */
  readonly zones: Groups;
}

/** Reads the topology from the machines' attributes. A machine without a rack is in no rack. */
export function topologyOf(
  machines: readonly MachineSpec[],
  racksPerPowerUnit: number,
  racksPerZone = 0,
): Topology {
  const racks = groupsBy(machines, (machine) => machine.attributes?.rack);
  const inGroupsOf = (size: number, word: string) =>
    new Map([...racks.keys()].map((rack, i) => [rack, `${word}-${Math.floor(i / size)}`]));
  const unitOfRack = inGroupsOf(racksPerPowerUnit, 'power');
  const zoneOfRack = racksPerZone > 0 ? inGroupsOf(racksPerZone, 'zone') : new Map<string, string>();
  return {
    machines: machines.map((machine) => machine.name),
    racks,
    power: groupsBy(
      machines,
      ({ attributes }) => attributes?.power ?? unitOfRack.get(attributes?.rack ?? ''),
    ),
    zones: groupsBy(machines, ({ attributes }) => attributes?.zone ?? zoneOfRack.get(attributes?.rack ?? '')),
  };
}

function groupsBy(
  machines: readonly MachineSpec[],
  nameOf: (machine: MachineSpec) => string | undefined,
): Groups {
  const groups = new Map<string, MachineId[]>();
  machines.forEach((machine, id) => {
    const name = nameOf(machine);
    if (name === undefined) return;
    const members = groups.get(name) ?? [];
    members.push(id);
    groups.set(name, members);
  });
  return groups;
}
