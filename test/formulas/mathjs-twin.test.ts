import fc from 'fast-check';
import { create as createAll, all as everything } from 'mathjs';
import { all, create } from 'mathjs/number';
import { describe, expect, it } from 'vitest';
import { closureOf } from '../../src/formulas/evaluate.js';
import type { Vocabulary } from '../../src/formulas/expression.js';
import { parseFormula } from '../../src/formulas/parse.js';
import { MEMORY, PLAIN, quantityNamed, TIME, UNIT_NAMES } from '../../src/formulas/units.js';

const NAMES = ['x', 'y', 'z', 'u'];

/** Plain names, so that any operation is allowed. */
const PLAIN_WORDS: Vocabulary = {
  form: 'words',
  functions: [],
  unknownText: (name) => name,
  argumentOf: (name) => (NAMES.includes(name) ? 'none' : undefined),
  argumentsOf: () => [],
  unitOf: () => PLAIN,
};

/** Numbers as plain JavaScript has them: comparisons are exact, and a square root of -1 is NaN. */
const mathjs = create(all, { relTol: 1e-300, absTol: 0, predictable: true });

function ours(formula: string, scope: Readonly<Record<string, number>>): number {
  const expression = parseFormula(formula, PLAIN_WORDS);
  return closureOf(
    expression,
    ({ name }) =>
      () =>
        scope[name],
  )(0, 0, 0);
}

const OPERATORS = ['+', '-', '*', '/', '^', '<', '<=', '>', '>=', '==', '!=', ' and ', ' or '];
const FUNCTIONS = ['abs', 'sqrt', 'log', 'exp', 'round', 'floor', 'ceil', 'min', 'max'];

/** Texts of formulas, with and without parentheses, so that the precedence of operators matters. */
const { formula } = fc.letrec<{ formula: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom('0', '1', '2.5', '1e3', '.5', '7')),
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc
      .tuple(tie('formula'), fc.constantFrom(...OPERATORS), tie('formula'))
      .map(([a, o, b]) => `${a}${o}${b}`),
    fc
      .tuple(tie('formula'), fc.constantFrom(...OPERATORS), tie('formula'))
      .map(([a, o, b]) => `(${a}) ${o} (${b})`),
    fc
      .tuple(tie('leaf'), tie('leaf'))
      .map(([a, b]) => `(${a} ${b})`)
      .filter((text) => !/[\d.] +[\d.]/.test(text)),
    tie('formula').map((a) => `-${a}`),
    tie('formula').map((a) => `not ${a}`),
    fc.tuple(fc.constantFrom(...FUNCTIONS), tie('formula')).map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(fc.constantFrom('min', 'max', 'pow'), tie('formula'), tie('formula'))
      .map(([f, a, b]) => `${f}(${a}, ${b})`),
    fc.tuple(tie('formula'), tie('formula'), tie('formula')).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
    fc.tuple(tie('leaf'), tie('leaf'), tie('leaf')).map(([a, b, c]) => `(${a} < ${b} <= ${c})`),
  ),
}));

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constant(Number.POSITIVE_INFINITY),
);
const scope = fc.record(Object.fromEntries(NAMES.map((name) => [name, value])));

describe('a formula as closures', () => {
  it('has the value that mathjs gives, for random formulas and values', () => {
    let numbers = 0;
    fc.assert(
      fc.property(formula, scope, (text, values) => {
        const theirs = Number(mathjs.evaluate(text, { ...values }));
        const own = ours(text, values);
        if (!Number.isNaN(theirs)) numbers++;
        if (!(own === theirs || (Number.isNaN(own) && Number.isNaN(theirs))))
          throw new Error(`${text} with ${JSON.stringify(values)} is ${own}, in mathjs ${theirs}`);
      }),
      { numRuns: 3000 },
    );
    expect(numbers).toBeGreaterThan(1500);
  });

  it.each([
    ['-2^2', -4],
    ['2^3^2', 512],
    ['1/2 x', 1.5],
    ['not x == y', 0],
    ['1 < x <= 3', 1],
    ['round(-2.5)', -3],
    ['7 - 2 - 1', 4],
    ['x > y ? x : y', 4],
    ['50%', 0.5],
    ['x + 50%', 3.5],
  ])('%s is %d', (text, expected) => {
    expect(ours(text, { x: 3, y: 4, z: 0, u: 0 })).toBe(expected);
  });
});

describe('a unit', () => {
  const full = createAll(everything);

  it.each(UNIT_NAMES)('%s has the size that mathjs gives, where it has the unit', (name) => {
    const known = quantityNamed(name);
    // A core and a GPU are plain. In mathjs m is a metre.
    if (known === undefined || known.unit === PLAIN || name === 'm') return;
    const theirName = name === 'w' ? 'week' : name === 'd' ? 'day' : name;
    if (known.unit === TIME) expect(full.unit(1, theirName).toNumber('s')).toBeCloseTo(known.value, 9);
    if (known.unit === MEMORY) expect(full.unit(1, theirName).toNumber('B')).toBeCloseTo(known.value, 3);
  });

  it('min is a minute, although mathjs reads it as the function', () => {
    expect(ours('2 min', {})).toBe(120);
    expect(ours('min(3 s, 2 min)', {})).toBe(3);
    expect(() => full.evaluate('2 min')).toThrow('actual: function');
  });
});
