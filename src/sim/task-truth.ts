import { grown, type Micros, NONE, type TaskId } from '../model/index.js';

/**
 * What only the simulation knows of each live task; rows are task ids. Policies never see this table.
 */
export class TaskTruth {
  /** Run time of an attempt, Micros. */
  duration = new Float64Array(256);
  /** The first attempt fails after so long; FOREVER when it does not. */
  failAfter = new Float64Array(256);
  /** Index of its usage profile, or NONE. */
  profile = new Int32Array(256).fill(NONE);
  /** Order number of the event that will end the running attempt; NaN when none is pending. */
  endOrder = new Float64Array(256);

  set(task: TaskId, duration: Micros, failAfter: Micros, profile: number): void {
    if (this.duration.length <= task) this.reserve(task + 1);
    this.duration[task] = duration;
    this.failAfter[task] = failAfter;
    this.profile[task] = profile;
    this.endOrder[task] = Number.NaN;
  }

  private reserve(length: number): void {
    this.duration = grown(this.duration, length);
    this.failAfter = grown(this.failAfter, length);
    this.profile = grown(this.profile, length, NONE);
    this.endOrder = grown(this.endOrder, length);
  }
}
