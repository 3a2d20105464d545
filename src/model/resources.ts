import { InputError, type InputPlace, quote } from './input-error.js';

/** One dimension of a resource vector. Amounts are whole quanta. `quantaPerUnit` converts the unit of user input to quanta. */
export interface ResourceKind {
  readonly name: string;
  readonly unit: string;
  readonly quantaPerUnit: number;
}

/** Largest amount of one resource on one machine, in quanta: the ledger's rows are 32-bit. */
export const MAX_QUANTA = 2 ** 31 - 1;

const KINDS: readonly ResourceKind[] = [
  { name: 'cpus', unit: 'cores', quantaPerUnit: 1000 },
  { name: 'mem', unit: 'MiB', quantaPerUnit: 1 },
  { name: 'disk', unit: 'MiB', quantaPerUnit: 1 },
  { name: 'gpus', unit: 'GPUs', quantaPerUnit: 1000 },
  { name: 'network', unit: 'Mbit/s', quantaPerUnit: 1 },
  { name: 'ports', unit: 'ports', quantaPerUnit: 1 },
  { name: 'slots', unit: 'tasks', quantaPerUnit: 1 },
  // Whole disks, each for one task; `disk` is space on shared disks.
  { name: 'disks', unit: 'disks', quantaPerUnit: 1 },
];

/** All supported resource names in canonical order. */
export const RESOURCE_NAMES: readonly string[] = KINDS.map((kind) => kind.name);

/**
 * The dimensions of one run, in canonical order. A vector of the space is an array of whole quanta, one per dimension:
 * cpus and gpus in 1/1000, mem and disk in MiB. The ledger has no floats.
 */
export class ResourceSpace {
  readonly kinds: readonly ResourceKind[];
  readonly names: readonly string[];
  /** Number of dimensions. */
  readonly size: number;
  /** Dimension of `gpus`, or -1 if the space has none. */
  readonly gpuDimension: number;

  /** @throws InputError when a name is unknown or given twice. */
  constructor(names: Iterable<string>, place: InputPlace = {}) {
    const wanted = new Set<string>();
    for (const name of names) {
      if (!RESOURCE_NAMES.includes(name)) {
        throw new InputError(
          place,
          `unknown resource ${quote(name)}, expected one of ${RESOURCE_NAMES.join(', ')}`,
        );
      }
      if (wanted.has(name)) throw new InputError(place, `resource ${quote(name)} is given twice`);
      wanted.add(name);
    }
    this.kinds = Object.freeze(
      KINDS.filter((kind) => wanted.has(kind.name)).map((kind) => Object.freeze({ ...kind })),
    );
    this.names = Object.freeze(this.kinds.map((kind) => kind.name));
    this.size = this.kinds.length;
    this.gpuDimension = this.names.indexOf('gpus');
    // Policies hold the space of the ledger.
    Object.freeze(this);
  }

  /** Dimension of a resource name, or -1. */
  dimensionOf(name: string): number {
    return this.names.indexOf(name);
  }

  /**
   * Converts amounts in units (`{cpus: 1.5, mem: 2048}`) to quanta; other resources are 0. Fractions of a quantum are
   * rounded up, so that a demand is never too small.
   * @throws InputError when a name is not in this space, or an amount is negative or too large.
   */
  quanta(amounts: Readonly<Record<string, number>>, place: InputPlace = {}): number[] {
    const vector = new Array<number>(this.size).fill(0);
    for (const [name, amount] of Object.entries(amounts)) {
      const dimension = this.dimensionOf(name);
      if (dimension < 0) {
        throw new InputError(
          { ...place, field: name },
          `no machine has this resource (they have ${this.names.join(', ')})`,
        );
      }
      vector[dimension] = toQuanta(this.kinds[dimension] as ResourceKind, amount, place);
    }
    return vector;
  }

  /** `cpus 1.5, mem 2048` for messages, without zero amounts. */
  text(vector: ArrayLike<number>, offset = 0): string {
    const parts: string[] = [];
    this.kinds.forEach((kind, dimension) => {
      const amount = vector[offset + dimension];
      if (amount !== 0) parts.push(`${kind.name} ${amount / kind.quantaPerUnit}`);
    });
    return parts.length === 0 ? 'nothing' : parts.join(', ');
  }
}

// All runs of a process share its methods.
Object.freeze(ResourceSpace.prototype);

/** The kind of a resource name, or undefined. */
export function resourceKind(name: string): ResourceKind | undefined {
  return KINDS.find((kind) => kind.name === name);
}

/**
 * One amount in quanta, rounded up to a whole quantum (with a millionth of slack, so that 0.1 + 0.2 cores is 300).
 * @throws InputError when it is negative, not a number, or above MAX_QUANTA.
 */
export function toQuanta(kind: ResourceKind, amount: number, place: InputPlace = {}): number {
  const here = { ...place, field: place.field ?? kind.name };
  if (!(amount >= 0)) throw InputError.expected(here, amount, `an amount of ${kind.unit} >= 0`);
  const quanta = Math.ceil(amount * kind.quantaPerUnit - 1e-6);
  if (quanta > MAX_QUANTA) {
    throw InputError.expected(here, amount, `at most ${MAX_QUANTA / kind.quantaPerUnit} ${kind.unit}`);
  }
  return quanta === 0 ? 0 : quanta;
}
