import type { MachineId, Micros, TaskId } from '../../model/index.js';
import type { ExecutionListener } from '../execution.js';

/**
 * How the two levels of scheduling meet in time. The simulation tells it what happened; it asks for a scheduling pass by
 * `execution.passWanted`, and gets one when all events of the instant (up to class `decision`) have happened.
 */
export interface Architecture extends ExecutionListener {
  /** A task was submitted. */
  taskArrived(task: TaskId, now: Micros): void;
  /** The scheduling pass that was wanted. */
  pass(now: Micros): void;
  /** One of the architecture's own events, with the subject it was scheduled with. */
  due(subject: number, now: Micros): void;
  /** A machine takes tasks again. */
  machineReturned(machine: MachineId, now: Micros): void;
  /** This machine is about to stop taking tasks: its offers must be back in the ledger before that. */
  machineLeaves(machine: MachineId, now: Micros): void;
}
