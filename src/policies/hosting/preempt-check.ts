import { type ClaimedPlace, TaskState, WhatIfRoom } from '../../model/index.js';
import type { DeviceMask, JobId, Placing, TaskId, Verdict } from '../contract.js';
import { type Room, whyNotStart } from './why-not.js';

/** What a preemption would do, or why it is refused. */
export type PreemptCheck =
  | { readonly places: readonly ClaimedPlace[] }
  | { readonly refusal: Exclude<Verdict, 'done'>; readonly task: TaskId };

/**
 * Checks preemptions against the room as it would be without the victims. Tasks that are stopping already count as gone, because
 * what they leave goes to claims first: the oldest ones, and then this one.
 */
export class PreemptChecker {
  private readonly where: Room;
  private room: WhatIfRoom | undefined;

  constructor(where: Room) {
    this.where = where;
  }

  /** The victims run, and belong to this scheduler. The tasks are pending and belong to the job. */
  check(victims: readonly TaskId[], job: JobId, placing: Placing): PreemptCheck {
    const { tasks, jobs } = this.where.cluster;
    const own = victims.find((victim) => tasks.job[victim] === job && jobs.gang[job] === 1);
    if (own !== undefined) return { refusal: 'not-preemptible', task: own };
    const partial = victims.find((victim) => !this.isWholeGang(victim, victims));
    if (partial !== undefined) return { refusal: 'incomplete-gang', task: partial };
    if (victims.length === 0) return { refusal: 'insufficient-victims', task: placing.tasks[0] };
    return this.place(victims, placing);
  }

  private isWholeGang(victim: TaskId, victims: readonly TaskId[]): boolean {
    const { tasks, jobs, goneBy } = this.where.cluster;
    const job = tasks.job[victim];
    if (jobs.gang[job] === 0) return true;
    let stopping = 0;
    for (const task of goneBy.keys()) if (tasks.job[task] === job) stopping++;
    const members = new Set(victims.filter((other) => tasks.job[other] === job && !goneBy.has(other)));
    return members.size + stopping === jobs.running[job];
  }

  private place(victims: readonly TaskId[], { tasks, machines, devices }: Placing): PreemptCheck {
    const { cluster, table } = this.where;
    this.room ??= new WhatIfRoom(cluster, table);
    const { room } = this;
    room.reset('now');
    // A framework that has all of a machine has no offer of it.
    for (const machine of new Set(machines))
      if (table !== cluster.free && cluster.machines.isUp(machine)) room.open(machine);
    for (const task of new Set([...victims, ...cluster.goneBy.keys()])) room.remove(task);
    const places: ClaimedPlace[] = [];
    for (const [i, task] of tasks.entries()) {
      const machine = machines[i];
      const taskClass = cluster.tasks.taskClass[task];
      const chosen: DeviceMask = devices?.[i] ?? 0;
      const verdict = whyNotStart({ cluster, table: room.table, room }, task, machine);
      if (verdict === 'does-not-fit' || verdict === 'claimed')
        return { refusal: 'insufficient-victims', task };
      if (verdict !== 'done') return { refusal: verdict, task };
      if (chosen !== 0 && !room.table.devicesFit(machine, taskClass, chosen))
        return { refusal: 'wrong-devices', task };
      places.push({ task, taskClass, machine, devices: room.put(task, machine, chosen) });
    }
    return { places };
  }
}

/** Is a task of this gang still stopping? Then it cannot start yet: its members start at one instant. */
export function isGangStopping(
  { cluster: { tasks, jobs, goneBy } }: Pick<Room, 'cluster'>,
  job: JobId,
): boolean {
  if (goneBy.size === 0 || jobs.gang[job] === 0) return false;
  for (const task of goneBy.keys())
    if (tasks.job[task] === job && tasks.state[task] === TaskState.stopping) return true;
  return false;
}
