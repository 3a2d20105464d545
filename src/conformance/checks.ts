import { FOREVER, fromSeconds, imbalance, type Micros, NONE } from '../model/index.js';
import type { RowSketch } from '../workloads/row-sketch.js';
import type { Check, CheckContext } from './check.js';
import { headNotDelayed } from './head-check.js';
import { idleCluster } from './idle-check.js';
import type { Hooks } from './observed-run.js';
import type { ObservedJob, ObservedTask } from './observed-state.js';
import { promisesKept } from './promise-check.js';
import { machineChangesOfScenario } from './scenario.js';
import { emptyRoom, standTogether } from './standing.js';
import { watchStops } from './stops-check.js';
import type { WorkConservation } from './subject.js';

const ids: Check = {
  name: 'all ids of machines and frameworks exist',
  watch({ seen, complain }) {
    const machineIs = (machine: number, what: string) => {
      if (!(machine >= 0 && machine < seen.machines.length)) complain(`${what} on machine ${machine}`);
    };
    const frameworkIs = (framework: number) => {
      if (seen.cluster.frameworks[framework] === undefined) complain(`an offer to framework ${framework}`);
    };
    return {
      started: (task, machine) => machineIs(machine, `task ${task.serial} started`),
      killed: (task, machine) => machineIs(machine, `task ${task.serial} was killed`),
      ended: (task, machine) => machine !== NONE && machineIs(machine, `task ${task.serial} ended`),
      machineChanged: (machine) => machineIs(machine, 'a change'),
      // NONE stands for an offer of the whole cell.
      offerMade(framework, machine) {
        frameworkIs(framework);
        if (machine !== NONE) machineIs(machine, 'an offer');
      },
      offerEnded(framework, machine) {
        frameworkIs(framework);
        if (machine !== NONE) machineIs(machine, 'an end of an offer');
      },
    };
  },
};

const time: Check = {
  name: 'time does not run backwards, and no task starts before it was submitted',
  watch: ({ seen, complain }) => ({
    started(task) {
      if (seen.now < task.submitted) complain(`task ${task.serial} started before it was submitted`);
    },
    instantOver(until) {
      if (until < seen.now) complain(`time went from ${seen.now} back to ${until}`);
    },
  }),
};

const overcommit: Check = {
  name: 'no machine and no device is overcommitted',
  watch: ({ seen, complain }) => ({
    started(task, id, devices) {
      const machine = seen.machines[id];
      if (machine === undefined) return;
      const what = `task ${task.serial} on machine ${id}`;
      if (machine.state !== 'up') complain(`${what}, which is ${machine.state}`);
      if (!seen.couldEverFit(task, machine)) complain(`${what}, on which it cannot fit`);
      task.demand.forEach((amount, d) => {
        if (amount > machine.free[d]) complain(`${what}: ${amount} of ${machine.free[d]} in dimension ${d}`);
      });
      if (devices.length !== task.gpuCount)
        complain(`${what}: ${devices.length} devices for ${task.gpuCount}`);
      for (const device of devices) {
        const left = machine.deviceFree[device] ?? Number.NaN;
        if (!(left >= task.gpuMilliEach))
          complain(`${what}: ${task.gpuMilliEach} of ${left} on device ${device}`);
      }
    },
    machineChanged(id, state) {
      const machine = seen.machines[id];
      if (state === 'down' && machine.tasks.size > 0) complain(`machine ${id} is down with tasks on it`);
    },
    instantOver() {
      const problem = imbalance(seen.cluster);
      if (problem !== undefined) complain(`the ledger does not balance: ${problem}`);
    },
    runOver() {
      for (const machine of seen.machines) {
        const taken = (d: number) => [...machine.tasks].reduce((sum, task) => sum + task.demand[d], 0);
        const sums = machine.free.map((amount, d) => amount + taken(d));
        if (sums.some((amount, d) => amount !== machine.capacity[d]))
          complain(
            `machine ${machine.id} has capacity ${machine.capacity}, but free and used amounts add up to ${sums}`,
          );
      }
    },
  }),
};

