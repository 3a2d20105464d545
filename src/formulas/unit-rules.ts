import { InputError } from '../model/index.js';
import type { Expression, Operation } from './expression.js';
import { exampleText, isPlain, type MaybeUnit, PLAIN, product, sameUnit, unitText } from './units.js';

/** Is the value of the operation a condition? */
export function isConditionOf(operation: Operation, parts: readonly Expression[]): boolean {
  if (operation === 'choose') return parts[1].isCondition && parts[2].isCondition;
  return CONDITIONS.includes(operation);
}

const COMPARISONS: readonly Operation[] = ['smaller', 'smallerEq', 'larger', 'largerEq', 'equal', 'unequal'];
const CONDITIONS: readonly Operation[] = [...COMPARISONS, 'and', 'or', 'not'];

/** The unit of an operation's value. @throws InputError when the units of its parts do not match */
export function unitOf(operation: Operation, parts: readonly Expression[]): MaybeUnit {
  const [a, b] = parts;
  switch (operation) {
    case 'multiply':
      return product(a.unit, b.unit, 1);
    case 'divide':
      return product(a.unit, b.unit, -1);
    case 'pow':
      return unitOfPower(a, b);
    case 'sqrt':
      return product(PLAIN, a.unit, 0.5);
    case 'negate':
    case 'abs':
      return a.unit;
    case 'choose':
      expectPlain(a, 'a condition');
      return commonUnit(parts.slice(1));
    case 'add':
    case 'subtract':
    case 'min':
    case 'max':
      return commonUnit(parts);
    case 'smaller':
    case 'smallerEq':
    case 'larger':
    case 'largerEq':
    case 'equal':
    case 'unequal':
      commonUnit(parts);
      return PLAIN;
    case 'and':
    case 'or':
    case 'not':
      for (const part of parts) expectPlain(part, 'a condition');
      return PLAIN;
    case 'log':
    case 'exp':
    case 'round':
    case 'floor':
    case 'ceil':
      expectPlain(a, 'a plain number, such as waited / 1 min');
      return PLAIN;
  }
}

function commonUnit(parts: readonly Expression[]): MaybeUnit {
  let unit: MaybeUnit = 'any';
  for (const part of parts) {
    const common = sameUnit(unit, part.unit);
    if (common === undefined)
      throw new InputError(
        { column: part.at },
        `found ${unitText(part.unit)}, expected ${exampleText(unit)}`,
      );
    unit = common;
  }
  return unit;
}

function unitOfPower(base: Expression, exponent: Expression): MaybeUnit {
  expectPlain(exponent, 'a plain number as exponent');
  if (isPlain(base.unit)) return base.unit;
  if (exponent.kind !== 'number')
    throw new InputError(
      { column: exponent.at },
      `${unitText(base.unit)} is raised to a power that is not a number; divide it by a unit first`,
    );
  return product(PLAIN, base.unit, exponent.value);
}

function expectPlain(part: Expression, expected: string): void {
  if (!isPlain(part.unit))
    throw new InputError({ column: part.at }, `found ${unitText(part.unit)}, expected ${expected}`);
}
