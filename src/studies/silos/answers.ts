/** The claims. The first is about silos, the others are about a pool. */
export type Claim = 'silos use 6-12 %' | '60 % less hardware' | 'above 90 % allocated' | 'above 90 % used';

/** Position of the interval over seeds, corrected for the number of claims in the cell: inside the claimed range, outside, or overlapping its border. */
export type Answer = 'holds' | 'does not hold' | 'undecided';

/** A claim that holds or is undecided for an arrangement in a cell. */
export type KnownAnswer = readonly [claim: Claim, arrangement: string, answer: Answer];
