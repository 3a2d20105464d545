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

/** What becomes of the tasks of a machine that the master has lost sight of, by the terms of their frameworks. */
export class LostTasks {
  private readonly execution: Execution;
  private readonly recovery: (framework: FrameworkId) => RecoveryTerms;

  constructor(execution: Execution, recovery: (framework: FrameworkId) => RecoveryTerms) {
    this.execution = execution;
    this.recovery = recovery;
  }

  /** For how long the tasks of the machine are waited for: each length once, without those that wait for ever. */
  waits(machine: MachineId): ReadonlySet<Micros> {
    const waits = new Set<Micros>();
    this.eachTask(machine, (task) => {
      const { wait } = this.termsOf(task);
      if (Number.isFinite(wait)) waits.add(wait);
    });
    return waits;
  }

  /** Tasks whose framework has waited long enough are lost. */
  giveUp(machine: MachineId, waited: Micros): void {
    this.eachTask(machine, (task) => {
      if (waited >= this.termsOf(task).wait) this.startAgain(task);
    });
  }

  /** The machine has told what became of its tasks; true when it had lost some. */
  settle(machine: MachineId): boolean {
    const { execution } = this;
    let lost = false;
    this.eachTask(machine, (task) => {
      if (!execution.isStopped(task) || execution.deliverEnd(task)) return;
      lost = true;
      if (this.termsOf(task).restart === 'in-place') execution.restartInPlace(task);
      else this.startAgain(task);
    });
    return lost;
  }

  /** The task is lost, and with it all that run of its job where its framework starts jobs anew. */
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
    // A visit may take others of the list away with its own.
    for (const task of ids)
      if (tasks.state[task] === TaskState.running && tasks.machine[task] === machine) visit(task);
  }

  private termsOf(task: TaskId): RecoveryTerms {
    return this.recovery(this.execution.cluster.tasks.framework[task]);
  }
}
