import { grown, NONE } from './columns.js';
import type { Constraints } from './constraints.js';
import type { MachineId, MachineSpec } from './machine.js';
import { MACHINE_ATTRIBUTE } from './placement-rule.js';

/** A policy that makes up names must not fill the memory. */
const MOST_ASKED = 1000;

/** Index of an interned attribute name. */
export type AttributeId = number;

/**
 * Attributes of machines as numbers: each name has an id, and each value of an attribute has a domain id from 0, in the
 * order in which they were first seen. The column of an attribute is filled on the first question about it. The attribute `machine` has a value of its own for each machine: its id.
 */
export class Attributes {
  private readonly ofMachine: Readonly<Record<string, string>>[] = [];
  private readonly idOf = new Map<string, AttributeId>();
  private readonly columns: AttributeColumn[] = [];

  /** Adds a machine, or gives it other attributes. Machines are added in the order of their ids. */
  addMachine(machine: MachineId, attributes: Readonly<Record<string, string>>): void {
    this.ofMachine[machine] = attributes;
    for (const column of this.columns) if (machine < column.filled) this.fillRow(column, machine);
  }

  /** The id of an attribute, which need not exist on any machine. */
  intern(name: string): AttributeId {
    const known = this.idOf.get(name);
    if (known !== undefined) return known;
    const id =
      this.columns.push({ name, values: new Map(), texts: [], domains: new Int32Array(0), filled: 0 }) - 1;
    this.idOf.set(name, id);
    return id;
  }

  /**
   * As `intern`, for a policy. A machine that joins later may have the attribute, so its id is kept.
   * @throws RangeError when policies ask for more attributes than real clusters have.
   */
  internAsked(name: string): AttributeId {
    if (this.columns.length >= MOST_ASKED && !this.idOf.has(name))
      throw new RangeError(`attribute "${name}": more than ${MOST_ASKED} attributes are asked for`);
    return this.intern(name);
  }

  /** The machine's value; NONE without one. */
  domainOf(machine: MachineId, attribute: AttributeId): number {
    return this.column(attribute).domains[machine];
  }

  /** The id of a value; NONE if no machine has it. */
  domainNamed(attribute: AttributeId, value: string): number {
    return this.column(attribute).values.get(value) ?? NONE;
  }

  /** The value of this id; undefined for NONE. */
  domainText(attribute: AttributeId, domain: number): string | undefined {
    const column = this.column(attribute);
    // Most columns are never read as texts.
    if (column.texts.length < column.values.size) column.texts = [...column.values.keys()];
    return column.texts[domain];
  }

  /** Number of values. */
  domainCount(attribute: AttributeId): number {
    return this.column(attribute).values.size;
  }

  private column(attribute: AttributeId): AttributeColumn {
    const column = this.columns[attribute];
    if (column === undefined)
      throw new RangeError(`there is no attribute ${attribute}; Space.attribute gives them`);
    if (column.filled < this.ofMachine.length) this.fill(column);
    return column;
  }

  private fill(column: AttributeColumn): void {
    column.domains = grown(column.domains, this.ofMachine.length);
    for (; column.filled < this.ofMachine.length; column.filled++) this.fillRow(column, column.filled);
  }

  private fillRow({ name, values, domains }: AttributeColumn, machine: MachineId): void {
    const value = name === MACHINE_ATTRIBUTE ? String(machine) : this.ofMachine[machine][name];
    if (value !== undefined && !values.has(value)) values.set(value, values.size);
    domains[machine] = value === undefined ? NONE : (values.get(value) as number);
  }
}

/** Enters the attributes of a machine for constraints and for questions about them. Its name and its supply are attributes as well. */
export function enterAttributes(
  { attributes, constraints, machines }: AttributeTables,
  machine: MachineId,
): void {
  const { name, supply = 'own', attributes: own } = machines.specs[machine];
  const all = { machine: name, supply, ...own };
  constraints.addMachine(machine, all);
  attributes.addMachine(machine, all);
}

interface AttributeTables {
  readonly attributes: Attributes;
  readonly constraints: Constraints;
  readonly machines: { readonly specs: readonly MachineSpec[] };
}

interface AttributeColumn {
  readonly name: string;
  readonly values: Map<string, number>;
  /** The values by id, as far as they were read. */
  texts: readonly string[];
  domains: Int32Array;
  /** Number of machines that the column covers. */
  filled: number;
}
