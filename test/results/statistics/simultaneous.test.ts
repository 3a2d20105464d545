import { describe, expect, it } from 'vitest';
import { meanInterval, standardError } from '../../../src/results/statistics/mean-interval.js';
import {
  correctForNumber,
  type DifferencesBySeed,
  holm,
  maxTQuantile,
} from '../../../src/results/statistics/simultaneous.js';
import { studentT } from '../../../src/results/statistics/student-t.js';
import { RandomStreams } from '../../../src/sim/random-streams.js';

const OPTIONS = { confidence: 0.95, seed: 'test' };

function normalDraws(name: string): () => number {
  const draw = new RandomStreams('simultaneous').stream(name);
  return () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/** Normal comparisons with this correlation, such as 0.5 for differences of independent values to one reference. */
function familyOf(seeds: number, comparisons: number, correlation: number, normal: () => number): number[][] {
  const common = Array.from({ length: seeds }, normal);
  return Array.from({ length: comparisons }, () =>
    common.map((one) => Math.sqrt(correlation) * one + Math.sqrt(1 - correlation) * normal()),
  );
}

describe("Holm's adjusted p-values", () => {
  it('are those of statsmodels 0.13.5: multipletests([0.01, 0.04, 0.03, 0.005], method="holm")', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  it('are at most 1, and none of no comparison', () => {
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe('the quantile of max-t', () => {
  const quantileOf = (comparisons: number, correlation: number) => {
    const normal = normalDraws(`${comparisons}/${correlation}`);
    const draw = new RandomStreams('resamples').stream('draws');
    return maxTQuantile(familyOf(300, comparisons, correlation, normal), 0.95, draw);
  };

  // Dunnett, New tables for multiple comparisons with a control, Biometrics 20 (1964): two-sided, 5 %, infinite degrees of freedom.
  it.each([
    [2, 2.21],
    [5, 2.51],
    [9, 2.69],
  ])('for %i comparisons with a common reference is near %d of Dunnett (1964)', (comparisons, table) => {
    expect(Math.abs(quantileOf(comparisons, 0.5) - table)).toBeLessThan(0.12);
  });

  it("for independent comparisons is near Šidák's, and for equal ones that of a single comparison", () => {
    // The normal quantile at (1 + 0.95^(1/10)) / 2 is 2.800.
    expect(Math.abs(quantileOf(10, 0) - 2.8)).toBeLessThan(0.12);
    expect(Math.abs(quantileOf(10, 1) - 1.97)).toBeLessThan(0.12);
  });
});

describe('a family of comparisons', () => {
  it('of one has the interval of that one', () => {
    const values = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const { method, comparisons, corrected } = correctForNumber([values], OPTIONS);
    expect([method, comparisons]).toEqual(['none', 1]);
    expect(corrected[0]?.halfWidth).toBeCloseTo(meanInterval(values).halfWidth as number, 10);
    expect(corrected[0]?.p).toBeCloseTo(0.002833, 6);
  });

  it("has Bonferroni's intervals with few seeds", () => {
    const family = familyOf(5, 10, 0.5, normalDraws('few'));
    const { method, corrected } = correctForNumber(family, OPTIONS);
    expect(method).toBe('bonferroni');
    for (const [i, values] of family.entries()) {
      // From scipy 1.10.1: stats.t.ppf(1 - 0.05 / 20, 4).
      expect(corrected[i]?.halfWidth).toBeCloseTo(5.597568368322182 * standardError(values), 8);
    }
  });

  it('has narrower intervals than those with many seeds, and the same ones every time', () => {
    const family = familyOf(30, 20, 0.9, normalDraws('many'));
    const once = correctForNumber(family, OPTIONS);
    expect(once.method).toBe('max-t');
    const bonferroni = studentT(1 - 0.05 / 40, 29) * standardError(family[0]);
    expect(once.corrected[0]?.halfWidth).toBeLessThan(bonferroni);
    expect(correctForNumber(family, OPTIONS)).toEqual(once);
  });

  it('does not count a comparison without any difference or with a single pair', () => {
    const family: DifferencesBySeed[] = [
      [0, 0, 0],
      [1, 2, 4],
      [undefined, 5, undefined],
      [3, 3, undefined],
    ];
    const { comparisons, corrected } = correctForNumber(family, OPTIONS);
    expect(comparisons).toBe(2);
    expect(corrected.map((one) => one !== undefined)).toEqual([false, true, false, true]);
    expect(corrected[3]).toEqual({ halfWidth: 0, p: 0.5 });
    expect(correctForNumber([[0, 0]], OPTIONS)).toEqual({
      method: 'none',
      comparisons: 0,
      corrected: [undefined],
    });
  });

  it('contains all true differences at once in at least 95 of 100 families', () => {
    const normal = normalDraws('coverage');
    const families = 200;
    let covered = 0;
    for (let i = 0; i < families; i++) {
      const family = familyOf(10, 12, 0.7, normal);
      const { corrected } = correctForNumber(family, OPTIONS);
      const holds = family.every(
        (values, at) => Math.abs(meanInterval(values).mean) <= (corrected[at]?.halfWidth ?? 0),
      );
      if (holds) covered++;
    }
    // Three standard errors below 0.95.
    expect(covered / families).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / families));
  });
});
