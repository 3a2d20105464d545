import { type Cluster, InputError, NONE, type Observer, secondsText } from '../model/index.js';

/** Ends the run at the first decision that cannot be carried out, and names it: `onRefusal=stop`. */
export function stopAtRefusal(cluster: Cluster, policy: string): Partial<Observer> {
  return {
    refused(refusal, action, task, machine, now) {
      const { tasks, jobs, machines } = cluster;
      const job = task === NONE || task >= tasks.bound ? '' : ` of job "${jobs.name[tasks.job[task]]}"`;
      const what = task === NONE ? '' : ` task ${task}${job}`;
      const where =
        machine === NONE
          ? ''
          : ` on machine ${machine}${machines.specs[machine] === undefined ? '' : ` (${machines.specs[machine].name})`}`;
      throw new InputError(
        {},
        `policy ${policy} asked at ${secondsText(now)} s to ${action}${what}${where}: ${refusal}`,
      );
    },
  };
}
