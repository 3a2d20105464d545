/**
 * Why the ledger cannot place a task. The closed set that hosts answer policies with; a refused decision changes nothing.
 *
 * - `unknown-task`, `unknown-machine`: no such id.
 * - `not-pending`: the task runs already, is held elsewhere, or has ended.
 * - `foreign-task`: the task belongs to another framework.
 * - `part-of-gang`: more of its gang waits; a gang starts as a whole, with `startGang`.
 * - `not-held`: no room was held for the task in this call.
 * - `not-running`: the task to kill does not run.
 * - `machine-not-up`: the machine is draining, unreachable or down.
 * - `not-offered`: nothing of this machine is offered to the task's framework.
 * - `constraint`: the machine lacks an attribute the task insists on.
 * - `placement-rule`: a rule of its job, or of a job there, keeps the task off the machine.
 * - `does-not-fit`: too little is free in some dimension, or on the GPU devices.
 * - `wrong-devices`: the devices named are not the right number, do not exist, or have too little left.
 */
export type Refusal =
  | 'unknown-task'
  | 'not-pending'
  | 'foreign-task'
  | 'part-of-gang'
  | 'not-held'
  | 'not-running'
  | 'unknown-machine'
  | 'machine-not-up'
  | 'not-offered'
  | 'constraint'
  | 'placement-rule'
  | 'does-not-fit'
  | 'wrong-devices';
