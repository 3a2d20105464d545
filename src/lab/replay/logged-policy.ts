import { NONE } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { Policy } from '../../policies/policy.js';
import type { LoggedLoad } from './logged-load.js';

/**
 * What really happened, as a policy: each task starts when and where it was launched. It knows the future, so it is none that
 * anybody may choose; it stands beside policies to measure them against.
 */
export function loggedPolicy(load: LoggedLoad): Policy {
  return {
    name: 'logged',
    parameters: [],
    build: () => ({ architecture: 'monolithic', scheduler: loggedScheduler(load) }),
  };
}

function loggedScheduler({ tasks, agents }: LoggedLoad): Scheduler {
  const machineOf = new Map(agents.map(({ name }, machine) => [name, machine]));
  return {
    name: 'logged',
    schedule({ now, queue, tasks: facts }, act) {
      for (let task = queue.first; task !== NONE; ) {
        const next = queue.next(task);
        // Each row is one task and none is queued twice, so the number of its joining is its place in the log.
        const { launched, agent } = tasks[facts.enqueueSeq[task] - 1];
        if (launched > now) act.reserve(task, launched);
        else act.start(task, machineOf.get(agent) ?? NONE);
        task = next;
      }
    },
  };
}
