import { FOREVER, fromSeconds, type Micros } from '../model/index.js';
import type { Check, CheckContext } from './check.js';
import type { Hooks } from './observed-run.js';
import type { ObservedTask } from './observed-state.js';
import { occupy, roomOf, standTogether } from './standing.js';
import type { HeadPromise } from './subject.js';

/** EASY and conservative: a task behind the head of the queue does not delay it. */
export const headNotDelayed: Check = {
  name: "backfilling never delays the start of the queue's head",
  watch(context) {
    const { perJob, perTask } = context.scenario.decisionTime;
    // With decision times, the queue and the machines change after the scheduler reads them.
    const promise = context.promises.headIsNotDelayed;
    if (promise === undefined || perJob > 0 || perTask > 0) return null;
    return watchHead(context, promise);
  },
};

/**
 * Compares the earliest possible start of the head, a task or a gang, before and after each start of a task behind it. Estimates
 * are upper bounds in every scenario: the simulator stops a task that reaches its estimate.
 *
 * No backfilling rule makes a promise to a head that needs a neighbour, because the neighbour may end first.
 */
function watchHead({ seen, scenario, complain }: CheckContext, promise: HeadPromise): Hooks {
  const estimates = scenario.rows.flatMap((row) =>
    new Array<Micros>(row.tasks ?? 1).fill(fromSeconds(row.estimate ?? FOREVER)),
  );
  const endOf = (task: ObservedTask) => task.started + estimates[task.serial];
  let isSteady = true;
  let earlyEnd: Micros = Number.NaN;
  const noteEnd = (task: ObservedTask) => {
    if (task.state === 'running' && endOf(task) > seen.now) earlyEnd = seen.now;
    // A task that leaves the queue frees its reservation. Others may use it before the head is placed again.
    if (task.state === 'pending' && promise === 'while tasks end as estimated') isSteady = false;
  };

  /** The earliest time at which the members stand on the machines that are up; NaN if that takes too long to find out. */
  const earliestStart = (
    members: readonly ObservedTask[],
    extra?: { task: ObservedTask; machine: number; devices: readonly number[] },
  ) => {
    const up = seen.machines.filter(({ state }) => state === 'up');
    const ends = up.flatMap(({ tasks }) => [...tasks].map(endOf));
    if (extra !== undefined) ends.push(seen.now + estimates[extra.task.serial]);
    const times = [seen.now, ...ends.filter((end) => end > seen.now && end < FOREVER)];
    for (const time of [...new Set(times)].sort((a, b) => a - b)) {
      const rooms = up.map((machine) => roomOf(machine, (task) => time > seen.now && endOf(task) <= time));
      const staysOn = extra !== undefined && seen.now + estimates[extra.task.serial] > time;
      const taken = rooms.find(({ machine }) => machine.id === extra?.machine);
      if (staysOn && taken !== undefined) occupy(taken, extra.task, extra.devices, -1);
      const answer = standTogether(seen.cluster, members, rooms);
      if (answer === 'yes') return time;
      if (answer === 'unknown') return Number.NaN;
    }
    return FOREVER;
  };

  return {
    killed: noteEnd,
    ended: noteEnd,
    machineChanged() {
      if (promise === 'while tasks end as estimated') isSteady = false;
    },
    started(task, machine, devices) {
      const head = seen.queue[0];
      if (!isSteady || head === undefined || head.job === task.job) return;
      if (promise === 'while tasks end as estimated' && earlyEnd === seen.now) return;
      if (head.job.rule.beside.length > 0) return;
      const members = head.job.isGang ? head.job.tasks.filter(({ state }) => state === 'pending') : [head];
      const before = earliestStart(members);
      const after = earliestStart(members, { task, machine, devices });
      if (after > before)
        complain(
          `task ${task.serial} started on machine ${machine}: the head, task ${head.serial}, could start at ${before} and now at ${after}`,
        );
    },
  };
}
