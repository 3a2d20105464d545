import { FOREVER, fromSeconds, type Micros } from '../model/index.js';
import type { Check, CheckContext } from './check.js';
import type { Hooks, ObservedMachine, ObservedTask } from './observed-run.js';
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
 * Compares the earliest possible start of the head before and after each start of a task behind it. Estimates are upper
 * bounds in every scenario: the simulator stops a task that reaches its estimate.
 *
 * Some cases are left out, because no backfilling rule makes promises about them: gangs, tasks with GPUs (a plan counts devices as
 * one amount), tasks with placement rules, and all events after a change of a machine.
 */
function watchHead({ seen, scenario, complain }: CheckContext, promise: HeadPromise): Hooks {
  const estimates = scenario.rows.flatMap((row) =>
    new Array<Micros>(row.tasks ?? 1).fill(fromSeconds(row.estimate ?? FOREVER)),
  );
  const endOf = (task: ObservedTask, started: Micros) => started + estimates[task.serial];
  let isSteady = true;
  let earlyEnd: Micros = Number.NaN;
  const noteEnd = (task: ObservedTask) => {
    if (task.state === 'running' && endOf(task, task.started) > seen.now) earlyEnd = seen.now;
    // A task that leaves the queue frees its reservation. Others may use it before the head is placed again.
    if (task.state === 'pending' && promise === 'while tasks end as estimated') isSteady = false;
  };
  return {
    killed: noteEnd,
    ended: noteEnd,
    machineChanged() {
      isSteady = false;
    },
    started(task, id) {
      const head = seen.queue[0];
      if (!isSteady || head === undefined || head === task) return;
      if (promise === 'while tasks end as estimated' && earlyEnd === seen.now) return;
      if (![head, task].every(isPlain) || head.gpuCount > 0) return;
      const running = (machine: ObservedMachine): Leaver[] =>
        [...machine.tasks].map((other) => ({ end: endOf(other, other.started), demand: other.demand }));
      const started = { end: endOf(task, seen.now), demand: task.demand };
      let before = FOREVER;
      let after = FOREVER;
      for (const machine of seen.machines) {
        if (!seen.couldEverFit(head, machine) || !seen.obeysRules(head, machine)) continue;
        const leavers = running(machine);
        const alone = earliestStart(head.demand, machine.free, leavers, seen.now);
        const left = machine.free.map((amount, d) => amount - task.demand[d]);
        before = Math.min(before, alone);
        after = Math.min(
          after,
          machine.id === id ? earliestStart(head.demand, left, [...leavers, started], seen.now) : alone,
        );
      }
      if (after > before)
        complain(
          `task ${task.serial} started on machine ${id}: the head, task ${head.serial}, could start at ${before} and now at ${after}`,
        );
    },
  };
}

function isPlain({ job }: ObservedTask): boolean {
  const { spread, together, avoid, beside } = job.rule;
  return !job.isGang && [spread, together, avoid, beside].every((part) => part.length === 0);
}

/** A task on a machine: the time by which it has ended, and the resources that it returns. */
interface Leaver {
  readonly end: Micros;
  readonly demand: readonly number[];
}

/** The earliest time at which the demand fits if no other task starts on the machine. */
function earliestStart(
  demand: readonly number[],
  free: readonly number[],
  leavers: readonly Leaver[],
  now: Micros,
): Micros {
  const room = [...free];
  const isEnough = () => demand.every((amount, d) => amount <= room[d]);
  if (isEnough()) return now;
  for (const { end, demand: returned } of [...leavers].sort((a, b) => a.end - b.end)) {
    returned.forEach((amount, d) => {
      room[d] += amount;
    });
    if (isEnough()) return end;
  }
  return FOREVER;
}
