/**
 * Reason why the ledger refuses an action of a policy. A refused action changes nothing.
 *
 * - `unknown-task`, `unknown-machine`: no such id.
 * - `not-pending`: the task, or a task of the job to reject, runs already, is held elsewhere, has ended, or is in no queue.
 * - `foreign-task`: the task belongs to another framework.
 * - `part-of-gang`: other tasks of its gang are pending too; a gang starts as a whole, with `startGang`.
 * - `incomplete-gang`: the placing lacks a pending task of the gang.
 * - `unknown-job`: no such job, or a task of the placing belongs to another job.
 * - `not-running`: the task to kill does not run.
 * - `machine-not-up`: the machine is draining, unreachable or down.
 * - `not-offered`: nothing of this machine is offered to the task's framework.
 * - `constraint`: the machine lacks a required attribute.
 * - `placement-rule`: a rule of its job, or of a job on the machine, forbids the placement.
 * - `does-not-fit`: too little is free in some dimension, or on the GPU devices.
 * - `in-the-past`: the time is not after now.
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
  | 'unknown-machine'
  | 'machine-not-up'
  | 'not-offered'
  | 'constraint'
  | 'placement-rule'
  | 'does-not-fit'
  | 'wrong-devices'
  | 'in-the-past'
  | 'too-large';
