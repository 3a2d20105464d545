import {
  type FrameworkId,
  type MachineId,
  type Micros,
  NONE,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Execution } from '../execution.js';

/** Handles the tasks of machines that the master cannot reach, by the recovery terms of their frameworks. */
export class LostTasks {
  private readonly execution: Execution;
  private readonly recovery: (framework: FrameworkId) => RecoveryTerms;

  constructor(execution: Execution, recovery: (framework: FrameworkId) => RecoveryTerms) {
    this.execution = execution;
    this.recovery = recovery;
  }

  /** The distinct finite times for which frameworks wait for tasks on the machine. */
  waits(machine: MachineId): ReadonlySet<Micros> {
    const waits = new Set<Micros>();
    this.eachTask(machine, (task) => {
      const { wait } = this.termsOf(task);
      if (Number.isFinite(wait)) waits.add(wait);
    });
    return waits;
  }

  /** Marks tasks as lost when their framework has waited long enough. */
  giveUp(machine: MachineId, waited: Micros): void {
    this.execution.killTogether(() =>
      this.eachTask(machine, (task) => {
        if (waited >= this.termsOf(task).wait) this.startAgain(task);
      }),
    );
  }

  /** The machine has reported the state of its tasks. Returns true if it had lost any. */
  settle(machine: MachineId): boolean {
    const { execution } = this;
    let lost = false;
    execution.killTogether(() =>
      this.eachTask(machine, (task) => {
        if (!execution.isStopped(task) || execution.deliverEnd(task)) return;
        lost = true;
        if (this.termsOf(task).restart === 'in-place') execution.restartInPlace(task);
        else this.startAgain(task);
      }),
    );
    return lost;
  }

  /** The task is lost. If its framework restarts whole jobs, all running tasks of its job are lost too. */
  private startAgain(task: TaskId): void {
    const { execution } = this;
    const { tasks } = execution.cluster;
    const job = tasks.job[task];
    const isWhole = this.termsOf(task).scope === 'job';
    execution.kill(task, 'lost');
    if (!isWhole) return;
    for (let other = 0; other < tasks.bound; other++)
      if (tasks.state[other] === TaskState.running && tasks.job[other] === job) execution.kill(other, 'lost');
  }

  private eachTask(machine: MachineId, visit: (task: TaskId) => void): void {
    const { tasks, machines } = this.execution.cluster;
    const ids: TaskId[] = [];
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      ids.push(task);
    // A visit may also remove other tasks from the list.
    for (const task of ids)
      if (tasks.state[task] === TaskState.running && tasks.machine[task] === machine) visit(task);
  }

  private termsOf(task: TaskId): RecoveryTerms {
    return this.recovery(this.execution.cluster.tasks.framework[task]);
  }
}
