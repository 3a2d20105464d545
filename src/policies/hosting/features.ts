import { InputError } from '../../model/index.js';
import type { Feature } from '../contract.js';

/** A scheduler or an allocator. */
interface Needing {
  readonly name: string;
  readonly needs?: readonly Feature[];
}

/** @throws InputError when the policy needs a feature that the host does not have. `host` names it, as in `the simulator`. */
export function checkNeeds(
  { name, needs = [] }: Needing,
  features: ReadonlySet<Feature>,
  host: string,
): void {
  const missing = needs.find((feature) => !features.has(feature));
  if (missing === undefined) return;
  throw new InputError(
    { field: '--policy' },
    `${name} needs the feature ${missing}, which ${host} does not have; it has ${[...features].join(', ')}`,
  );
}
