import type { Constraint } from './constraints.js';

/** What a job asks of where its tasks stand, beside the attributes that every one of their machines must have. */
export interface PlacementRule {
  /** At most so many of the job's tasks on machines that share a value of an attribute. */
  readonly spread: readonly Spread[];
  /** All of the job's tasks on machines that share one value of each of these attributes. */
  readonly together: readonly string[];
  /** Names of frameworks whose tasks must not share a machine with those of the job, whoever of them comes first. */
  readonly avoid: readonly string[];
  /** Names of frameworks: a machine must have a task of one of them when a task of the job starts there. */
  readonly beside: readonly string[];
  /** Attributes of the machines that the tasks would rather have, such as those that hold their data. */
  readonly prefers: readonly Constraint[];
}

/** At most `atMost` tasks of a job to each value of the attribute; the attribute `machine` is the machine itself. */
export interface Spread {
  readonly attribute: string;
  readonly atMost: number;
}

/** Index of an interned rule. */
export type PlacementRuleId = number;

/** The rule that asks for nothing. */
export const NO_RULE: PlacementRuleId = 0;

/** The attribute that every machine has and no two share. */
export const MACHINE_ATTRIBUTE = 'machine';
