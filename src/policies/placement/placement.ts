import type { DeviceMask, MachineId, ResourceSpace, TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';
import type { TaskMix } from '../task-mix.js';
import type { Ties } from './ties.js';

/** Where a task goes: a filter (does it fit?) and a choice among what fits. */
export interface Placement {
  readonly name: string;
  /** Does `forRun` read the task mix? */
  readonly needs?: 'task mix';
  /** A machine that fits the task, or NONE when there is none. */
  choose(view: SchedulingView, task: TaskId): MachineId;
  /** The GPU devices of that machine; left out, the host takes those with the least left that suffice. */
  devices?(view: SchedulingView, task: TaskId, machine: MachineId): DeviceMask;
  /** The same placement on these terms; one without it has no terms. */
  forRun?(terms: PlacementTerms): Placement;
}

/** What a placement may be told of a run. */
export interface PlacementTerms {
  readonly space: ResourceSpace;
  readonly ties: Ties;
  /** Empty where nothing is known. */
  readonly taskMix: TaskMix;
}
