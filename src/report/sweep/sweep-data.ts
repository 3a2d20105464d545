import type { Unit } from '../../metrics/catalogue/entry.js';
import type { Fact, FileGroup } from '../report-data.js';

/** The data of the page of a sweep, embedded as JSON. A point is a policy with a value of each axis; a run is a point under a seed. */
export interface SweepData {
  readonly title: string;
  readonly sentence: string;
  readonly command: null;
  readonly facts: readonly Fact[];
  readonly files: readonly FileGroup[];
  readonly policies: readonly string[];
  readonly seeds: readonly string[];
  /** The policy is the first, if there are several. */
  readonly axes: readonly SweepAxis[];
  readonly points: number;
  /** Policy of each point, and for each axis the level of each point, -1 where it does not apply: 16-bit integers, compressed. */
  readonly policyOfPoint: string;
  readonly levelsOfPoints: readonly string[];
  /** Point (32 bits) and seed (16 bits) of each run, compressed. */
  readonly pointOfRun: string;
  readonly seedOfRun: string;
  /** Those of the short table first. */
  readonly metrics: readonly SweepMetric[];
  readonly notes: readonly string[];
}

/** An axis of the sweep. */
export interface SweepAxis {
  readonly name: string;
  /** Texts of its values, ascending if they are numbers. */
  readonly levels: readonly string[];
  /** The number of each level; null if they are no numbers. */
  readonly numbers: readonly number[] | null;
  /** What follows each number, such as `s` or `x16cpu/64GiB`; empty for text. */
  readonly unit: string;
  /** Classes of neighbouring levels, which figures draw as one; as many as levels if there are few. */
  readonly classes: readonly string[];
  /** The class of each level. */
  readonly classOf: readonly number[];
  /** The place of each class on an axis of numbers; null without numbers. */
  readonly places: readonly number[] | null;
}

/** A number of the summary that is not the same in all runs. */
export interface SweepMetric {
  readonly key: string;
  /** Empty for a number that the catalogue does not have. */
  readonly unit: Unit | '';
  readonly about: string;
  readonly better: 'lower' | 'higher' | 'neither';
  readonly isRare: boolean;
  /** Whether it is in the short table. */
  readonly isShort: boolean;
  /** One 64-bit number per run, compressed; NaN without a value. */
  readonly values: string;
  /** How much of its variance each axis explains; null if that cannot be computed. */
  readonly shares: readonly (ExplainedShare | null)[];
}

/** Mean over the seeds of the first-order share of an axis, with the half-width of its 95 % interval if there are several seeds. */
export interface ExplainedShare {
  readonly mean: number;
  readonly halfWidth: number | null;
  /** The share that an axis without effect is expected to have. */
  readonly byChance: number;
}

/** The id of the page element that contains the data. */
export const SWEEP_ELEMENT_ID = 'sweep-data';
