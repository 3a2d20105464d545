import { FOREVER, fromSeconds, type Micros } from '../model/index.js';
import type { Check, CheckContext } from './check.js';
import type { Hooks } from './observed-run.js';
import type { ObservedTask } from './observed-state.js';
import { emptyRoom, standTogether } from './standing.js';

/** Longest wait on an idle cluster: longer than any filter, retry and pause in the settings of the tests. */
const PATIENCE: Micros = fromSeconds(35);

/** No job that could run waits for ever on an idle cluster. */
export const idleCluster: Check = {
  name: 'no job waits on an idle cluster that could run it',
  watch: (context) => (context.promises.servesAnyJob === true ? watchIdle(context) : null),
};

function watchIdle({ seen, scenario, promises, complain }: CheckContext): Hooks {
  let idleSince: Micros = Number.NaN;
  const present = () => seen.machines.filter(({ state }) => state !== 'absent');
  const canStand = (task: ObservedTask) => {
    const { job, framework } = task;
    const machines = present().filter(({ id }) => promises.mayUse?.(framework, id) ?? true);
    return standTogether(seen.cluster, job.isGang ? job.tasks : [task], machines.map(emptyRoom)) === 'yes';
  };
  // A job that needs a neighbour may wait for ever, and then holds back the jobs behind it, unless every task is served.
  const mayBeHeldBack = ({ job }: ObservedTask) =>
    promises.workConservation?.of !== 'every task' && job.rule.beside.length > 0;
  return {
    started() {
      idleSince = Number.NaN;
    },
    machineChanged() {
      idleSince = Number.NaN;
    },
    instantOver(until) {
      const isIdle = present().every(({ state, tasks }) => state === 'up' && tasks.size === 0);
      if (!isIdle || seen.queue.length === 0) {
        idleSince = Number.NaN;
        return;
      }
      if (Number.isNaN(idleSince)) idleSince = seen.now;
      if (until - idleSince <= PATIENCE) return;
      // A job that waits for a machine to come may keep the others waiting behind it.
      const changes = scenario.machineChanges !== undefined;
      const waiting = changes && !seen.queue.every(canStand) ? undefined : seen.queue.find(canStand);
      if (waiting === undefined || seen.queue.some(mayBeHeldBack)) return;
      complain(`task ${waiting.serial} could run, and the cluster is idle from ${idleSince} us`);
      idleSince = FOREVER;
    },
  };
}
