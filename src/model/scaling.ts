import type { Micros } from './micros.js';

/** Rule for the number of instances of an application; see src/policies/controllers/horizontal. */
export type ScalingRule = 'target' | 'scheduled' | 'predictive';

/** Settings of the horizontal scaling of an application. */
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
  /** Instances are added up to the lowest number recommended within this time, and removed down to the highest. */
  readonly stabilizationOut: Micros;
  readonly stabilizationIn: Micros;
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
