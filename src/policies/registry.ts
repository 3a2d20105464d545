import type { Policy } from './policy.js';
import { drf } from './presets/drf.js';
import { LIST_POLICIES } from './presets/list-policies.js';
import { lottery } from './presets/lottery.js';
import { monolithic } from './presets/monolithic.js';
import { omega } from './presets/omega.js';
import { silos } from './presets/silos.js';
import { sparrow } from './presets/sparrow.js';
import { wholeCellOffers } from './presets/whole-cell-offers.js';

/** All built-in policies, by which `--policy NAME` is resolved. */
export const POLICIES: readonly Policy[] = [
  silos,
  drf,
  lottery,
  ...LIST_POLICIES,
  monolithic,
  wholeCellOffers,
  omega,
  sparrow,
];

/** The built-in policy of this name, or undefined. */
export function policyNamed(name: string): Policy | undefined {
  return POLICIES.find((policy) => policy.name === name);
}
