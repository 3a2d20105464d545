import { describe, expect, it } from 'vitest';
import { binsPerStep, mergedBins, mergedRows } from '../../src/report/down-sampling.js';
import { packed, unpacked } from '../../src/report/packed-series.js';

describe('down-sampling', () => {
  it('merges by powers of two until the steps are few enough', () => {
    expect([binsPerStep(512, 512), binsPerStep(512, 511), binsPerStep(300, 100)]).toEqual([1, 2, 4]);
  });

  it('keeps the mean over the run, although the last bin is shorter', () => {
    const values = Float64Array.of(1, 3, 5, 11);
    const merged = mergedBins({ binSeconds: 4, lastBinSeconds: 1, values }, 2);
    expect([...merged]).toEqual([2, (5 * 4 + 11 * 1) / 5]);
    expect((merged[0] * 8 + merged[1] * 5) / 13).toBeCloseTo((1 * 4 + 3 * 4 + 5 * 4 + 11) / 13);
  });

  it('takes the mean of neighbouring rows, and of fewer at the end', () => {
    const rows = [Float64Array.of(0, 1), Float64Array.of(1, 0), Float64Array.of(0.5, 0.25)];
    expect(mergedRows(rows, 2).map((row) => [...row])).toEqual([
      [0.5, 0.5],
      [0.5, 0.25],
    ]);
  });
});

describe('a packed series', () => {
  it('reads back within a 131,070th of its largest value', () => {
    const values = Float64Array.from({ length: 10_000 }, (_, i) => (i * 37) % 1234.5);
    const back = unpacked(packed(values));
    const worst = Math.max(...values.map((value, i) => Math.abs(value - back[i])));
    expect(worst).toBeLessThanOrEqual(1.01 * (1234.5 / 131_070));
  });

  it('reads back zeros and nothing', () => {
    expect([...unpacked(packed([0, 0]))]).toEqual([0, 0]);
    expect([...unpacked(packed([]))]).toEqual([]);
  });
});
