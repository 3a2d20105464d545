import alea from 'seedrandom/lib/alea.js';
import { describe, expect, it } from 'vitest';
import { boundaries, nominalLevels, type Spending } from '../../../src/results/statistics/alpha-spending.js';
import { studentT } from '../../../src/results/statistics/student-t.js';

const FIFTHS = [0.2, 0.4, 0.6, 0.8, 1];

describe('the boundaries of a group-sequential test', () => {
  // Reboussin, DeMets, Kim & Lan, Computations for group sequential boundaries (Controlled Clinical Trials 21, 2000): five equal looks,
  // two-sided 0.05.
  it.each([
    ['obrien-fleming', [4.8769, 3.3569, 2.6803, 2.2898, 2.031]],
    ['pocock', [2.438, 2.4268, 2.4101, 2.3966, 2.3859]],
  ] as const)('are those of the published table for the spending of %s', (spending, published) => {
    const found = boundaries(FIFTHS, 0.05, spending);
    for (const [i, z] of published.entries()) expect(Math.abs(found[i] - z)).toBeLessThan(2e-4);
  });

  it.each<Spending>(['obrien-fleming', 'pocock'])('are that of one test with one look: %s', (spending) => {
    expect(boundaries([1], 0.05, spending)[0]).toBeCloseTo(1.959964, 6);
    expect(nominalLevels([1], 0.01, spending)[0]).toBeCloseTo(0.01, 9);
  });

  it('spend the whole error over the looks, whatever their distances', () => {
    const fractions = [0.1, 0.45, 0.5, 1];
    const limits = boundaries(fractions, 0.05, 'pocock');
    const draw = alea('boundaries');
    const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
    const trials = 40_000;
    let crossed = 0;
    for (let trial = 0; trial < trials; trial++) {
      let score = 0;
      const isBeyond = fractions.some((fraction, look) => {
        score += normal() * Math.sqrt(fraction - (fractions[look - 1] ?? 0));
        return Math.abs(score) > limits[look] * Math.sqrt(fraction);
      });
      if (isBeyond) crossed++;
    }
    // Four standard errors of the share.
    expect(Math.abs(crossed / trials - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / trials));
  });

  // The levels are exact for normal scores; for t-tests they are an approximation, which must hold for the few seeds of a gate, too.
  it.each<Spending>(['obrien-fleming', 'pocock'])('hold for t-tests of 4 to 20 pairs: %s', (spending) => {
    const looks = [4, 8, 12, 16, 20];
    const levels = nominalLevels(
      looks.map((count) => count / 20),
      0.05,
      spending,
    );
    const limits = levels.map((level, i) => studentT(1 - level / 2, looks[i] - 1));
    const draw = alea(`t-tests ${spending}`);
    const trials = 40_000;
    let failed = 0;
    for (let trial = 0; trial < trials; trial++) {
      let [count, sum, squares] = [0, 0, 0];
      const isBeyond = looks.some((look, i) => {
        for (; count < look; count++) {
          const value = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
          sum += value;
          squares += value * value;
        }
        const variance = (squares - (sum * sum) / count) / (count - 1);
        return Math.abs(sum / count) > limits[i] * Math.sqrt(variance / count);
      });
      if (isBeyond) failed++;
    }
    expect(failed / trials).toBeGreaterThan(0.045);
    expect(failed / trials).toBeLessThan(0.055);
  });

  it('spend hardly anything at an early look of O’Brien and Fleming', () => {
    expect(nominalLevels([0.02, 1], 0.05, 'obrien-fleming')[0]).toBeLessThan(1e-20);
  });
});
