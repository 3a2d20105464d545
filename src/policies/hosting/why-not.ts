import { type Cluster, type FreeTable, TaskState, type WhatIfRoom, withClaim } from '../../model/index.js';
import type { MachineId, TaskId, Verdict } from '../contract.js';

/** The room that a question is about: a table of the ledger, or a room as it would be. */
export interface Room {
  readonly cluster: Cluster;
  readonly table: FreeTable;
  /** The room of `table`, if that is no table of the ledger. */
  readonly room?: WhatIfRoom | undefined;
}

/** Is room kept for this task? Then `withOwnClaim` asks about it too. Other tasks of its job do not get that room. */
export function hasOwnClaim({ cluster, table: { claims } }: Room, task: TaskId): boolean {
  return claims !== undefined && claims.size > 0 && claims.keepsFor(cluster.tasks.job[task], task);
}

/** Runs a step in which the claim of the task's job is free. */
export function withOwnClaim<Result>(
  { cluster, table, room }: Room,
  task: TaskId,
  step: () => Result,
): Result {
  if (room !== undefined) return room.withClaim(task, step);
  return withClaim(cluster, table, cluster.tasks.job[task], step);
}

/** `done` if the task can start there now, or the first reason against it. Room that is claimed for it counts as free. */
export function whyNotStart(where: Room, task: TaskId, machine: MachineId): Verdict {
  if (hasOwnClaim(where, task)) return withOwnClaim(where, task, () => whyNotFree(where, task, machine));
  return whyNotFree(where, task, machine);
}

function whyNotFree({ cluster, table, room }: Room, task: TaskId, machine: MachineId): Verdict {
  const { tasks, machines, classes, constraints, rules } = cluster;
  const state = tasks.state[task] ?? TaskState.unused;
  if (state === TaskState.unused) return 'unknown-task';
  if (state !== TaskState.pending || room?.isPut(task) === true) return 'not-pending';
  if (!(machine >= 0 && machine < machines.count)) return 'unknown-machine';
  // The table, not the state of the machine, counts: a private copy of the cell may be older.
  if (table.open[machine] !== 1) return machines.isUp(machine) ? 'not-offered' : 'machine-not-up';
  const taskClass = tasks.taskClass[task];
  if (!constraints.allows(classes.constraint[taskClass], machine)) return 'constraint';
  if (!table.fits(machine, taskClass))
    return table.claims?.hides(machine, taskClass, table) === true ? 'claimed' : 'does-not-fit';
  return rules.allows(task, machine, room) ? 'done' : 'placement-rule';
}
