import { describe, expect, it } from 'vitest';
import { closureOf } from '../../src/formulas/evaluate.js';
import type { Vocabulary } from '../../src/formulas/expression.js';
import { parseFormula } from '../../src/formulas/parse.js';
import { ORDER_WORDS, SCORE_WORDS } from '../../src/formulas/words.js';
import { InputError } from '../../src/model/index.js';

/** The value of a formula without words. */
function numberOf(formula: string): number {
  return closureOf(parseFormula(formula, ORDER_WORDS), () => () => Number.NaN)(0, 0, 0);
}

function mistakeOf(formula: string, vocabulary: Vocabulary): InputError {
  try {
    parseFormula(formula, vocabulary);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error(`${formula} is accepted`);
}

describe('quantities', () => {
  it.each([
    ['2 min', 120],
    ['2min', 120],
    ['90 s + 1 h', 3690],
    ['1.5h', 5400],
    ['250 ms', 0.25],
    ['4 GiB', 4 * 2 ** 30],
    ['500 MiB / 1 GiB', 500 / 1024],
    ['2 cores', 2],
    ['max(1 min, 30 s)', 60],
    ['min(2 min, 3 min) / min', 2],
    ['2 min <= 120 s', 1],
    ['sqrt(4 s * 9 s)', 6],
    ['(2 s)^2', 4],
    ['0 < 2 min', 1],
    ['30%', 0.3],
  ])('%s is %d in seconds, bytes or plain numbers', (formula, expected) => {
    expect(numberOf(formula)).toBe(expected);
  });

  it.each([
    ['waited > 4 GiB', 10, 'found an amount of memory, expected a time such as 2 min'],
    ['priority + waited', 12, 'found a time, expected a plain number'],
    ['demand(mem) > 4', 15, 'found a plain number, expected an amount of memory such as 4 GiB'],
    ['demand(cpus) > 4 GiB', 16, 'found an amount of memory, expected a plain number'],
    ['waited * waited + waited', 19, 'found a time, expected a value in s^2'],
    ['waited / demand(mem) < 1', 24, 'found a plain number, expected a value in s bytes^-1'],
    ['max(priority, waited)', 15, 'found a time, expected a plain number'],
    ['gang ? waited : priority', 17, 'found a plain number, expected a time such as 2 min'],
    ['waited ? 1 : 2', 1, 'found a time, expected a condition'],
    ['gang and waited', 10, 'found a time, expected a condition'],
    ['log(waited)', 5, 'found a time, expected a plain number, such as waited / 1 min'],
    ['floor(waited)', 7, 'found a time, expected a plain number, such as waited / 1 min'],
    ['2 ^ waited', 5, 'found a time, expected a plain number as exponent'],
    ['waited ^ priority', 10, 'a time is raised to a power that is not a number; divide it by a unit first'],
  ])('%s is refused at character %i', (formula, column, problem) => {
    const mistake = mistakeOf(formula, ORDER_WORDS);
    expect([mistake.place.column, mistake.problem]).toEqual([column, problem]);
  });
});

describe('a mistake in a formula', () => {
  it.each([
    ['priority + waitd', 12, 'unknown name "waitd" in an order, did you mean "waited"?'],
    ['free(cpus)', 1, /unknown function "free", expected one of abs, .*demandShare/],
    ['demand(cpu)', 8, /found "cpu", expected one of cpus, mem.*did you mean "cpus"\?/],
    ['demand', 1, 'demand needs one resource, such as (cpus)'],
    ['demand(cpus + mem)', 1, 'demand needs one resource, such as (cpus)'],
    ['demand()', 1, 'demand needs one resource, such as (cpus)'],
    ['waited(cpus)', 1, 'waited takes no argument, expected only waited'],
    ['sqrt', 1, 'sqrt is a function, expected sqrt(…)'],
    ['sqrt(1, 2)', 1, 'sqrt has 2 arguments, expected 1'],
    ['min()', 1, 'min has 0 arguments, expected 1 or more'],
    ['priority +', 11, 'the formula cannot be read here: unexpected end of expression'],
    ['(priority', 10, 'the formula cannot be read here: parenthesis ) expected'],
    ['* 2', 1, 'the formula cannot be read here: value expected'],
    ['', 1, 'found nothing, expected a formula'],
    ['priority % 2', 10, 'found "%", expected a number, a name or an operator'],
    ['gang = 1', 6, 'found "=", expected == for a comparison'],
    ['gang && 1', 6, 'found "&", expected the word and'],
    ['!gang', 1, 'found "!", expected the word not, or !='],
    ['2%x', 3, 'found "x", expected an operator'],
    ['framework', 1, 'framework needs the name of a framework, such as (spark)'],
  ])('%s is at character %i', (formula, column, problem) => {
    const mistake = mistakeOf(formula, ORDER_WORDS);
    expect(mistake.place.column).toBe(column);
    if (typeof problem === 'string') expect(mistake.problem).toBe(problem);
    else expect(mistake.problem).toMatch(problem);
  });

  it('names the words of a score for a score', () => {
    expect(mistakeOf('fre(cpus)', SCORE_WORDS).problem).toMatch(/did you mean "free"\?$/);
    expect(mistakeOf('freeshare', SCORE_WORDS).problem).toBe(
      'unknown name "freeshare" in a score, did you mean "freeShare"?',
    );
  });
});

describe('hostile input', () => {
  const HOSTILE = [
    'constructor',
    'constructor("return 1")()',
    'priority.constructor',
    'priority["constructor"]',
    'waited.__proto__',
    '__proto__',
    'toString',
    'hasOwnProperty(waited)',
    'free.constructor(cpus)',
    'demand(constructor)',
    'demand(__proto__)',
    'import(1)',
    'createUnit(1)',
    'evaluate(1)',
    'parse(1)',
    'simplify(1)',
    'derivative(1, 2)',
    'resolve(1)',
    'config(1)',
    'typed(1)',
    'this',
    'globalThis',
    'process',
    'x = 3',
    'priority = 3',
    'f(x) = x',
    'f = 1; f',
    '1; 2',
    '1\n2',
    '1 # comment',
    '"text"',
    "'text'",
    '`text`',
    '[1, 2]',
    '{a: 1}',
    '1:2',
    '1:2:3',
    'true',
    'null',
    'NaN',
    'Infinity',
    'i',
    '3i',
    '3!',
    "waited'",
    '1 to 2',
    'waited in h',
    '1 | 2',
    '~1',
    '1 << 2',
    '1 ?? 2',
    'priority?.constructor',
    '5 xor 3',
    '5 mod 3',
    '0x1F',
    '0b101',
    'a -> b',
    'f(a)(b)',
    'random()',
    'unit(1)',
    'ｗaited',
    '\u0000',
    `${'('.repeat(400)}1${')'.repeat(400)}x`,
    `1${'+1'.repeat(600)}`,
    '-'.repeat(900),
    `${'not '.repeat(200)}`,
    `framework(a)(b)`,
    'framework(__proto__)(constructor)',
  ];

  it.each(HOSTILE)('%j is an error of one line', (formula) => {
    for (const vocabulary of [ORDER_WORDS, SCORE_WORDS]) {
      const { message } = mistakeOf(formula, vocabulary);
      expect(message).not.toContain('\n');
      expect(message.length).toBeGreaterThan(10);
    }
  });

  it('that is random never reaches beyond the words: it is an InputError, or a number', async () => {
    const { default: fc } = await import('fast-check');
    const piece = fc.constantFrom(
      ...[
        'constructor',
        'waited',
        'priority',
        '.',
        '(',
        ')',
        '[',
        ']',
        '"',
        '=',
        ';',
        '1',
        '+',
        'demand(cpus)',
      ],
      ...['__proto__', ' ', 'f(x)=', 'not', '?', ':', ',', '{', '}', '%', '2 h', 'min', '<', 'framework('],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        try {
          const value = closureOf(parseFormula(pieces.join(''), SCORE_WORDS), () => () => 1)(0, 0, 0);
          expect(typeof value).toBe('number');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
