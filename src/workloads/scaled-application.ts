import type { ScalingTerms } from '../model/index.js';
import type { LoadCurve } from './load-curve.js';
import type { TaskRow } from './task-row.js';

/**
 * An application whose instances are not rows of a trace. A controller starts and ends them during the run, according
 * to the measured load.
 */
export interface ScaledApplication {
  readonly name: string;
  /** Template of its instances. An instance runs until it is ended, and uses its whole request when `usage` is 1. */
  readonly instance: TaskRow;
  /** The load, as the number of instances that it would keep fully busy. */
  readonly load: LoadCurve;
  /** The curve of `instance`, with one value that the simulation overwrites: the used share of each started instance. */
  readonly usage: LoadCurve;
  readonly terms: ScalingTerms;
}
