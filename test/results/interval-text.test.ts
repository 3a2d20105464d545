import { describe, expect, it } from 'vitest';
import type { ComparedDifference, ComparedValue } from '../../src/results/comparison.js';
import {
  changeText,
  differenceText,
  intervalText,
  meanText,
  valueText,
} from '../../src/results/interval-text.js';
import type { Written } from '../../src/results/metric-text.js';

const interval = (mean: number, halfWidth: number | undefined) => ({ count: 3, mean, halfWidth });

describe('the text of an interval', () => {
  it.each<[number, number, Written['unit'], string]>([
    [0.5, 0.021, 'share', '50.0 ± 2.1 %'],
    [41.4234, 9.65, 's', '41.4 ± 9.7 s'],
    [353, 221, 's', '5.9 ± 3.7 min'],
    [7322, 1400, 's', '2.03 ± 0.39 h'],
    [0.0123, 0.0021, 's', '12.3 ± 2.1 ms'],
    [234567, 2100, 'count', '234,567 ± 2,100'],
    [1000, 0.4, 'count', '1,000.00 ± 0.40'],
    [0.70412, 0.0761, 'ratio', '0.704 ± 0.076'],
    [0.0004, 480, 's', '0.0 ± 8.0 min'],
    [-0.0004, 4800, 's', '0 ± 80 min'],
  ])('of %d ± %d in %s has two digits of the half-width: %s', (mean, halfWidth, unit, text) => {
    expect(intervalText(interval(mean, halfWidth), { unit })).toBe(text);
  });

  it('has no half-width where there is none, and never one of 0', () => {
    expect(intervalText(interval(0.5, undefined), { unit: 'share' })).toBe('50.0 %');
    expect(intervalText(interval(0.5, 0), { unit: 'share' })).toBe('50.0 %');
    expect(intervalText(interval(100, 1e-9), { unit: 'ratio' })).toBe('100.000 ± 0.001');
    expect(intervalText(undefined, { unit: 'share' })).toBe('–');
  });
});

describe('the text of a value', () => {
  const value = (mean: number, halfWidth: number | undefined, low: number, high: number): ComparedValue => ({
    ...interval(mean, halfWidth),
    limits: { low, high },
    median: { value: mean, limits: undefined },
  });

  it('has limits where mean - half-width would be below 0', () => {
    expect(valueText(value(3.44, 7.89, 0.347, 34.1), { unit: 's' })).toBe('3.4 (0.35–34) s');
    expect(valueText(value(10, 3, 7, 13), { unit: 's' })).toBe('10.0 ± 3.0 s');
  });

  it('alone has the digits that its interval allows', () => {
    expect(meanText(value(41.4234, 9.65, 31.7, 51.1), { unit: 's' })).toBe('41.4 s');
    expect(meanText(undefined, { unit: 's' })).toBe('–');
  });
});

describe('the text of a difference', () => {
  const difference = (
    mean: number,
    halfWidth: number | undefined,
    together?: number,
  ): ComparedDifference => ({
    ...interval(mean, halfWidth),
    p: 0.01,
    corrected: together === undefined ? undefined : { halfWidth: together, p: 0.01 },
    isSupported: true,
  });

  it('has its sign, the interval for all differences together, and the one for it alone', () => {
    expect(differenceText(difference(-38.04, 12.1, 21.4), { unit: 's' })).toBe('-38 ± 21 (12) s');
    expect(differenceText(difference(2.5, 1.2), { unit: 'ratio' })).toBe('+2.5 ± 1.2');
    expect(differenceText(difference(2.5, 1.2, 1.2), { unit: 'ratio' })).toBe('+2.5 ± 1.2');
  });

  it('of shares is in percentage points', () => {
    expect(differenceText(difference(0.0036, 0.0053, 0.016), { unit: 'share' })).toBe('+0.4 ± 1.6 (0.5) pp');
  });

  it.each<[number, number, Written['unit'], string]>([
    [0.1, 480, 's', '0 ± 8 min'],
    [-0.1, 480, 's', '0 ± 8 min'],
    [0.00001, 0.03, 'share', '0 ± 3 pp'],
    [0.6, 4.2, 'count', '+1 ± 4'],
    [0.4, 4.2, 'count', '0 ± 4'],
  ])('of %d ± %d in %s has a sign only if it is not rounded to 0: %s', (mean, halfWidth, unit, text) => {
    expect(differenceText(difference(mean, halfWidth), { unit })).toBe(text);
  });

  it.each<[number, Written['unit'], string]>([
    [3, 's', '+3 s'],
    [-3, 's', '-3 s'],
    [0.02, 'share', '+2.0 pp'],
    [0.00001, 'share', '0.0 pp'],
    [-0.00001, 'share', '0.0 pp'],
    [-0.01, 'count', '0'],
    [1234, 'count', '+1,234'],
  ])('of %d in %s without an interval is %s', (difference, unit, text) => {
    expect(changeText(difference, { unit })).toBe(text);
  });

  it('says equal where no seed differs, and nothing where there is no interval', () => {
    expect(differenceText(difference(0, 0), { unit: 's' })).toBe('equal');
    expect(differenceText(difference(4, undefined), { unit: 's' })).toBe('');
    expect(differenceText(undefined, { unit: 's' })).toBe('');
  });
});
