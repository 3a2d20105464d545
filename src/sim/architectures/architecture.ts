import type { FrameworkId, JobId, MachineId, Micros, TaskId } from '../../model/index.js';
import type { RoleGuarantee, RoleLimit } from '../../policies/policy.js';
import type { ExecutionListener } from '../execution.js';

/** What frameworks never get while the run lasts. */
export interface UseBounds {
  /** Can tasks of the framework be placed on the machine at all, now or later? Left out where all machines are open to all. */
  readonly mayUse?: ((framework: FrameworkId, machine: MachineId) => boolean) | undefined;
  readonly limits: readonly RoleLimit[];
  /** Held back from frameworks of other roles. */
  readonly guarantees: readonly RoleGuarantee[];
}

/** The events of a simulation, for an architecture that leaves out what repeats. */
export interface Outlook {
  /** Number of events so far: those of the architecture and all others. */
  readonly eventCount: number;
  /**
   * Before this time, nothing happens but passes, and events that the architecture schedules from now on. The present time if its
   * events must not be left out.
   */
  readonly quietUntil: Micros;
}

/**
 * The timing of the two scheduling levels. The simulation reports events to the architecture. The architecture requests
 * a scheduling pass by `execution.passWanted`. The pass runs after all events of the instant (up to class `decision`).
 */
export interface Architecture extends ExecutionListener {
  /** Before the first event. */
  beginRun?(outlook: Outlook): void;
  /** Does it abandon a job after a number of attempts? Then its decisions end by themselves. */
  readonly givesUp?: boolean;
  /** Left out where frameworks may use everything. */
  readonly bounds?: UseBounds | undefined;
  /** Under offers: the gang for which the machine is gathered now; NONE for none. Left out without offers of machines. */
  keeperOf?(machine: MachineId): JobId;
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
