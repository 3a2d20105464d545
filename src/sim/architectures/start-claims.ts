import type { JobId, TaskId } from '../../model/index.js';
import type { Execution } from '../execution.js';
import type { ClaimList } from './claim-list.js';

/**
 * Starts what was claimed and given back to the ledger, gangs whole or not at all, and empties the list. Returns the tasks that could not
 * start: what another framework has placed meanwhile may keep them off by a rule of placement.
 */
export function startClaims(claims: ClaimList, execution: Execution): TaskId[] {
  const { cluster } = execution;
  const lost: TaskId[] = [];
  const held: TaskId[] = [];
  const brokenGangs = new Set<JobId>();
  for (let i = 0; i < claims.length; i++) {
    const [task, machine, devices] = [claims.task[i], claims.machine[i], claims.devices[i]];
    if (cluster.refusal(task, machine, cluster.free, devices) === undefined) {
      cluster.hold(task, machine, cluster.free, devices);
      held.push(task);
      continue;
    }
    lost.push(task);
    const job = cluster.tasks.job[task];
    if (cluster.jobs.gang[job] === 1) brokenGangs.add(job);
  }
  claims.clear();
  for (const task of held) {
    if (brokenGangs.has(cluster.tasks.job[task])) {
      cluster.release(task);
      lost.push(task);
    } else {
      execution.startHeld(task);
    }
  }
  return lost;
}
