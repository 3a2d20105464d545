import type { Constraints } from './constraints.js';
import type { FreeTable } from './free-table.js';
import type { DeviceMask, MachineId } from './machine.js';
import type { MachineTable } from './machine-table.js';
import type { PlacementRules } from './placement-rules.js';
import { type TaskId, TaskState, type TaskTable } from './task.js';

/**
 * Reason why the ledger refuses an action of a policy. A refused action changes nothing.
 *
 * - `unknown-task`, `unknown-machine`: no such id.
 * - `not-pending`: the task, or a task of the job to reject, runs already, is held elsewhere, has ended, or is in no queue.
 * - `foreign-task`: the task belongs to another framework.
 * - `part-of-gang`: other tasks of its gang are pending too; a gang starts as a whole, with `startGang`.
 * - `incomplete-gang`: the placing lacks a pending task of the gang, a task of the gang is still stopping, or the victims lack a
 *   running task of their gang.
 * - `unknown-job`: no such job, or a task of the placing belongs to another job; for `forgo`, the job has no claim.
 * - `not-running`: the task to stop does not run, or is stopping already.
 * - `not-preemptible`: the task to stop belongs to the gang that needs its room.
 * - `insufficient-victims`: there are no victims, or the placing does not fit when they are gone.
 * - `claimed`: the room is kept for the claim of another job; or a task of the placing has a claim already.
 * - `unsupported`: the task cannot write a checkpoint when it is stopped; or the host cannot switch this machine off and on.
 * - `machine-not-up`: the machine is not up; to switch it off, it may also be draining.
 * - `machine-in-use`: tasks are on the machine to switch off, or room there is claimed.
 * - `machine-not-off`: the machine to switch on is not off.
 * - `not-offered`: nothing of this machine is offered to the task's framework.
 * - `constraint`: the machine lacks a required attribute.
 * - `placement-rule`: a rule of its job, or of a job on the machine, forbids the placement; under offers also: the machine is
 *   gathered for a gang, which the task could delay.
 * - `does-not-fit`: too little is free in some dimension, or on the GPU devices.
 * - `in-the-past`: the time is not after now, or the grace is negative, or either is no whole number of microseconds.
 * - `too-large`: the policy may remember at most 1 MiB.
 * - `wrong-devices`: the chosen devices are not the right number, do not exist, or have too little free.
 */
export type Refusal =
  | 'unknown-task'
  | 'not-pending'
  | 'foreign-task'
  | 'part-of-gang'
  | 'incomplete-gang'
  | 'unknown-job'
  | 'not-running'
  | 'not-preemptible'
  | 'insufficient-victims'
  | 'claimed'
  | 'unsupported'
  | 'unknown-machine'
  | 'machine-not-up'
  | 'machine-in-use'
  | 'machine-not-off'
  | 'not-offered'
  | 'constraint'
  | 'placement-rule'
  | 'does-not-fit'
  | 'wrong-devices'
  | 'in-the-past'
  | 'too-large';

/** The parts of a ledger that decide whether a task can be placed; see Cluster. */
interface PlacingLedger {
  readonly tasks: TaskTable;
  readonly machines: MachineTable;
  readonly constraints: Constraints;
  readonly rules: PlacementRules;
}

/** The reason why the task cannot be placed on the machine; undefined if it can. */
export function whyNotPlace(
  { tasks, machines, constraints, rules }: PlacingLedger,
  task: TaskId,
  machine: MachineId,
  from: FreeTable,
  devices: DeviceMask,
): Refusal | undefined {
  if (!(task >= 0 && task < tasks.bound) || tasks.state[task] === TaskState.unused) return 'unknown-task';
  if (tasks.state[task] !== TaskState.pending) return 'not-pending';
  if (!(machine >= 0 && machine < machines.count)) return 'unknown-machine';
  if (!machines.isUp(machine)) return 'machine-not-up';
  if (machine >= from.count || from.open[machine] === 0) return 'not-offered';
  const taskClass = tasks.taskClass[task];
  if (!from.fits(machine, taskClass))
    return constraints.allows(from.classes.constraint[taskClass], machine) ? 'does-not-fit' : 'constraint';
  if (!rules.allows(task, machine)) return 'placement-rule';
  if (devices !== 0 && !from.devicesFit(machine, taskClass, devices)) return 'wrong-devices';
  return undefined;
}
