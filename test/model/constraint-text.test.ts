import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Constraint,
  constraintsText,
  type Preference,
  parseConstraints,
  parsePreferences,
  preferencesText,
} from '../../src/model/index.js';

const word = fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}$/);
const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  fc.record({
    attribute: word,
    operator: fc.constantFrom('equal' as const, 'not-equal' as const),
    // Only names of attributes may not contain the signs of operators.
    values: fc.array(fc.oneof(word, fc.constantFrom('a=b', '!x', '<=3', '2*c')), {
      minLength: 1,
      maxLength: 3,
    }),
  }),
  fc.record({
    attribute: word,
    operator: fc.constantFrom('less' as const, 'greater' as const, 'at-most' as const, 'at-least' as const),
    bound: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((n) => n + 0),
  }),
  fc.record({ attribute: word, operator: fc.constantFrom('present' as const, 'absent' as const) }),
);
const preference: fc.Arbitrary<Preference> = fc.record({
  constraint,
  weight: fc.integer({ min: 1, max: 100 }),
});

describe('the text of constraints', () => {
  it('has a form for each operator', () => {
    expect(
      parseConstraints('rack=r1|r2;zone!=a;cores>8;cores<=16;age<-1.5;rank>=1e3;ssd;!gpu_model', {}),
    ).toEqual([
      { attribute: 'rack', operator: 'equal', values: ['r1', 'r2'] },
      { attribute: 'zone', operator: 'not-equal', values: ['a'] },
      { attribute: 'cores', operator: 'greater', bound: 8 },
      { attribute: 'cores', operator: 'at-most', bound: 16 },
      { attribute: 'age', operator: 'less', bound: -1.5 },
      { attribute: 'rank', operator: 'at-least', bound: 1000 },
      { attribute: 'ssd', operator: 'present' },
      { attribute: 'gpu_model', operator: 'absent' },
    ]);
  });

  it('may have white space around its parts, operators and values', () => {
    expect(constraintsText(parseConstraints(' rack = r1 | r2 ; cores >= 8 ; ! ssd ', {}))).toBe(
      'rack=r1|r2;cores>=8;!ssd',
    );
    expect(parseConstraints(' ', {})).toEqual([]);
  });

  it('is read as the constraints that it was written from', () => {
    fc.assert(
      fc.property(fc.array(constraint, { maxLength: 4 }), (constraints) => {
        expect(parseConstraints(constraintsText(constraints), {})).toEqual(constraints);
      }),
    );
  });

  it.each([
    ['rack=', 'field: found "rack=", expected values joined by | after ='],
    ['rack!=a|', 'field: found "rack!=a|", expected values joined by | after !='],
    ['ssd;rack=a||b', 'field: found "ssd;rack=a||b", expected values joined by | after = in "rack=a||b"'],
    ['ssd;cores>many', 'field: found "ssd;cores>many", expected a number after > in "cores>many"'],
    ['cores<', 'field: found "cores<", expected a number after <'],
    ['cores>=0x10', 'field: found "cores>=0x10", expected a number after >='],
    ['=r1', 'field: found "=r1", expected attribute=value|value, attribute!=value|value'],
    ['ssd;!rack=a', 'or !attribute in "!rack=a"'],
    ['a|b', 'field: found "a|b", expected attribute=value'],
    ['!', 'field: found "!", expected attribute=value'],
    ['ssd;;rack', 'joined by ;, with no empty part'],
    ['ssd;', 'joined by ;, with no empty part'],
  ])('with a mistake is refused, with the part: %s', (text, message) => {
    expect(() => parseConstraints(text, { field: 'field' })).toThrow(message);
  });
});

describe('the text of preferences', () => {
  it('has a weight before *, or the weight 1', () => {
    expect(parsePreferences('10*rack=r1|r2; 100 * cores>=8;!ssd;zone=2*b', {})).toEqual([
      { constraint: { attribute: 'rack', operator: 'equal', values: ['r1', 'r2'] }, weight: 10 },
      { constraint: { attribute: 'cores', operator: 'at-least', bound: 8 }, weight: 100 },
      { constraint: { attribute: 'ssd', operator: 'absent' }, weight: 1 },
      { constraint: { attribute: 'zone', operator: 'equal', values: ['2*b'] }, weight: 1 },
    ]);
  });

  it('is read as the preferences that it was written from', () => {
    fc.assert(
      fc.property(fc.array(preference, { maxLength: 4 }), (preferences) => {
        expect(parsePreferences(preferencesText(preferences), {})).toEqual(preferences);
      }),
    );
  });

  it.each(['0', '101', '1.5', '-1', 'high', '', '1000', '007'])('refuses the weight "%s"', (weight) => {
    expect(() => parsePreferences(`ssd;${weight}*rack=a`, { field: 'prefers' })).toThrow(
      `prefers: found "ssd;${weight}*rack=a", expected a whole weight from 1 to 100 before * in "${weight}*rack=a"`,
    );
  });
});
