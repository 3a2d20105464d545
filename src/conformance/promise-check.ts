import type { Micros } from '../model/index.js';
import type { Check, CheckContext } from './check.js';
import type { Hooks } from './observed-run.js';
import type { ObservedJob } from './observed-state.js';

/** Conservative backfilling: neither later jobs nor ends of tasks make a promised start later. */
export const promisesKept: Check = {
  name: 'a promised start is kept, or moves earlier',
  watch(context) {
    const { decisionTime, machineEvents, machineChanges = [] } = context.scenario;
    if (context.promises.keepsPromises !== true) return null;
    // A decision that takes time is late for its plan, and machines of a scenario leave unannounced.
    if (decisionTime.perJob > 0 || decisionTime.perTask > 0) return null;
    if (machineEvents.length > 0 || machineChanges.length > 0) return null;
    return watchPromises(context);
  },
};

/** The promise to a job of several tasks is that of the next one, so only single tasks and gangs are watched. */
function watchPromises({ seen, complain }: CheckContext): Hooks {
  const promised = new Map<ObservedJob, Micros>();
  const isWatched = ({ isGang, rule, tasks }: ObservedJob) =>
    (isGang || tasks.length === 1) &&
    rule.beside.length === 0 &&
    tasks.every(({ state, starts }) => state === 'pending' && starts === 0);
  return {
    started({ job }) {
      const at = promised.get(job);
      if (at === undefined) return;
      if (seen.now > at) complain(`job ${job.name} was promised ${at} us and starts now`);
      promised.delete(job);
    },
    instantOver() {
      for (const [row, job] of seen.jobs.entries()) {
        if (job.hasEnded || !isWatched(job)) continue;
        const at = seen.cluster.jobs.promised[row];
        const before = promised.get(job);
        if (before !== undefined && !(at <= before))
          complain(`job ${job.name} was promised ${before} us, and now ${at}`);
        if (!Number.isNaN(at)) promised.set(job, at);
      }
    },
  };
}
