import { InputError, type InputPlace } from '../input-error.js';
import { type Constraint, numberOf } from './constraints.js';
import type { Preference } from './placement-rule.js';

/** The written forms of an operator with an operand. */
const SIGNS = {
  equal: '=',
  'not-equal': '!=',
  less: '<',
  greater: '>',
  'at-most': '<=',
  'at-least': '>=',
} as const;

type Compared = keyof typeof SIGNS;

const OPERATORS = new Map<string, Compared>(
  Object.entries(SIGNS).map(([operator, sign]) => [sign, operator as Compared]),
);

/** The form of a constraint, for messages. */
const FORMS =
  'attribute=value|value, attribute!=value|value, attribute<number (or >, <=, >=), attribute or !attribute';

/** The range of a weight in Kubernetes (preferredDuringSchedulingIgnoredDuringExecution). */
const LARGEST_WEIGHT = 100;

/** A conjunction in the form that `parseConstraints` reads, such as `rack=r1|r2;cores>=8;ssd;!gpu_model`. Empty for none. */
export function constraintsText(constraints: readonly Constraint[]): string {
  return constraints.map(constraintText).join(';');
}

/** Preferences in the form that `parsePreferences` reads, such as `10*rack=r1;ssd`. Empty for none. */
export function preferencesText(preferences: readonly Preference[]): string {
  return preferences
    .map(({ constraint, weight }) => `${weight === 1 ? '' : `${weight}*`}${constraintText(constraint)}`)
    .join(';');
}

function constraintText(constraint: Constraint): string {
  const { attribute, operator } = constraint;
  if ('values' in constraint)
    return `${attribute}${SIGNS[constraint.operator]}${constraint.values.join('|')}`;
  if ('bound' in constraint) return `${attribute}${SIGNS[constraint.operator]}${constraint.bound}`;
  return operator === 'absent' ? `!${attribute}` : attribute;
}

/** Reads a conjunction of constraints; none from an empty text. @throws InputError that names the part of the text */
export function parseConstraints(text: string, place: InputPlace): Constraint[] {
  return partsOf(text, place).map((part) => parsePart(part, { text, part, place }));
}

/**
 * Reads preferences: constraints, each with a weight from 1 to 100 before it (`10*rack=r1`), or with the weight 1.
 * @throws InputError that names the part of the text
 */
export function parsePreferences(text: string, place: InputPlace): Preference[] {
  return partsOf(text, place).map((part) => {
    const source = { text, part, place };
    const weighted = /^([^=!<>|*]*)\*(.*)$/.exec(part);
    if (weighted === null) return { constraint: parsePart(part, source), weight: 1 };
    const [, weight, constraint] = weighted;
    if (!/^[1-9]\d{0,2}$/.test(weight.trim()) || Number(weight) > LARGEST_WEIGHT)
      throw mistake(source, `a whole weight from 1 to ${LARGEST_WEIGHT} before *`);
    return { constraint: parsePart(constraint.trim(), source), weight: Number(weight) };
  });
}

/** A part of a text, for messages. */
interface Source {
  readonly text: string;
  readonly part: string;
  readonly place: InputPlace;
}

function partsOf(text: string, place: InputPlace): string[] {
  if (text.trim() === '') return [];
  const parts = text.split(';').map((part) => part.trim());
  if (parts.includes('')) throw InputError.expected(place, text, `${FORMS}, joined by ;, with no empty part`);
  return parts;
}

function parsePart(part: string, source: Source): Constraint {
  const presence = /^(!?)\s*([^=!<>|]+)$/.exec(part);
  if (presence !== null)
    return { attribute: presence[2], operator: presence[1] === '!' ? 'absent' : 'present' };
  const match = /^([^=!<>|]+?)\s*(!=|<=|>=|=|<|>)(.*)$/.exec(part);
  if (match === null) throw mistake(source, FORMS);
  const [, attribute, sign, operand] = match;
  const operator = OPERATORS.get(sign) as Compared;
  if (operator === 'equal' || operator === 'not-equal') {
    const values = operand.split('|').map((value) => value.trim());
    if (values.includes('')) throw mistake(source, `values joined by | after ${sign}`);
    return { attribute, operator, values };
  }
  const bound = numberOf(operand.trim());
  if (Number.isNaN(bound)) throw mistake(source, `a number after ${sign}`);
  return { attribute, operator, bound };
}

function mistake({ text, part, place }: Source, expected: string): InputError {
  return InputError.expected(place, text, text.trim() === part ? expected : `${expected} in "${part}"`);
}
