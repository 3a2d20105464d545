import type { MachineId, TaskId } from '../../model/index.js';
import type { SchedulingView } from '../contract.js';

/** Is the machine up and visible, and does it have the attributes that the task requires? Room is not checked. */
export function isOpenTo(view: SchedulingView, machine: MachineId, task: TaskId): boolean {
  const { open, constraints, classes } = view.machines.table;
  return open[machine] === 1 && constraints.allows(classes.constraint[view.tasks.taskClass[task]], machine);
}
