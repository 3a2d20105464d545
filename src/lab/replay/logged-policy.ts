import { NONE } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { Policy } from '../../policies/policy.js';
import type { LoggedLoad } from './logged-load.js';

/**
 * The logged decisions as a policy: each task starts at the time and on the machine of its launch. It uses the future, so users
 * cannot choose it. It is the reference to which other policies are compared.
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
        // Each row is one task, and no task is queued twice. So its sequence number in the queue is its position in the log.
        const { launched, agent } = tasks[facts.queuedAs(task) - 1];
        if (launched > now) act.wakeAt(launched);
        else act.start(task, machineOf.get(agent) ?? NONE);
        task = next;
      }
    },
  };
}
