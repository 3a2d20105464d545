import type { Micros } from '../model/index.js';
import type { LoadCurve } from './load-curve.js';
import type { TaskRow } from './task-row.js';

/**
 * An application whose instances are not rows of a trace: a controller starts and ends them while the run goes on, as the load that it
 * measures asks for.
 */
export interface ScaledApplication {
  readonly name: string;
  /** Any one of its instances. It runs until it is ended, and uses all that it asks for where `usage` is 1. */
  readonly instance: TaskRow;
  /** How many instances the load would keep fully busy. */
  readonly load: LoadCurve;
  /** The curve of `instance`, of one value: the share that each started instance uses, which the simulation writes. */
  readonly usage: LoadCurve;
  readonly terms: ScalingTerms;
}

/** How the number of instances is found; see sim/elasticity, a file for each. */
export type ScalingRule = 'target' | 'scheduled' | 'predictive';

/** What the controller of an application goes by. */
export interface ScalingTerms {
  readonly rule: ScalingRule;
  /** Utilization that an instance should have, 0 to 1. */
  readonly target: number;
  /** A utilization within this share of the target changes nothing. */
  readonly tolerance: number;
  /** From one look at the load to the next. */
  readonly every: Micros;
  /** No instances are added, or ended, for so long after the number was last changed. */
  readonly coolDownOut: Micros;
  readonly coolDownIn: Micros;
  /** Fewest and most instances. */
  readonly least: number;
  readonly most: number;
  /** From the start of an instance until it serves. */
  readonly readyAfter: Micros;
  /** `predictive`: how far ahead it looks. */
  readonly lead: Micros;
  /** `scheduled`: in order of time. */
  readonly schedule: readonly ScheduledCount[];
}

/** So many instances from a time of the day on. */
export interface ScheduledCount {
  /** Since midnight. */
  readonly from: Micros;
  readonly instances: number;
}

/** Instances that a load needs at the target utilization, within the bounds. */
export function neededInstances(load: number, { target, least, most }: ScalingTerms): number {
  return Math.min(most, Math.max(least, wholeInstances(load / target)));
}

/** Rounded up; what is above a whole number by no more than rounding is that number. */
export function wholeInstances(count: number): number {
  return Math.ceil(count - 1e-9);
}
