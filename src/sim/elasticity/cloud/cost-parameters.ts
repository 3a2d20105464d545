import type { Parameter } from '../../../model/index.js';

/** Prices beside those of a file of machines. */
export const COST_PARAMETERS: readonly Parameter[] = [
  // No figure: what a machine costs differs from place to place.
  {
    kind: 'number',
    name: 'machineHour',
    default: 0,
    min: 0,
    about: "Price of an hour of a machine of one's own that has none; 0 leaves it without.",
  },
];
