import {
  type Cluster,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type TaskId,
  TaskState,
  WhatIfRoom,
} from '../../model/index.js';
import type { Target } from '../../policies/hosting/gathering.js';

/** Finds machines that could hold a whole job, by first fit. */
export class GatherTarget {
  private readonly cluster: Cluster;
  private readonly room: WhatIfRoom;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.room = new WhatIfRoom(cluster, cluster.free);
  }

  /**
   * The machines that the pending tasks of the job use when the machines are empty, soonest empty first by the time limits of their
   * tasks. Machines with tasks without a time limit come last: their end is not known. `mayUse` leaves out machines.
   */
  find(job: JobId, now: Micros, mayUse: (machine: MachineId) => boolean): Target | undefined {
    const { machines } = this.cluster;
    const order: MachineId[] = [];
    const freeAt: Micros[] = [];
    for (let machine = 0; machine < machines.count; machine++) {
      if (!machines.isUp(machine) || !mayUse(machine)) continue;
      order.push(machine);
      freeAt[machine] = this.freeAt(machine, now);
    }
    // Not a difference: two infinite times are equal.
    order.sort((a, b) => (freeAt[a] === freeAt[b] ? a - b : freeAt[a] < freeAt[b] ? -1 : 1));
    this.room.reset('empty');
    for (const machine of order) this.room.open(machine);
    const used = this.place(job, order);
    return used && { machines: used, emptyAt: Math.max(...used.map((machine) => freeAt[machine])) };
  }

  /** Could all pending tasks of the job start now on these machines, by first fit? */
  stands(job: JobId, machines: Iterable<MachineId>): boolean {
    this.room.reset('now');
    return this.place(job, [...machines]) !== undefined;
  }

  private place(job: JobId, machines: readonly MachineId[]): readonly MachineId[] | undefined {
    const { rules, tasks } = this.cluster;
    const used = new Set<MachineId>();
    let left = this.cluster.jobs.pending[job];
    for (let task: TaskId = 0; task < tasks.bound && left > 0; task++) {
      if (tasks.job[task] !== job || tasks.state[task] !== TaskState.pending) continue;
      left--;
      const taskClass = tasks.taskClass[task];
      const machine = machines.find(
        (one) => this.room.table.fits(one, taskClass) && rules.allows(task, one, this.room),
      );
      if (machine === undefined) return undefined;
      this.room.put(task, machine, 0);
      used.add(machine);
    }
    return [...used];
  }

  private freeAt(machine: MachineId, now: Micros): Micros {
    const { machines, tasks } = this.cluster;
    let last = now;
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      last = Math.max(last, tasks.started[task] + tasks.estimate[task]);
    return last;
  }
}
