import type { Micros } from '../../../model/index.js';

/** What a controller measures of its application. */
export interface Measurement {
  readonly now: Micros;
  /** Instances asked for so far. */
  readonly wanted: number;
  /** Instances that take load. */
  readonly serving: number;
  /** Mean utilization of these, 0 to 1: more load than they can take looks like 1, and so does no instance at all. */
  readonly utilization: number;
}
