import { describe, expect, it } from 'vitest';
import {
  agreesInPrint,
  figuresCheck,
  intervalCheck,
  printedValue,
  sequenceCheck,
} from '../../src/studies/checks.js';

describe('a printed figure', () => {
  it.each([
    ['9', 9],
    ['2.52', 2.52],
    ['45/11', 45 / 11],
    ['9/9', 1],
  ])('%s has a value', (text, value) => {
    expect(printedValue(text)).toBe(value);
  });

  it.each([
    ['2.5', 2.52, true],
    ['2.5', 2.549, true],
    ['2.5', 2.56, false],
    ['12', 12.000000000000002, true],
    ['12', 12.0001, false],
    ['45/11', 4.090909090909091, true],
    ['45/11', 4.0909, false],
    ['0', 1e-12, true],
  ])('%s and %f: %s', (text, value, agrees) => {
    expect(agreesInPrint(text, value)).toBe(agrees);
  });
});

describe('a check of figures', () => {
  it('passes when each would be printed so, and tells rounding from difference', () => {
    expect(figuresCheck('x', ['2.5', '3'], [2.52, 3])).toEqual({
      what: 'x',
      published: '2.5, 3',
      ours: '2.52, 3',
      difference: '0.02, rounding of the printed value',
      passed: true,
    });
    expect(figuresCheck('x', ['2.5', '3'], [2.5, 3]).difference).toBe('none');
  });

  it('falls short when one differs, is missing, or is too many', () => {
    expect(figuresCheck('x', ['2.5', '3'], [2.5, 4])).toMatchObject({ difference: '1', passed: false });
    expect(figuresCheck('x', ['2.5', '3'], [2.5]).passed).toBe(false);
    expect(figuresCheck('x', ['2.5'], [2.5, 3]).passed).toBe(false);
    expect(figuresCheck('x', ['2.5'], [Number.NaN]).passed).toBe(false);
  });
});

describe('a check of a sequence', () => {
  it('falls short in another order or with another length', () => {
    expect(sequenceCheck('x', ['A', 'B'], ['A', 'B']).passed).toBe(true);
    expect(sequenceCheck('x', ['A', 'B'], ['B', 'A']).passed).toBe(false);
    expect(sequenceCheck('x', ['A', 'B'], ['A', 'B', 'A']).passed).toBe(false);
  });
});

describe('a check by interval', () => {
  const claim = { what: 'x', values: [9.9, 10, 10.1, 10.05, 9.95], within: 0.1 };

  it('passes when the theory lies in the 99.9 % interval', () => {
    expect(intervalCheck({ ...claim, theory: 10 })).toMatchObject({ published: '10.000', passed: true });
    expect(intervalCheck({ ...claim, theory: 11 })).toMatchObject({ difference: '-9.09 %', passed: false });
  });

  it('falls short when the interval is too wide to say anything, or there is no number', () => {
    expect(intervalCheck({ ...claim, values: [5, 15], theory: 10 })).toMatchObject({
      difference: '0.00 %; the interval is wider than 10 %',
      passed: false,
    });
    expect(intervalCheck({ ...claim, values: [1, Number.NaN], theory: 1 }).passed).toBe(false);
    expect(intervalCheck({ ...claim, values: [1], theory: 1 }).passed).toBe(false);
  });

  it('passes on equal values that are the theory but for rounding', () => {
    expect(intervalCheck({ ...claim, values: [0.3, 0.3, 0.3], theory: 0.1 + 0.2 }).passed).toBe(true);
  });

  it('shows what was printed where that approximates the theory', () => {
    const check = intervalCheck({ ...claim, theory: 10, printed: '9.2' });
    expect(check).toMatchObject({ published: '9.2', difference: '0.00 % from 10.000', passed: true });
  });
});
