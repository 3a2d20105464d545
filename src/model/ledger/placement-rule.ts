import type { Constraint } from './constraints.js';

/** A job's requirements on the placement of its tasks, in addition to the required attributes of each machine. */
export interface PlacementRule {
  /** Maximum number of the job's tasks on machines that share a value of an attribute. */
  readonly spread: readonly Spread[];
  /** All of the job's tasks must be on machines that share one value of each of these attributes. */
  readonly together: readonly string[];
  /** Names of frameworks whose tasks must not share a machine with tasks of the job, in either order of placement. */
  readonly avoid: readonly string[];
  /** Names of frameworks. When a task of the job starts, its machine must have a task of one of them. */
  readonly beside: readonly string[];
  /** Preferred machines, such as those that hold the tasks' data. A machine is preferred if it meets all of these. */
  readonly prefers: readonly Preference[];
}

/** A constraint that a machine should satisfy, but need not. */
export interface Preference {
  readonly constraint: Constraint;
  /** Whole, from 1 to 100. Policies may compare machines by the sum of the weights that they meet. */
  readonly weight: number;
}

/** At most `atMost` tasks of a job per value of the attribute. The attribute `machine` is the machine itself. */
export interface Spread {
  readonly attribute: string;
  readonly atMost: number;
}

/** Index of an interned rule. */
export type PlacementRuleId = number;

/** The rule without requirements. */
export const NO_RULE: PlacementRuleId = 0;

/** The attribute that is different for every machine. */
export const MACHINE_ATTRIBUTE = 'machine';
