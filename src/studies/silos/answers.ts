/** What is claimed; the first of silos, the others of a pool. */
export type Claim = 'silos use 6-12 %' | '60 % less hardware' | 'above 90 % allocated' | 'above 90 % used';

/** By the 95 % interval over seeds: all of it within what is claimed, none of it, or some. */
export type Answer = 'holds' | 'does not hold' | 'undecided';

/** A claim that holds or is undecided in a cell, and of which arrangement. */
export type KnownAnswer = readonly [claim: Claim, arrangement: string, answer: Answer];