const lifecycles: Check = {
  name: 'no task is lost or duplicated: it waits, runs on one machine at a time, and ends once',
  watch: ({ seen, scenario, complain }) => ({
    started(task) {
      if (task.state !== 'pending') complain(`task ${task.serial} started while it was ${task.state}`);
    },
    killed(task, machine) {
      if (task.state !== 'running') complain(`task ${task.serial} was killed while it was ${task.state}`);
      if (task.machine !== machine)
        complain(`task ${task.serial} of ${task.machine} was killed on ${machine}`);
    },
    ended(task, machine, outcome) {
      const wanted = ['abandoned', 'rejected', 'not-run'].includes(outcome) ? 'pending' : 'running';
      if (task.state !== wanted) complain(`task ${task.serial} ended ${outcome} while it was ${task.state}`);
      if (task.machine !== machine) complain(`task ${task.serial} of ${task.machine} ended on ${machine}`);
    },
    jobEnded(job) {
      if (job.hasEnded) complain(`job ${job.name} ended twice`);
      if (job.tasks.some((task) => task.state !== 'gone'))
        complain(`job ${job.name} ended before its last task`);
    },
    runOver() {
      const arrived = scenario.rows.filter((row) => (row.at ?? 0) <= scenario.until);
      const wanted = arrived.reduce((sum, row) => sum + (row.tasks ?? 1), 0);
      if (seen.rowTasks !== wanted)
        complain(`the scenario has ${wanted} tasks, but ${seen.rowTasks} were submitted`);
      const left = seen.tasks.filter((task) => task.state !== 'gone').length;
      if (seen.cluster.tasks.live !== left)
        complain(`${left} tasks are left, but the ledger has ${seen.cluster.tasks.live}`);
      for (const job of new Set(seen.tasks.map((task) => task.job))) {
        const isOver = job.tasks.every((task) => task.state === 'gone');
        if (job.hasEnded !== isOver)
          complain(
            `job ${job.name} ${isOver ? 'did not end after all its tasks' : 'ended before all its tasks'}`,
          );
      }
    },
  }),
};

const endings: Check = {
  name: 'every attempt has the run time and the outcome of the scenario',
  watch({ seen, scenario, promises, complain }) {
    const changes = machineChangesOfScenario(scenario);
    const rowOf: RowSketch[] = scenario.rows.flatMap((row) => new Array<RowSketch>(row.tasks ?? 1).fill(row));
    const lasts = (task: ObservedTask, seconds: number | undefined, how: string) => {
      const ran = seen.now - task.started;
      if (ran !== fromSeconds(seconds ?? FOREVER)) complain(`task ${task.serial} ${how} after ${ran} us`);
    };
    return {
      killed(task, machine, cause) {
        const row = rowOf[task.serial];
        if (cause === 'failed') lasts(task, task.starts === 1 ? row.failsAfter : undefined, 'failed');
        if (cause === 'lost' && seen.machines[machine]?.state === 'down')
          complain(`a task was lost on machine ${machine}, which was already down`);
      },
      ended(task, _machine, outcome) {
        if (task.serial === NONE) return; // A control loop ends the instances of services.
        const row = rowOf[task.serial];
        if (outcome === 'finished') lasts(task, row.runs, 'finished');
        if (outcome === 'timed-out') lasts(task, row.estimate, 'timed out');
        const mine = seen.machines.filter(({ id }) => promises.mayUse?.(task.framework, id) ?? true);
        const machines = mine.filter(({ state }) => state !== 'absent');
        // A task may outlive the attributes of its machine, so only rejections are checked then.
        if (changes.length > 0 && outcome !== 'rejected' && outcome !== 'abandoned') return;
        const coming = changes.slice(seen.revisions).flatMap((change) => {
          const machine = mine.find(({ id }) => id === change.machine);
          return change.kind === 'remove' || machine === undefined
            ? []
            : [{ ...machine, capacity: Array.from(change.capacity), attributes: change.attributes }];
        });
        const couldRun = [...machines, ...coming].some((machine) => seen.couldEverFit(task, machine));
        const { job } = task;
        const isRejected = outcome === 'rejected';
        const isWhole = isRejected && job.isImpossible && (job.isGang || seen.cluster.rules.areInUse);
        const members = job.isGang ? job.tasks : [task];
        if (isWhole && standTogether(seen.cluster, members, machines.map(emptyRoom)) === 'yes')
          complain(`task ${task.serial} was rejected, but its job could stand on the empty cluster`);
        const isSure = isRejected ? couldRun : !couldRun && changes.length === 0;
        if (!isWhole && !(isRejected && job.isRejected) && isSure)
          complain(`task ${task.serial} ended ${outcome}; fits: ${couldRun}`);
        if (outcome !== 'abandoned') return;
        const waited = seen.now - task.submitted;
        const lostPatience = waited === fromSeconds(scenario.patience ?? FOREVER) && task.starts === 0;
        if (!lostPatience && promises.givesUp !== true)
          complain(`task ${task.serial} left after ${waited} us and ${task.starts} starts`);
      },
    };
  },
};

const gangs: Check = {
  name: 'a gang starts all of its pending tasks at one instant, or none',
  watch({ complain }) {
    const startedNow = new Set<ObservedJob>();
    const leftNow = new Set<ObservedJob>();
    return {
      started(task) {
        if (task.job.isGang) startedNow.add(task.job);
      },
      killed(task, _machine, cause) {
        // A task with a higher priority preempted it at the same instant.
        if (cause === 'preempted') startedNow.delete(task.job);
      },
      ended(task, _machine, outcome) {
        if (outcome === 'abandoned') leftNow.add(task.job);
      },
      instantOver() {
        for (const job of startedNow) {
          const behind = job.tasks.filter((task) => task.state === 'pending').map((task) => task.serial);
          if (behind.length > 0) complain(`gang ${job.name} started without its tasks ${behind.join(', ')}`);
          if (leftNow.has(job)) complain(`gang ${job.name} started and was abandoned at one instant`);
        }
        startedNow.clear();
        leftNow.clear();
      },
    };
  },
};

