/** The claims; the first is about silos, the others about a pool. */
export type Claim = 'silos use 6-12 %' | '60 % less hardware' | 'above 90 % allocated' | 'above 90 % used';

/** By the 95 % interval over seeds: inside the claimed range, outside of it, or overlapping. */
export type Answer = 'holds' | 'does not hold' | 'undecided';

/** A claim that holds or is undecided in a cell, and of which arrangement. */
export type KnownAnswer = readonly [claim: Claim, arrangement: string, answer: Answer];
