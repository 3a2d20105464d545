import {
  type Cluster,
  type JobId,
  type MachineId,
  NONE,
  type TaskId,
  TaskState,
  WhatIfRoom,
} from '../../model/index.js';

/**
 * Which pending tasks could start on machines that are not up yet: in the room as it would be, under all rules. Machines are tried
 * by rank (first fit), so a gang of members that differ may be left out although another order would hold it.
 */
export class StartableTasks {
  private readonly cluster: Cluster;
  private readonly room: WhatIfRoom;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.room = new WhatIfRoom(cluster, cluster.free);
  }

  /**
   * Tries the tasks in their order, each beside those before it. A task without rules is tried only for its size, because its
   * machines are counted by the sum of the demands. A gang may use the machines that are up too.
   */
  on(machines: readonly MachineId[], tasks: readonly TaskId[]): readonly TaskId[] {
    const { cluster } = this;
    const { jobs, rules } = cluster;
    const [sample] = machines;
    if (sample === undefined) return [];
    let isReset = false;
    const tried = new Set<JobId>();
    return tasks.filter((task) => {
      const job = cluster.tasks.job[task];
      const isGang = jobs.gang[job] === 1 && jobs.pending[job] > 1;
      if (!cluster.fitsEmpty(sample, cluster.tasks.taskClass[task]) && !isGang) return false;
      if (!isGang && !rules.mayForbid(task)) return true;
      if (!isReset) {
        isReset = true;
        this.room.reset('now');
        for (const machine of machines) this.room.open(machine);
      }
      if (!isGang) return this.put(task, machines);
      if (tried.has(job)) return this.room.isPut(task) && machines.includes(this.machineOf(task));
      tried.add(job);
      this.putGang(job, machines);
      return this.room.isPut(task) && machines.includes(this.machineOf(task));
    });
  }

  private machineOf(task: TaskId): MachineId {
    return this.room.puts.find((move) => move.task === task)?.machine ?? NONE;
  }

  private putGang(job: JobId, machines: readonly MachineId[]): void {
    const { tasks } = this.cluster;
    const mark = this.room.mark();
    const up = this.upMachines(machines);
    for (let task = 0; task < tasks.bound; task++) {
      if (tasks.job[task] !== job || tasks.state[task] !== TaskState.pending) continue;
      if (this.put(task, up) || this.put(task, machines)) continue;
      this.room.undo(mark);
      return;
    }
  }

  private upMachines(others: readonly MachineId[]): readonly MachineId[] {
    const { machines } = this.cluster;
    const rented = new Set(others);
    return Array.from({ length: machines.count }, (_, machine) => machine).filter(
      (machine) => machines.isUp(machine) && !rented.has(machine),
    );
  }

  private put(task: TaskId, machines: readonly MachineId[]): boolean {
    const { rules, tasks } = this.cluster;
    const taskClass = tasks.taskClass[task];
    const machine = machines.find(
      (one) => this.room.table.fits(one, taskClass) && rules.allows(task, one, this.room),
    );
    if (machine === undefined) return false;
    this.room.put(task, machine, 0);
    return true;
  }
}
