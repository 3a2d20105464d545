import type { DeviceMask, MachineId, TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';

/** Where a task goes: a filter (does it fit?) and a choice among what fits. */
export interface Placement {
  readonly name: string;
  /** A machine that fits the task, or NONE when there is none. */
  choose(view: SchedulingView, task: TaskId): MachineId;
  /** The GPU devices of that machine; left out, the host takes those with the least left that suffice. */
  devices?(view: SchedulingView, task: TaskId, machine: MachineId): DeviceMask;
}
