import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Constraint, Constraints, UNCONSTRAINED } from '../../src/model/index.js';

/** Values of attributes, with the number that each of them is. */
const NUMBERS: Readonly<Record<string, number | undefined>> = {
  a: undefined,
  '': undefined,
  x2: undefined,
  '0x10': undefined,
  ' 3': undefined,
  Infinity: undefined,
  '-1': -1,
  '2': 2,
  '2.0': 2,
  '2.5': 2.5,
  '.5': 0.5,
  '1e1': 10,
};

const value = fc.constantFrom(...Object.keys(NUMBERS));
const attribute = fc.constantFrom('rack', 'zone', 'cores');
const attributes = fc.dictionary(attribute, value, { maxKeys: 3 });
const constraint: fc.Arbitrary<Constraint> = fc.oneof(
  fc.record({
    attribute,
    operator: fc.constantFrom('equal' as const, 'not-equal' as const),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    attribute,
    operator: fc.constantFrom('less' as const, 'greater' as const, 'at-most' as const, 'at-least' as const),
    bound: fc.constantFrom(-1, 0.5, 2, 2.5, 10),
  }),
  fc.record({ attribute, operator: fc.constantFrom('present' as const, 'absent' as const) }),
);
const conjunction = fc.array(constraint, { maxLength: 3 });
const arrival = fc.oneof(fc.record({ machine: attributes }), fc.record({ conjunction }));

/** Does a machine with this value of the attribute satisfy the constraint? */
function holds(one: Constraint, found: string | undefined): boolean {
  const number = found === undefined ? undefined : NUMBERS[found];
  const passes = (test: (number: number) => boolean) => number !== undefined && test(number);
  switch (one.operator) {
    case 'equal':
      return one.values.some((wanted) => wanted === found);
    case 'not-equal':
      return one.values.every((wanted) => wanted !== found);
    case 'less':
      return passes((n) => n < one.bound);
    case 'greater':
      return passes((n) => n > one.bound);
    case 'at-most':
      return passes((n) => n <= one.bound);
    case 'at-least':
      return passes((n) => n >= one.bound);
    case 'present':
      return found !== undefined;
    case 'absent':
      return found === undefined;
  }
}

const equal = (name: string, ...values: string[]): Constraint => ({
  attribute: name,
  operator: 'equal',
  values,
});

describe('constraints', () => {
  test('allow exactly the machines whose attributes satisfy every operator, in whatever order both came', () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 60, size: 'max' }), (arrivals) => {
        const constraints = new Constraints();
        const machines: Record<string, string>[] = [];
        const known: { id: number; conjunction: Constraint[] }[] = [];
        for (const one of arrivals) {
          if ('machine' in one) constraints.addMachine(machines.push(one.machine) - 1, one.machine);
          else known.push({ id: constraints.intern(one.conjunction), conjunction: one.conjunction });
        }
        for (const { id, conjunction } of known) {
          expect(constraints.conjunction(id)).toEqual(conjunction);
          machines.forEach((machine, rank) => {
            const wanted = conjunction.every((one) => holds(one, machine[one.attribute]));
            expect(constraints.allows(id, rank)).toBe(wanted);
          });
        }
      }),
    );
  });

  test('that are equal have one id, and the empty conjunction is the one that every machine satisfies', () => {
    const constraints = new Constraints();
    const rack = [equal('rack', 'a', 'b')];
    expect(constraints.intern([])).toBe(UNCONSTRAINED);
    expect(constraints.intern(rack)).toBe(constraints.intern([equal('rack', 'a', 'b')]));
    expect(constraints.intern(rack)).not.toBe(constraints.intern([equal('rack', 'a')]));
    expect(constraints.allows(UNCONSTRAINED, 12)).toBe(true);
  });

  test('that differ only in the operator have different ids', () => {
    const constraints = new Constraints();
    const ids = [
      equal('a', '2'),
      { attribute: 'a', operator: 'not-equal', values: ['2'] } as const,
      { attribute: 'a', operator: 'less', bound: 2 } as const,
      { attribute: 'a', operator: 'at-most', bound: 2 } as const,
      { attribute: 'a', operator: 'present' } as const,
      { attribute: 'a', operator: 'absent' } as const,
    ].map((one) => constraints.intern([one]));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('are not confused by values that would run together when joined', () => {
    const constraints = new Constraints();
    const ids = [[equal('a', 'b', 'c')], [equal('a', 'b,c')], [equal('a,b', 'c')]].map((conjunction) =>
      constraints.intern(conjunction),
    );
    expect(new Set(ids).size).toBe(3);
  });

  test('an attribute that every object inherits is not an attribute of the machine', () => {
    const constraints = new Constraints();
    constraints.addMachine(0, {});
    const allows = (one: Constraint) => constraints.allows(constraints.intern([one]), 0);
    expect(allows(equal('toString', 'x'))).toBe(false);
    expect(allows({ attribute: 'toString', operator: 'present' })).toBe(false);
    expect(allows({ attribute: 'toString', operator: 'absent' })).toBe(true);
  });
});
