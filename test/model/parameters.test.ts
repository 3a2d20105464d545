import { describe, expect, test } from 'vitest';
import {
  InputError,
  type Parameter,
  ParameterValues,
  parameterText,
  parseParameter,
} from '../../src/model/index.js';

const named = { name: 'x', about: 'A parameter.' };
const duration: Parameter = { ...named, kind: 'duration', default: 1_000_000 };
const number: Parameter = { ...named, kind: 'number', default: 2, min: 1, max: 9, integer: true };
const choice: Parameter = { ...named, kind: 'choice', default: 'a', choices: ['a', 'b'] };
const text: Parameter = { ...named, kind: 'text', default: '', form: 'digits', pattern: /^\d*$/ };

describe('a parameter', () => {
  test('reads what a person writes', () => {
    expect(parseParameter(duration, '5m')).toBe(300_000_000);
    expect(parseParameter(number, '9')).toBe(9);
    expect(parseParameter(choice, 'b')).toBe('b');
    expect(parseParameter(text, '12')).toBe('12');
  });

  test('says what was found and what was expected when it cannot', () => {
    const message = (parameter: Parameter, written: string) => {
      try {
        parseParameter(parameter, written);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        return (error as InputError).message;
      }
      throw new Error(`"${written}" was taken`);
    };
    expect(message(number, '0')).toBe('x: found "0", expected a whole number from 1 to 9');
    expect(message(number, '1.5')).toBe('x: found "1.5", expected a whole number from 1 to 9');
    expect(message(number, ' ')).toContain('expected a whole number');
    expect(message(choice, 'c')).toBe('x: found "c", expected one of a, b');
    expect(message(text, 'a1')).toBe('x: found "a1", expected digits');
    expect(message(duration, '5 apples')).toContain('expected a duration such as');
  });

  test('is written exactly, and a file without its folder', () => {
    expect(parameterText(duration, 5_400_000_000)).toBe('90m');
    expect(parameterText(duration, Number.POSITIVE_INFINITY)).toBe('never');
    expect(parameterText({ ...named, kind: 'file', default: '' }, '/home/anna/cdf.csv')).toBe('cdf.csv');
  });
});

describe('parameter values', () => {
  test('are what was set, and the defaults for the rest', () => {
    const values = new ParameterValues(
      [
        { ...number, name: 'n' },
        { ...choice, name: 'c' },
      ],
      { n: 5 },
    );
    expect(values.number('n')).toBe(5);
    expect(values.text('c')).toBe('a');
    expect(values.entries()).toEqual([
      ['n', 5],
      ['c', 'a'],
    ]);
  });

  test('asked for under another name or type are a mistake of the program', () => {
    const values = new ParameterValues([{ ...number, name: 'n' }]);
    expect(() => values.text('n')).toThrow(TypeError);
    expect(() => values.number('m')).toThrow(TypeError);
  });
});
