import type { MachineId, Micros, TaskId } from '../../model/index.js';
import type { ExecutionListener } from '../execution.js';

/**
 * The timing of the two scheduling levels. The simulation reports events to the architecture. The architecture requests
 * a scheduling pass by `execution.passWanted`. The pass runs after all events of the instant (up to class `decision`).
 */
export interface Architecture extends ExecutionListener {
  /** Does it abandon a job after a number of attempts? Then its decisions end by themselves. */
  readonly givesUp?: boolean;
  /** A task was submitted. */
  taskArrived(task: TaskId, now: Micros): void;
  /** Runs the requested scheduling pass. */
  pass(now: Micros): void;
  /** Handles one of the architecture's own events. */
  due(subject: number, now: Micros): void;
  /** A machine accepts tasks again. */
  machineReturned(machine: MachineId, now: Micros): void;
  /** The machine is about to stop accepting tasks. Its offers must return to the ledger first. */
  machineLeaves(machine: MachineId, now: Micros): void;
}
