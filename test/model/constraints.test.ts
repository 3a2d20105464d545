import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Constraint, Constraints, UNCONSTRAINED } from '../../src/model/index.js';

const value = fc.constantFrom('a', 'b', 'c');
const attribute = fc.constantFrom('rack', 'zone', 'gpu');
const attributes = fc.dictionary(attribute, value, { maxKeys: 3 });
const conjunction: fc.Arbitrary<Constraint[]> = fc.array(
  fc.record({ attribute, oneOf: fc.uniqueArray(value, { minLength: 1 }) }),
  { maxLength: 3 },
);
const arrival = fc.oneof(fc.record({ machine: attributes }), fc.record({ conjunction }));

describe('constraints', () => {
  test('allow exactly the machines that have one of the values of every attribute, in whatever order both came', () => {
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
            const wanted = conjunction.every((c) => c.oneOf.some((v) => v === machine[c.attribute]));
            expect(constraints.allows(id, rank)).toBe(wanted);
          });
        }
      }),
    );
  });

  test('that are equal have one id, and the empty conjunction is the one that every machine satisfies', () => {
    const constraints = new Constraints();
    const rack = [{ attribute: 'rack', oneOf: ['a', 'b'] }];
    expect(constraints.intern([])).toBe(UNCONSTRAINED);
    expect(constraints.intern(rack)).toBe(constraints.intern([{ attribute: 'rack', oneOf: ['a', 'b'] }]));
    expect(constraints.intern(rack)).not.toBe(constraints.intern([{ attribute: 'rack', oneOf: ['a'] }]));
    expect(constraints.allows(UNCONSTRAINED, 12)).toBe(true);
  });

  test('are not confused by values that would run together when joined', () => {
    const constraints = new Constraints();
    const ids = [
      [{ attribute: 'a', oneOf: ['b', 'c'] }],
      [{ attribute: 'a', oneOf: ['b,c'] }],
      [{ attribute: 'a,b', oneOf: ['c'] }],
    ].map((conjunction) => constraints.intern(conjunction));
    expect(new Set(ids).size).toBe(3);
  });

  test('an attribute that every object inherits is not an attribute of the machine', () => {
    const constraints = new Constraints();
    constraints.addMachine(0, {});
    expect(constraints.allows(constraints.intern([{ attribute: 'toString', oneOf: ['x'] }]), 0)).toBe(false);
  });
});
