import { isWithin, type RolePath } from './roles.js';

/**
 * A part of a machine's resources with all attributes of Mesos (mesos.proto, Resource): reserved or not, regular or
 * revocable, divisible or not, a scalar or a set of numbers. The plain part of a machine (unreserved, regular,
 * divisible scalars) is a row of a table instead. Parcels are used only for resources that a row cannot represent.
 */
export interface Parcel {
  /** Index of the resource's name. */
  readonly dimension: number;
  /** In quanta. For ranges, the number of their elements. */
  readonly amount: number;
  /** Empty for a scalar. */
  readonly ranges: Ranges;
  /** Roles that it is reserved for. Each refines the one before; the last one owns the parcel. Empty: unreserved. */
  readonly reservations: readonly RolePath[];
  /** Revocable resources are lent. Their tasks may be killed to reclaim them. */
  readonly supply: 'regular' | 'revocable';
  /** An exclusive disk (Mesos: MOUNT) is allocated as a whole. */
  readonly form: 'divisible' | 'exclusive' | 'ranges';
  /** Set for a persistent volume: a part of a disk that outlives its tasks and is allocated as a whole. */
  readonly volume?: PersistentVolume;
}

/** Identity of a volume among those of a role on a machine, and its path in tasks (mesos.proto, DiskInfo.Persistence). */
export interface PersistentVolume {
  readonly id: string;
  /** Relative to the task's sandbox folder. */
  readonly containerPath: string;
}

/** Parcels in any order. Mergeable parcels are merged. */
export type Parcels = readonly Parcel[];

/** Whether the parcel is a scalar that fits in a row of amounts. */
export function isPlain(parcel: Parcel): boolean {
  return parcel.form === 'divisible' && isChargeable(parcel);
}

/** Whether the parcel is an unreserved regular scalar, whose allocation counts towards the quota. Reservations always count. */
export function isChargeable(parcel: Parcel): boolean {
  return parcel.form !== 'ranges' && parcel.reservations.length === 0 && parcel.supply === 'regular';
}

/** The role that owns a reserved parcel, or undefined. */
export function ownerOf(parcel: Parcel): RolePath | undefined {
  return parcel.reservations.at(-1);
}

/** Whether the parcel may be offered to this role: it is unreserved, or reserved for the role or an ancestor. */
export function isFor(parcel: Parcel, role: RolePath): boolean {
  const owner = ownerOf(parcel);
  return owner === undefined || isWithin(role, owner);
}

/** The sum of `a` and `b`, with mergeable parcels merged. */
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

/** The parcels of `a` minus those of `b`; never negative. */
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

/** Whether `a` contains all of `b`. */
export function parcelsContain(a: Parcels, b: Parcels): boolean {
  return parcelsMinus(b, a).length === 0;
}

/** Whether the parcels have the same name and kind, and may differ only in amount. */
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

/** Whether the parcel is neither divided nor merged. */
function isWhole({ form, volume }: Parcel): boolean {
  return form === 'exclusive' || volume !== undefined;
}

/** Exclusive disks are distinguished only by size. */
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

/** A set of whole numbers, such as ports, as closed ranges: ascending and not adjacent. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** The same set with sorted ranges. Adjacent ranges are merged. */
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

/** Number of elements of the set. */
export function rangesSize(ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** The elements of `a` that are not in `b`. */
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
