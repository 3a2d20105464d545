import type { TaskId } from '../model/index.js';
import type { PlacementSink, Placing, Scheduler } from '../policies/contract.js';
import type { PolicyParts } from '../policies/policy.js';
import type { ObservedRun } from './observed-run.js';
import type { ObservedJob, ObservedTask } from './observed-state.js';
import { frameOf, wrappedParts } from './policy-parts.js';
import { occupy, type Room, roomOf, standTogether } from './standing.js';

/** Name of the check of the victims of preemptions. */
export const NEEDED_VICTIMS = 'a preemption stops no more tasks than it needs';

/** Tasks with the room that is kept for them. */
interface Claim {
  readonly tasks: readonly ObservedTask[];
  readonly placing: Placing;
}

/**
 * The parts, with the preemptions of a scheduler of the whole cluster checked: if a victim, or a gang of victims, went on, the tasks
 * of the placing would not stand. `seenBy` gives the run, which is not there yet when the parts are built.
 */
export function checkedPreemptions(
  parts: PolicyParts,
  seenBy: () => ObservedRun | undefined,
  complain: (problem: string) => void,
): PolicyParts {
  if (parts.architecture !== 'monolithic') return parts;
  let claims: Claim[] = [];
  const preempting =
    (act: PlacementSink): PlacementSink['preempt'] =>
    (victims, job, placing, grace) => {
      const seen = seenBy();
      if (seen === undefined) return act.preempt(victims, job, placing, grace);
      const tasks = Array.from(placing.tasks, (task) => seen.taskIn(task));
      claims = claims.filter((claim) => claim.tasks.some(({ state }) => state === 'pending'));
      // Of a job without a gang, each task has a claim of its own.
      const others = claims.filter((claim) => !claim.tasks.some((task) => tasks.includes(task)));
      const problem = unneeded(seen, victims, tasks, others);
      const verdict = act.preempt(victims, job, placing, grace);
      if (verdict !== 'done') return verdict;
      claims.push({ tasks, placing });
      if (problem !== undefined) complain(`at ${seen.now} us: ${problem}`);
      return verdict;
    };
  return wrappedParts(parts, {
    allocator: (allocator) => allocator,
    controller: (controller) => controller,
    scheduler: (scheduler): Scheduler => ({
      ...frameOf(scheduler),
      begin: (view) => scheduler.begin?.(view),
      schedule(view, act) {
        const preempt = preempting(act);
        const get = (_: PlacementSink, key: string | symbol) =>
          key === 'preempt' ? preempt : (Reflect.get(act, key) as unknown);
        scheduler.schedule(view, new Proxy(act, { get }));
      },
    }),
  });
}

/** Names victims that need not stop. A gang stops as a whole. */
function unneeded(
  seen: ObservedRun,
  victims: readonly TaskId[],
  members: readonly ObservedTask[],
  claims: readonly Claim[],
): string | undefined {
  const stopping = victims.map((task) => seen.taskIn(task));
  const unitOf = (task: ObservedTask): ObservedTask | ObservedJob => (task.job.isGang ? task.job : task);
  for (const unit of new Set(stopping.map(unitOf))) {
    const leaves = (task: ObservedTask) => stopping.includes(task) && unitOf(task) !== unit;
    const rooms = seen.machines
      .filter(({ state }) => state === 'up')
      .map((machine) => roomOf(machine, leaves));
    for (const claim of claims) keep(rooms, claim);
    if (standTogether(seen.cluster, members, rooms) !== 'yes') continue;
    const spared = stopping.filter((task) => unitOf(task) === unit).map(({ serial }) => serial);
    return `task ${spared.join()} need not stop for task ${members.map(({ serial }) => serial).join()}`;
  }
  return undefined;
}

/** Takes the room of a claim. Without named devices, any of them may be meant, so none is left. */
function keep(rooms: readonly Room[], { tasks, placing }: Claim): void {
  for (const [i, task] of tasks.entries()) {
    const room = rooms.find(({ machine }) => machine.id === placing.machines[i]);
    if (room === undefined || task.state !== 'pending') continue;
    const mask = placing.devices?.[i];
    const devices = room.deviceFree.map((_, device) => device);
    if (mask === undefined && task.gpuCount > 0) room.deviceFree.fill(0);
    occupy(
      room,
      task,
      devices.filter((device) => ((mask ?? 0) & (1 << device)) !== 0),
      -1,
    );
  }
}