const offers: Check = {
  name: 'only machines that are up are offered, and each offer ends once',
  watch({ seen, complain }) {
    const out = new Map<string, Micros>();
    /** Offers of the whole cell. A framework may have several, because resources become free during an offer. */
    const wholeCells: { readonly framework: number; readonly since: Micros }[] = [];
    return {
      offerMade(framework, machine) {
        if (machine === NONE) {
          wholeCells.push({ framework, since: seen.now });
          return;
        }
        if (seen.machines[machine]?.state !== 'up') complain(`machine ${machine} was offered and is not up`);
        const key = `${framework}/${machine}`;
        if (!out.has(key)) out.set(key, seen.now);
      },
      offerEnded(framework, machine, _end, held) {
        if (machine === NONE) {
          const ended = wholeCells.findIndex(
            (offer) => offer.framework === framework && seen.now - offer.since === held,
          );
          if (ended < 0) complain(`an offer of the whole cell ended, but none was outstanding for ${held}`);
          else wholeCells.splice(ended, 1);
          return;
        }
        const key = `${framework}/${machine}`;
        const since = out.get(key);
        if (since === undefined) complain(`an offer of machine ${machine} ended that was not outstanding`);
        else if (seen.now - since !== held)
          complain(`an offer was outstanding for ${seen.now - since}, not for ${held}`);
        out.delete(key);
      },
      machineChanged(machine, state) {
        const isOut = [...out.keys()].some((key) => key.endsWith(`/${machine}`));
        if (state !== 'up' && isOut) complain(`machine ${machine} is ${state} while it is offered`);
      },
    };
  },
};

const rules: Check = {
  name: 'no task starts on a machine that a placement rule forbids',
  watch: ({ seen, complain }) => ({
    started(task, machine) {
      if (!seen.obeysRules(task, seen.machines[machine]))
        complain(`task ${task.serial} started on machine ${machine} against a rule`);
    },
  }),
};

const refusals: Check = {
  name: 'no decision is refused',
  watch({ promises, complain }) {
    if (promises.noRefusals !== true) return null;
    return { refused: (refusal) => complain(`a decision was refused: ${refusal}`) };
  },
};

const workConservation: Check = {
  name: 'no room stays idle that the policy promises to use',
  watch(context) {
    const promise = context.promises.workConservation;
    const { perJob, perTask } = context.scenario.decisionTime;
    if (promise === undefined || perJob > 0 || perTask > 0) return null;
    return watchIdleRoom(context, promise);
  },
};

function watchIdleRoom({ seen, promises, complain }: CheckContext, promise: WorkConservation): Hooks {
  /** For each pair of task and machine: the time since which the task fits, without a start on the machine since then. */
  let since = new Map<string, Micros>();
  const mayRun = (task: ObservedTask, machine: number) => promises.mayUse?.(task.framework, machine) ?? true;
  return {
    started(_task, machine) {
      for (const key of since.keys()) if (key.endsWith(`/${machine}`)) since.delete(key);
    },
    instantOver(until) {
      const still = new Map<string, Micros>();
      for (const task of promised(seen.queue, promise)) {
        for (const machine of seen.machines) {
          if (!mayRun(task, machine.id) || !seen.fits(task, machine)) continue;
          const key = `${task.serial}/${machine.id}`;
          const first = since.get(key) ?? seen.now;
          still.set(key, first);
          if (until - first > promise.within)
            complain(`task ${task.serial} could run on machine ${machine.id} from ${first} to ${until}`);
        }
      }
      since = still;
    },
  };
}

/** The pending tasks to which the promise applies. */
function promised(queue: readonly ObservedTask[], promise: WorkConservation): ObservedTask[] {
  // Under offers, machines may be kept for a gang that waits (docs/adr/0013-gathering.md).
  if (promise.queues !== 'one' && queue.some(({ job }) => job.isGang)) return [];
  const heads = new Set<number>();
  return queue.filter((task) => {
    const queueId = promise.queues === 'one' ? 0 : task.framework;
    const isHead = !heads.has(queueId);
    heads.add(queueId);
    return !task.job.isGang && (isHead || promise.of === 'every task');
  });
}

/** All invariants. */
export const CHECKS: readonly Check[] = [
  ids,
  time,
  overcommit,
  lifecycles,
  endings,
  gangs,
  rules,
  offers,
  refusals,
  workConservation,
  headNotDelayed,
  promisesKept,
  idleCluster,
  { name: 'a stopping task is gone in time', watch: ({ seen, complain }) => watchStops(seen, complain) },
];
