import { type FrameworkId, type MachineId, type Micros, NONE, type TaskId } from '../../model/index.js';
import type { RecoveryTerms } from '../../workloads/recovery.js';
import type { Execution } from '../execution.js';

/** A machine that the master cannot reach. */
export interface Absence {
  /** When it stopped answering; NaN if that is unknown. */
  readonly silentSince: Micros;
  /** When the master detected it. */
  readonly detected: Micros;
}

function waitEnd({ wait, waitFrom }: RecoveryTerms, { silentSince, detected }: Absence): Micros {
  return waitFrom === 'detection' || Number.isNaN(silentSince)
    ? detected + wait
    : Math.max(detected, silentSince + wait);
}

/** Handles the tasks of machines that the master cannot reach, by the recovery terms of their frameworks. */
export class LostTasks {
  private readonly execution: Execution;
  private readonly recovery: (framework: FrameworkId) => RecoveryTerms;

  constructor(execution: Execution, recovery: (framework: FrameworkId) => RecoveryTerms) {
    this.execution = execution;
    this.recovery = recovery;
  }

  /** The distinct finite times at which frameworks no longer wait for tasks on the machine. */
  waitEnds(machine: MachineId, absence: Absence): ReadonlySet<Micros> {
    const ends = new Set<Micros>();
    this.eachTask(machine, (task) => {
      const end = waitEnd(this.termsOf(task), absence);
      if (Number.isFinite(end)) ends.add(end);
    });
    return ends;
  }

  /** Marks tasks as lost when their framework has waited long enough. */
  giveUp(machine: MachineId, absence: Absence, now: Micros): void {
    this.execution.killTogether(() =>
      this.eachTask(machine, (task) => {
        if (now >= waitEnd(this.termsOf(task), absence)) this.startAgain(task);
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
      if (execution.isPlaced(other) && tasks.job[other] === job) execution.kill(other, 'lost');
  }

  private eachTask(machine: MachineId, visit: (task: TaskId) => void): void {
    const { execution } = this;
    const { tasks, machines } = execution.cluster;
    const ids: TaskId[] = [];
    for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task])
      ids.push(task);
    // A visit may also remove other tasks from the list.
    for (const task of ids) if (execution.isPlaced(task) && tasks.machine[task] === machine) visit(task);
  }

  private termsOf(task: TaskId): RecoveryTerms {
    return this.recovery(this.execution.cluster.tasks.framework[task]);
  }
}
