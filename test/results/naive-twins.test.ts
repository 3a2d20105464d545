import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { metricPathExists, metricValue } from '../../src/results/metric.js';
import { amountText, countText, metricText } from '../../src/results/metric-text.js';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { studentT } from '../../src/results/statistics/student-t.js';

describe('the interval of a mean', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 20 });

  test('is that of the textbook: the sample variance by the sum of squares of all pairs', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0.9, 0.95, 0.99), (drawn, confidence) => {
        const n = drawn.length;
        const pairs = drawn.flatMap((a) => drawn.map((b) => (a - b) ** 2)).reduce((a, b) => a + b, 0);
        const standardError = Math.sqrt(pairs / (2 * n * (n - 1)) / n);
        const { count, mean, halfWidth } = meanInterval(drawn, confidence);
        expect(count).toBe(n);
        expect(mean).toBeCloseTo(drawn.reduce((a, b) => a + b, 0) / n, 9);
        expect(halfWidth).toBeCloseTo(studentT(1 - (1 - confidence) / 2, n - 1) * standardError, 6);
      }),
    );
  });

  test('moves with the values, and grows with their scale', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -50, max: 50 }), (drawn, shift) => {
        const plain = meanInterval(drawn);
        const moved = meanInterval(drawn.map((value) => 2 * value + shift));
        expect(moved.mean).toBeCloseTo(2 * plain.mean + shift, 9);
        expect(moved.halfWidth).toBeCloseTo(2 * (plain.halfWidth as number), 6);
      }),
    );
  });
});

describe('a metric of a summary', () => {
  /** Objects in objects with numbers and nulls, as a summary is. */
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.dictionary(
      fc.constantFrom('a', 'b', 'wait', 'p95', 'mean'),
      fc.oneof({ depthSize: 'small' }, fc.nat(), fc.constant(null), tie('tree')),
      { maxKeys: 4 },
    ),
  }));

  function* leavesOf(value: unknown, path: readonly string[] = []): Iterable<[string, number | null]> {
    if (typeof value === 'number' || value === null) yield [path.join('.'), value];
    else for (const [key, child] of Object.entries(value as object)) yield* leavesOf(child, [...path, key]);
  }

  test('is found at its path, and a null is a path without a value', () => {
    fc.assert(
      fc.property(tree, (drawn) => {
        const summary = drawn as Summary;
        for (const [path, value] of leavesOf(drawn)) {
          expect(metricPathExists(summary, path)).toBe(true);
          expect(metricValue(summary, path)).toBe(value ?? undefined);
          expect(metricPathExists(summary, `${path}.x`)).toBe(false);
        }
      }),
    );
  });
});

describe('the text of a number', () => {
  test('has a comma at every third digit', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (count) => {
        expect(countText(count)).toBe(count.toLocaleString('en-US'));
      }),
    );
  });

  test.each([
    [999.4, '999'],
    [1000, '1,000'],
    [9_999.5, '10,000'],
    [0.0005, '0.0005'],
    [0.00049, '0'],
  ])('%d as a ratio is %s', (value, text) => {
    expect(metricText(value, { unit: 'ratio' })).toBe(text);
  });

  test('keeps the two digits of a share that is rare', () => {
    expect(metricText(0.000_012_34, { unit: 'share', isRare: true })).toBe('0.0012 %');
    expect(metricText(0.5, { unit: 'share', isRare: true })).toBe('50 %');
  });

  test('gives amounts in the unit that people use', () => {
    expect([1023, 1024, 2 ** 20 - 1024, 2 ** 20].map((mebibytes) => amountText('mem', mebibytes))).toEqual([
      '1,023 MiB memory',
      '1 GiB memory',
      '1,023 GiB memory',
      '1 TiB memory',
    ]);
    expect([amountText('cpus', 1), amountText('gpus', 2), amountText('disk', 512)]).toEqual([
      '1 core',
      '2 GPUs',
      '512 MiB disk',
    ]);
    expect([amountText('network', 1000), amountText('licences', 3)]).toEqual([
      '1,000 Mbit/s network',
      '3 licences',
    ]);
  });
});
