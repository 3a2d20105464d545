import type { Micros } from '../model/index.js';
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

/** Rule for the number of instances; see sim/elasticity/horizontal. */
export type ScalingRule = 'target' | 'scheduled' | 'predictive';

/** Settings of an application's controller. */
export interface ScalingTerms {
  readonly rule: ScalingRule;
  /** Target utilization of an instance, 0 to 1. */
  readonly target: number;
  /** Deviations up to this share of the target change nothing. */
  readonly tolerance: number;
  /** Time between two checks of the load. */
  readonly every: Micros;
  /** No instances are added, or removed, within these times after a change of their number. */
  readonly coolDownOut: Micros;
  readonly coolDownIn: Micros;
  /** Minimum and maximum number of instances. */
  readonly least: number;
  readonly most: number;
  /** Time from the start of an instance until it serves. */
  readonly readyAfter: Micros;
  /** `predictive`: how far ahead the load is predicted. */
  readonly lead: Micros;
  /** `scheduled`: entries in order of time. */
  readonly schedule: readonly ScheduledCount[];
}

/** Number of instances from a time of day on. */
export interface ScheduledCount {
  /** Time since midnight. */
  readonly from: Micros;
  readonly instances: number;
}

/** Number of instances that a load needs at the target utilization, within the bounds. */
export function neededInstances(load: number, { target, least, most }: ScalingTerms): number {
  return Math.min(most, Math.max(least, wholeInstances(load / target)));
}

/** Rounds up. A value above a whole number only by a rounding error gives that number. */
export function wholeInstances(count: number): number {
  return Math.ceil(count - 1e-9);
}
