import { grown } from './columns.js';
import type { MachineId } from './machine.js';

/** A placement constraint: the machine's attribute must have one of these values. */
export interface Constraint {
  readonly attribute: string;
  readonly oneOf: readonly string[];
}

/** Index of an interned conjunction of constraints. */
export type ConstraintId = number;

/** The empty conjunction, which every machine satisfies. */
export const UNCONSTRAINED: ConstraintId = 0;

/**
 * Interned conjunctions of constraints. Each has one byte per machine: whether the machine satisfies it. A byte is
 * computed again when the machine gets other attributes.
 */
export class Constraints {
  private readonly conjunctions: (readonly Constraint[])[] = [[]];
  private readonly idOf = new Map<string, ConstraintId>([['[]', UNCONSTRAINED]]);
  private readonly allowed: Uint8Array[] = [new Uint8Array(0)];
  private readonly attributes: Readonly<Record<string, string>>[] = [];

  /** The id of this conjunction. Equal conjunctions (in the same order) have the same id. */
  intern(conjunction: readonly Constraint[]): ConstraintId {
    const key = JSON.stringify(conjunction.map((c) => [c.attribute, ...c.oneOf]));
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
  return conjunction.every((c) => {
    const value = attributes[c.attribute];
    return value !== undefined && c.oneOf.includes(value);
  });
}
