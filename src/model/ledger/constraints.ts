import { grown } from './columns.js';
import type { MachineId } from './machine.js';

/**
 * A placement constraint on one attribute of a machine.
 *
 * - equal: the machine has one of the values.
 * - not-equal: it has none of them. A machine without the attribute satisfies this.
 * - less, greater, at-most, at-least: its value is a number in this range. A machine without the attribute, or with a value that
 *   is no number, does not satisfy these.
 * - present, absent: it has the attribute with any value, or does not have it.
 *
 * The rules are those of Kubernetes node affinity (In, NotIn, Lt, Gt, Exists, DoesNotExist) and of the constraints in Google's
 * traces, whose 2019 version has all eight operators.
 */
export type Constraint = ValueConstraint | NumberConstraint | PresenceConstraint;

/** The values are compared as texts. */
export interface ValueConstraint {
  readonly attribute: string;
  readonly operator: 'equal' | 'not-equal';
  readonly values: readonly string[];
}

/** The machine's value is compared as a number. */
export interface NumberConstraint {
  readonly attribute: string;
  readonly operator: 'less' | 'greater' | 'at-most' | 'at-least';
  readonly bound: number;
}

/** Any value counts. */
export interface PresenceConstraint {
  readonly attribute: string;
  readonly operator: 'present' | 'absent';
}

/** Index of an interned conjunction of constraints. */
export type ConstraintId = number;

/** The empty conjunction, which every machine satisfies. */
export const UNCONSTRAINED: ConstraintId = 0;

/**
 * Interned conjunctions of constraints. Each has one byte per machine: whether the machine satisfies it. A byte is computed only
 * when its conjunction is new or the machine gets attributes, so operators cost nothing at a placement.
 */
export class Constraints {
  private readonly conjunctions: (readonly Constraint[])[] = [[]];
  private readonly idOf = new Map<string, ConstraintId>([['[]', UNCONSTRAINED]]);
  private readonly allowed: Uint8Array[] = [new Uint8Array(0)];
  private readonly attributes: Readonly<Record<string, string>>[] = [];

  /** The id of this conjunction. Equal conjunctions (in the same order) have the same id. */
  intern(conjunction: readonly Constraint[]): ConstraintId {
    const key = JSON.stringify(conjunction.map(keyOf));
    const known = this.idOf.get(key);
    if (known !== undefined) return known;
    const id = this.conjunctions.length;
    this.conjunctions.push(conjunction);
    this.idOf.set(key, id);
    const row = new Uint8Array(this.attributes.length);
    this.attributes.forEach((attributes, machine) => {
      row[machine] = satisfies(attributes, conjunction) ? 1 : 0;
    });
    this.allowed.push(row);
    return id;
  }

  /** Adds a machine, or gives it other attributes. Machines are added in the order of their ids. */
  addMachine(machine: MachineId, attributes: Readonly<Record<string, string>>): void {
    this.attributes[machine] = attributes;
    for (let id = 1; id < this.conjunctions.length; id++) {
      const row = grown(this.allowed[id] as Uint8Array, machine + 1);
      row[machine] = satisfies(attributes, this.conjunctions[id] as readonly Constraint[]) ? 1 : 0;
      this.allowed[id] = row;
    }
  }

  allows(id: ConstraintId, machine: MachineId): boolean {
    return id === UNCONSTRAINED || (this.allowed[id] as Uint8Array)[machine] === 1;
  }

  conjunction(id: ConstraintId): readonly Constraint[] {
    return this.conjunctions[id] as readonly Constraint[];
  }
}

/** Whether a machine with these attributes satisfies the conjunction. */
export function satisfies(
  attributes: Readonly<Record<string, string>>,
  conjunction: readonly Constraint[],
): boolean {
  return conjunction.every((one) => {
    // Names that every object inherits, such as toString, are no attributes.
    const isPresent = Object.hasOwn(attributes, one.attribute);
    return admits(one, isPresent ? attributes[one.attribute] : undefined);
  });
}

/** Whether a machine with this value of the attribute satisfies the constraint; undefined for a machine without the attribute. */
export function admits(constraint: Constraint, value: string | undefined): boolean {
  switch (constraint.operator) {
    case 'equal':
      return value !== undefined && constraint.values.includes(value);
    case 'not-equal':
      return value === undefined || !constraint.values.includes(value);
    case 'present':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    // A comparison with NaN is false.
    case 'less':
      return numberOf(value) < constraint.bound;
    case 'greater':
      return numberOf(value) > constraint.bound;
    case 'at-most':
      return numberOf(value) <= constraint.bound;
    case 'at-least':
      return numberOf(value) >= constraint.bound;
  }
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The finite number that a text is in decimal notation; NaN for any other text, and for none. */
export function numberOf(text: string | undefined): number {
  const number = text !== undefined && DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

function keyOf(constraint: Constraint): readonly (string | number)[] {
  const { attribute, operator } = constraint;
  if ('values' in constraint) return [attribute, operator, ...constraint.values];
  return 'bound' in constraint ? [attribute, operator, constraint.bound] : [attribute, operator];
}
