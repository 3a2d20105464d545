import type { Cluster, JobId, MachineId, TaskId } from '../../model/index.js';
import type { ClaimList } from './claim-list.js';

/** The tasks that lose their claims when a machine leaves, last claim first: those claimed there, and all of their gangs. */
export function lostWith(claims: ClaimList, machine: MachineId, { tasks, jobs }: Cluster): TaskId[] {
  const gangs = new Set<JobId>();
  for (let i = 0; i < claims.length; i++) {
    const job = tasks.job[claims.task[i]];
    if (claims.machine[i] === machine && jobs.gang[job] === 1) gangs.add(job);
  }
  const lost: TaskId[] = [];
  for (let i = claims.length - 1; i >= 0; i--) {
    if (claims.machine[i] === machine || gangs.has(tasks.job[claims.task[i]])) lost.push(claims.task[i]);
  }
  return lost;
}
