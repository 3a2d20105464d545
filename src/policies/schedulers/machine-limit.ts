import type { MachineId, Micros, TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';

/** A reason of the policy's own to keep tasks off machines that they fit: a part of a list scheduler. */
export interface MachineLimit {
  /** May the task start on the machine now? */
  allows(view: SchedulingView, task: TaskId, machine: MachineId): boolean;
  /** The next time after `now` at which the answer changes by itself; FOREVER when it does not. */
  changesAt(now: Micros): Micros;
}
