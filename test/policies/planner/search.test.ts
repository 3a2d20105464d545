import alea from 'seedrandom/lib/alea.js';
import { describe, expect, test } from 'vitest';
import { compareSearches } from './compare-searches.js';
import { KINDS } from './random-gangs.js';

describe('the search against exhaustive search', () => {
  test.each(KINDS)('gives equal answers for random gangs of the kind: %s', (kind) => {
    const cases = Array.from({ length: 60 }, (_, i) => compareSearches(kind, alea(`${kind} ${i}`)));
    const differences = cases.flatMap(({ difference }, i) =>
      difference === undefined ? [] : [`${kind} ${i}: ${difference}`],
    );
    expect(differences).toEqual([]);
    // The cases are of both sorts.
    const feasible = cases.filter(({ isFeasible }) => isFeasible).length;
    expect(feasible).toBeGreaterThan(5);
    expect(feasible).toBeLessThan(55);
  });
});
