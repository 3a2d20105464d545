import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  argumentValues,
  parsePolicyUse,
  parsePolicyUses,
  policyLabel,
  policyUseText,
} from '../../src/lab/policy-file/policy-use.js';
import { fromSeconds, InputError } from '../../src/model/index.js';
import { drf } from '../../src/policies/presets/drf.js';

const plain = (text: string) =>
  parsePolicyUses(text).map((use) => [use.name, use.arguments.map(({ name, value }) => [name, value])]);

describe('the text of policies', () => {
  it.each([
    ['drf', [['drf', []]]],
    [
      ' drf , fcfs ',
      [
        ['drf', []],
        ['fcfs', []],
      ],
    ],
    ['drf()', [['drf', []]]],
    [
      'drf,drf(interval=30s)',
      [
        ['drf', []],
        ['drf', [['interval', '30s']]],
      ],
    ],
    [
      'drf( interval = 30s , refuse=5s )',
      [
        [
          'drf',
          [
            ['interval', '30s'],
            ['refuse', '5s'],
          ],
        ],
      ],
    ],
    ['./mine.ts(spare=0.2)', [['./mine.ts', [['spare', '0.2']]]]],
    [`silos(partitions='spark:4,kafka:2')`, [['silos', [['partitions', 'spark:4,kafka:2']]]]],
    [`a(b="it's")`, [['a', [['b', "it's"]]]]],
    [String.raw`a(b='it\'s \\')`, [['a', [['b', String.raw`it's \ `.trim()]]]]],
    [`'./a (copy).ts'(x=1)`, [['./a (copy).ts', [['x', '1']]]]],
    ['a(b=exponential(10h))', [['a', [['b', 'exponential(10h)']]]]],
    [
      'a(b=c(d=1,e=f(g)),h=2)',
      [
        [
          'a',
          [
            ['b', 'c(d=1,e=f(g))'],
            ['h', '2'],
          ],
        ],
      ],
    ],
    [`a(b=c(d='x)'))`, [['a', [['b', `c(d='x)')`]]]]],
    ["./bob's.ts", [["./bob's.ts", []]]],
    [`a(b='')`, [['a', [['b', '']]]]],
  ])('%s is read', (text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  it.each([
    ['', 1, 'found the end, expected the name of a policy'],
    ['drf,', 5, 'found the end, expected the name of a policy'],
    [',drf', 1, 'found ",", expected the name of a policy'],
    ['drf)', 4, 'found ")", expected a comma or the end'],
    ['drf(', 5, 'found the end, expected a parameter such as'],
    ['drf(interval)', 13, 'found ")", expected = and a value for interval'],
    ['drf(interval=)', 14, 'found ")", expected a value'],
    ['drf(interval=30s', 17, 'found the end, expected a comma or )'],
    ['drf(a=b=c)', 8, 'found "=", expected a comma or )'],
    ['drf(=1)', 5, 'found "=", expected a parameter'],
    ['drf(a=1,)', 9, 'found ")", expected a parameter'],
    ['drf(a=1) x', 10, 'found "x", expected a comma or the end'],
    [`drf(a='x)`, 10, `found the end, expected a ' for the ' at character 7`],
    ['drf(a=f(x)', 11, 'found the end, expected a comma or )'],
    ['drf(a=f(x', 10, 'found the end, expected a ) for the ( at character 8'],
  ])('%s is refused at character %i', (text, column, problem) => {
    const error = mistakeOf(() => parsePolicyUses(text));
    expect(error.message).toContain(`--policy, character ${column}: ${problem}`);
    expect(error.place.column).toBe(column);
  });

  it('is the same again after it was written, for any names and values', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);
    const parameter = fc.stringMatching(/^[a-zA-Z][\w.]*$/);
    const argument = fc.record({ name: parameter, value: fc.string({ unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.record({ name, arguments: fc.array(argument) }), (use) => {
        const again = parsePolicyUse(policyUseText(use));
        expect(again.name).toBe(use.name);
        expect(again.arguments.map(({ name: key, value }) => ({ name: key, value }))).toEqual(use.arguments);
      }),
    );
  });

  it('is read, or is refused at a character of it, whatever it is', () => {
    const any = fc
      .array(fc.constantFrom('a', 'b', '(', ')', ',', '=', "'", '"', '\\', ' '))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(any, (text) => {
        try {
          for (const use of parsePolicyUses(text))
            expect(parsePolicyUse(policyUseText(use)).name).toBe(use.name);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.place.column).toBeGreaterThanOrEqual(1);
          expect(error.place.column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the arguments of a policy', () => {
  it('are values of its parameters', () => {
    const use = parsePolicyUse('drf(interval=30s,refuse=500ms)');
    expect(argumentValues(use, drf)).toEqual({ interval: fromSeconds(30), refuse: fromSeconds(0.5) });
  });

  it('are part of its label, in the order of its parameters and in their usual form', () => {
    const use = parsePolicyUse('drf(refuse=5000ms, interval=30000ms)');
    expect(policyLabel(use, drf)).toBe('drf(interval=30s,refuse=5s)');
    expect(policyLabel(use, drf, (name) => name === 'refuse')).toBe('drf(refuse=5s)');
    expect(policyLabel(parsePolicyUse('drf'), drf)).toBe('drf');
  });

  it.each([
    ['drf(interval=soon)', 14, 'interval: found "soon", expected a duration'],
    ['drf(interval=1s,interval=2s)', 17, '"interval" is given twice'],
    ['drf(intervall=1s)', 5, 'drf has no parameter "intervall", expected one of its parameters'],
  ])('are refused at their character: %s', (text, column, problem) => {
    const error = mistakeOf(() => argumentValues(parsePolicyUse(text), drf));
    expect(error.message).toContain(`--policy, character ${column}: ${problem}`);
  });
});

describe('a mistake inside the value of an argument', () => {
  const policy = {
    name: 'p',
    parameters: [
      {
        kind: 'text',
        name: 'formula',
        default: '',
        form: 'a formula',
        pattern: /./,
        about: 'About.',
        check: (text: string) => {
          const at = text.indexOf('?');
          if (at >= 0) throw new InputError({ column: at + 1 }, 'a question');
        },
      },
    ],
  } as const;

  it.each([
    ['p(formula=a?)', 12],
    ['x,p( formula = ab?)', 18],
    [`p(formula="a?")`, 13],
    [String.raw`p(formula='\'a?')`, 15],
    [String.raw`p(formula="\"\\?")`, 16],
  ])('is at its character in the whole text: %s', (text, column) => {
    const use = parsePolicyUses(text).at(-1) as ReturnType<typeof parsePolicyUse>;
    expect(mistakeOf(() => argumentValues(use, policy)).message).toBe(
      `--policy, character ${column}: formula: a question`,
    );
  });
});

function mistakeOf(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
