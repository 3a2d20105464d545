import { type Parcels, resourceKind } from '../../model/index.js';
import type { Portion } from '../../policies/contract-offers.js';
import type { SpaceLedger } from '../../policies/hosting/space-view.js';

/** Resources of a master. Scalars of Mesos have three decimals. */
export function namedSpace(names: readonly string[]): SpaceLedger['space'] {
  return {
    names,
    kinds: names.map((name) => resourceKind(name) ?? { name, unit: name, quantaPerUnit: 1000 }),
    dimensionOf: (name) => names.indexOf(name),
  };
}

/** The portion as parcels. */
export function portionParcels({ amounts, parcels }: Portion): Parcels {
  const plain = Array.from(amounts, (amount, dimension) => ({
    dimension,
    amount,
    ranges: [],
    reservations: [],
    supply: 'regular' as const,
    form: 'divisible' as const,
  }));
  return [...plain.filter(({ amount }) => amount > 0), ...parcels];
}
