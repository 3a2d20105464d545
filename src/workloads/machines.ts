import {
  InputError,
  type InputPlace,
  MAX_DEVICES,
  type MachineSpec,
  quote,
  RESOURCE_NAMES,
  type ResourceSpace,
} from '../model/index.js';
import type { MachineTimeline } from './machine-change.js';

/** The machines of a run: from the user, as a specification or a file, or from the trace. */
export interface MachineSource {
  /** The specification, or the file name without its folder. */
  readonly name: string;
  /** Resources that the machines have. */
  readonly resources: readonly string[];
  /** Number of values of the file that were rounded, for each kind; final after `machines`. Left out if none can be. */
  readonly adjusted?: Readonly<Record<string, number>>;
  /** @throws InputError */
  machines(space: ResourceSpace): Promise<MachineSpec[]>;
  /** How they change during the run; left out if they do not. @throws InputError */
  changes?(space: ResourceSpace, machines: readonly MachineSpec[]): Promise<MachineTimeline>;
}

/** The syntax of `--machines`, for messages. */
const MACHINES_FORM =
  'COUNTxCPUScpu/MEM[/DISKdisk][/GPUSgpu][/Ndisks], such as 500x16cpu/64GiB, several joined by commas, or a file';

/** Number of machines per rack in a specification. */
const RACK_SIZE = 40;

/** Larger counts are treated as typing errors. */
export const MAX_MACHINES = 10_000_000;

/**
 * Parses `500x16cpu/64GiB,20x32cpu/256GiB/4TiBdisk/8gpu`. The machines get the attributes `rack` (40 machines per rack,
 * in rank order) and `shape` (their part of the specification).
 * @throws InputError
 */
export function parseMachines(text: string): MachineSource {
  const groups = text.split(',').map((part) => parseGroup(part.trim(), text));
  const resources = new Set(groups.flatMap((group) => Object.keys(group.amounts)));
  return {
    name: text,
    resources: RESOURCE_NAMES.filter((name) => resources.has(name)),
    machines: async (space) => groups.flatMap((group) => machinesOf(group, space)).map(named),
  };
}

/**
 * Whether a text for `--machines` is a specification, and not the name of a file. A number alone, or a count that is negative, is a
 * mistake in a specification.
 */
export function isMachineSpecification(text: string): boolean {
  return /^\d+\s*x|^[-+\d.,\s]+(x.*)?$/.test(text);
}

interface Group {
  readonly count: number;
  readonly shape: string;
  readonly amounts: Readonly<Record<string, number>>;
}

const PLACE = { field: '--machines' };

function parseGroup(part: string, text: string): Group {
  const match = /^(\d+)\s*x\s*(.+)$/.exec(part);
  if (match === null) throw InputError.expected(PLACE, text, MACHINES_FORM);
  const count = Number(match[1]);
  if (count < 1 || count > MAX_MACHINES)
    throw InputError.expected(PLACE, part, `from 1 to ${MAX_MACHINES} machines`);
  const amounts = parseAmounts(match[2], PLACE, part);
  const none = Object.entries(amounts).find(([, amount]) => amount === 0);
  if (none !== undefined) throw InputError.expected(PLACE, part, `an amount of ${none[0]} above 0`);
  return { count, shape: match[2], amounts };
}

/**
 * Amounts in units (cores, MiB, devices) from text such as `16cpu/64GiB/4TiBdisk/8gpu`. Messages quote `written`.
 * @throws InputError
 */
export function parseAmounts(
  text: string,
  place: InputPlace,
  written: string = text,
): Readonly<Record<string, number>> {
  const amounts: Record<string, number> = {};
  // Slashes separate the amounts, except in Mbit/s.
  for (const piece of text.split(/(?<!Mbit)\//)) {
    const [resource, amount] = parseAmount(piece.trim(), place);
    if (resource in amounts) throw new InputError(place, `${quote(written)} gives ${resource} twice`);
    amounts[resource] = amount;
  }
  return amounts;
}

const MEBIBYTES: Readonly<Record<string, number>> = { MiB: 1, GiB: 1024, TiB: 1024 * 1024 };

function parseAmount(piece: string, place: InputPlace): [string, number] {
  const match =
    /^(\d+(?:\.\d+)?)\s*(cpus?|gpus?|ports?|slots?|disks?|Mbit(?:\/s)?|MiB|GiB|TiB)\s*(mem|disk)?$/.exec(
      piece,
    );
  if (match === null)
    throw InputError.expected(place, piece, 'an amount such as 16cpu, 64GiB, 2TiBdisk, 8gpu, 1000Mbit');
  const [, number, unit, what] = match;
  const value = Number(number);
  if (unit in MEBIBYTES) return [what ?? 'mem', value * MEBIBYTES[unit]];
  if (what !== undefined) throw InputError.expected(place, piece, `${what} in MiB, GiB or TiB`);
  if (unit.startsWith('Mbit')) return ['network', value];
  if (unit.startsWith('gpu')) checkGpus(value, piece, place);
  return [`${unit.replace(/s$/, '')}s`, value];
}

/** GPUs are whole devices, and the devices of a machine are the bits of a number. @throws InputError */
export function checkGpus(gpus: number, found: string, place: InputPlace): void {
  if (!Number.isInteger(gpus) || gpus > MAX_DEVICES)
    throw InputError.expected(place, found, `whole GPUs, at most ${MAX_DEVICES}`);
}

function machinesOf(group: Group, space: ResourceSpace): MachineSpec[] {
  const amounts = Object.fromEntries(
    Object.entries(group.amounts).filter(([name]) => space.dimensionOf(name) >= 0),
  );
  const capacity = space.quanta(amounts, PLACE);
  return Array.from({ length: group.count }, () => ({
    name: '',
    capacity,
    attributes: { shape: group.shape },
  }));
}

function named(spec: MachineSpec, rank: number): MachineSpec {
  return {
    ...spec,
    name: `machine-${rank}`,
    attributes: { ...spec.attributes, rack: `rack-${Math.floor(rank / RACK_SIZE)}` },
  };
}

/** The names of the machines of a file. Faults, operations and results name machines, so their names must differ. */
export class MachineNames {
  /** The line of each name. */
  private readonly lines = new Map<string, number>();

  /** Adds a name that the file gives. @throws InputError when another line gives it. */
  add(name: string, place: InputPlace, line: number): void {
    const other = this.lines.get(name);
    if (other !== undefined)
      throw new InputError(place, `${quote(name)} is also the name of the machine of line ${other}`);
    this.lines.set(name, line);
  }

  /** The names that were added. */
  all(): ReadonlySet<string> {
    return new Set(this.lines.keys());
  }
}

/** Renames machines whose generated name is also in `given`, or belongs to a machine before them: it gets a number. */
export function distinctNames(
  machines: readonly MachineSpec[],
  given: ReadonlySet<string>,
  isGenerated: (machine: MachineSpec) => boolean = () => true,
): MachineSpec[] {
  const taken = new Set(given);
  return machines.map((machine) => {
    if (!isGenerated(machine)) return machine;
    let { name } = machine;
    for (let number = 2; taken.has(name); number++) name = `${machine.name}-${number}`;
    taken.add(name);
    return name === machine.name ? machine : { ...machine, name };
  });
}
