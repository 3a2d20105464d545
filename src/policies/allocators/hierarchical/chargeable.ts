import type { Column, Parcels } from '../../../model/index.js';
import type { Random } from '../../contract.js';

/** Unreserved regular scalars of one machine. Only these are charged to a quota. Exclusive disks are never split. */
export interface Chargeable {
  readonly amounts: Float64Array;
  readonly exclusives: Parcels;
}

/** The sum per dimension. */
export function quantities({ amounts, exclusives }: Chargeable): Float64Array {
  const sum = amounts.slice();
  for (const { dimension, amount } of exclusives) sum[dimension] += amount;
  return sum;
}

/** `a` minus `b`; `b` is a part of `a`. */
export function without(a: Chargeable, b: Chargeable): Chargeable {
  return {
    amounts: a.amounts.map((amount, d) => amount - b.amounts[d]),
    exclusives: a.exclusives.filter((parcel) => !b.exclusives.includes(parcel)),
  };
}

/** The sum of `a` and `b`. */
export function together(a: Chargeable, b: Chargeable): Chargeable {
  return {
    amounts: a.amounts.map((amount, d) => amount + b.amounts[d]),
    exclusives: [...a.exclusives, ...b.exclusives],
  };
}

/**
 * The part of `from` that fits into `target`. Exclusive disks and divisible amounts are added in random order. An exclusive
 * disk that no longer fits is dropped (Mesos: shrinkResources).
 */
export function shrunk(from: Chargeable, target: Column, random: Random): Chargeable {
  if (from.exclusives.length === 0)
    return { amounts: from.amounts.map((amount, d) => Math.min(amount, target[d])), exclusives: [] };
  const room = Float64Array.from(target);
  const amounts = new Float64Array(from.amounts.length);
  const exclusives: Parcels[number][] = [];
  const divisible = Array.from(from.amounts, (_, dimension) => dimension);
  for (const item of shuffled([...divisible, ...from.exclusives], random)) {
    if (typeof item === 'number') {
      amounts[item] = Math.min(from.amounts[item], room[item]);
      room[item] -= amounts[item];
    } else if (item.amount <= room[item.dimension]) {
      exclusives.push(item);
      room[item.dimension] -= item.amount;
    }
  }
  return { amounts, exclusives };
}

/** A copy of the items in random order (Fisher-Yates shuffle). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
