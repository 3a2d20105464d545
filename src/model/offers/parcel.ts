import { isWithin, type RolePath } from './roles.js';

/**
 * A part of a machine's resources with all that Mesos can say of it (mesos.proto, Resource): reserved or not, regular or
 * revocable, divisible or not, a scalar or a set of numbers. The plain part of a machine (an unreserved, regular, divisible
 * scalar) stands in a row of a table instead; a machine has parcels only for what a row cannot say.
 */
export interface Parcel {
  /** Index of the resource's name. */
  readonly dimension: number;
  /** Quanta; of ranges, how many numbers they hold. */
  readonly amount: number;
  /** Empty for a scalar. */
  readonly ranges: Ranges;
  /** Roles it is reserved for, each a refinement of the one before; the last one owns it. Empty: unreserved. */
  readonly reservations: readonly RolePath[];
  /** Revocable resources are lent: their tasks may be killed to get them back. */
  readonly supply: 'regular' | 'revocable';
  /** An exclusive disk (Mesos: MOUNT) is given whole or not at all. */
  readonly form: 'divisible' | 'exclusive' | 'ranges';
  /** Set for a persistent volume: a part of a disk that outlives its tasks, and is given whole. */
  readonly volume?: PersistentVolume;
}

/** What makes a volume this one among those of a role on a machine, and where tasks find it (mesos.proto, DiskInfo.Persistence). */
export interface PersistentVolume {
  readonly id: string;
  /** Relative to a task's own folder. */
  readonly containerPath: string;
}

/** Parcels in no order. Two that may be merged are one. */
export type Parcels = readonly Parcel[];

/** Is it a scalar that a row of amounts can hold? */
export function isPlain(parcel: Parcel): boolean {
  return parcel.form === 'divisible' && isChargeable(parcel);
}

/** Is it an unreserved regular scalar: what a role takes of it counts against its quota? Reservations count at all times. */
export function isChargeable(parcel: Parcel): boolean {
  return parcel.form !== 'ranges' && parcel.reservations.length === 0 && parcel.supply === 'regular';
}

/** The role that owns a reserved parcel, or undefined. */
export function ownerOf(parcel: Parcel): RolePath | undefined {
  return parcel.reservations.at(-1);
}

/** May it be offered to this role: is it unreserved, or reserved for the role or one above it? */
export function isFor(parcel: Parcel, role: RolePath): boolean {
  const owner = ownerOf(parcel);
  return owner === undefined || isWithin(role, owner);
}

/** `a` and `b` together; what may be merged is merged. */
export function parcelsPlus(a: Parcels, b: Parcels): Parcels {
  const sum = [...a];
  for (const parcel of b) {
    const at = isWhole(parcel) ? -1 : sum.findIndex((other) => isAlike(other, parcel));
    const known = sum[at];
    if (known === undefined) sum.push(parcel);
    else if (parcel.form === 'ranges') sum[at] = withRanges(known, [...known.ranges, ...parcel.ranges]);
    else sum[at] = { ...known, amount: known.amount + parcel.amount };
  }
  return sum;
}

/** What is in `a` beyond `b`; never less than nothing. */
export function parcelsMinus(a: Parcels, b: Parcels): Parcels {
  const rest = [...a];
  for (const parcel of b) {
    const at = rest.findIndex((other) => isAlike(other, parcel) && isTakenWhole(other, parcel));
    const from = rest[at];
    if (from === undefined) continue;
    const left = lessOf(from, parcel);
    if (left === undefined) rest.splice(at, 1);
    else rest[at] = left;
  }
  return rest;
}

/** Is all of `b` in `a`? */
export function parcelsContain(a: Parcels, b: Parcels): boolean {
  return parcelsMinus(b, a).length === 0;
}

/** Parcels of one name and kind, which differ in amount only. */
function isAlike(a: Parcel, b: Parcel): boolean {
  return (
    a.dimension === b.dimension &&
    a.form === b.form &&
    a.supply === b.supply &&
    a.volume?.id === b.volume?.id &&
    a.reservations.length === b.reservations.length &&
    a.reservations.every((role, i) => role === b.reservations[i])
  );
}

/** Is it neither divided nor merged with others? */
function isWhole({ form, volume }: Parcel): boolean {
  return form === 'exclusive' || volume !== undefined;
}

/** Exclusive disks are told apart by their size alone. */
function isTakenWhole(from: Parcel, parcel: Parcel): boolean {
  return !isWhole(parcel) || from.amount === parcel.amount;
}

function lessOf(from: Parcel, parcel: Parcel): Parcel | undefined {
  if (parcel.form === 'ranges') {
    const left = rangesWithout(from.ranges, parcel.ranges);
    return left.length === 0 ? undefined : withRanges(from, left);
  }
  const amount = from.amount - parcel.amount;
  return amount <= 0 ? undefined : { ...from, amount };
}

function withRanges(parcel: Parcel, ranges: Ranges): Parcel {
  const normal = normalRanges(ranges);
  return { ...parcel, ranges: normal, amount: rangesSize(normal) };
}

/** A set of whole numbers, such as ports, as closed ranges: ascending, apart from each other. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** The same set with its ranges in order and joined where they touch. */
export function normalRanges(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** How many numbers are in the set. */
export function rangesSize(ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** What is in `a` and not in `b`. */
function rangesWithout(a: Ranges, b: Ranges): Ranges {
  let rest = a;
  for (const [from, to] of b) {
    rest = rest.flatMap(([low, high]) => {
      const left: [number, number][] = [];
      if (low < from) left.push([low, Math.min(high, from - 1)]);
      if (high > to) left.push([Math.max(low, to + 1), high]);
      return left;
    });
  }
  return rest;
}
