import type { Micros } from '../../model/index.js';

/** Schedules a call of `due` with this subject (a whole number, 0 or above). */
export type Wake = (time: Micros, subject: number) => void;

/** A control loop, or what it acts on: each has events of its own, after all other events of an instant. */
export interface ControlPart {
  /** The run starts. */
  begin(now: Micros): void;
  /** An event that `Wake` scheduled. Another pass follows it if one was requested. */
  due(subject: number, now: Micros): void;
}
