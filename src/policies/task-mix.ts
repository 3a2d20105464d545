import type { Constraint } from '../model/index.js';

/** What tasks of a workload ask for, and how many ask for it, as an operator knows it from the past. Each shape stands once. */
export type TaskMix = readonly MixedShape[];

/** One shape of the mix. */
export interface MixedShape {
  /** In quanta, one entry per dimension of the run's space. */
  readonly demand: ArrayLike<number>;
  readonly gpuCount: number;
  /** Thousandths of each device. */
  readonly gpuMilliEach: number;
  readonly constraint: readonly Constraint[];
  /** Number of tasks. */
  readonly tasks: number;
}
