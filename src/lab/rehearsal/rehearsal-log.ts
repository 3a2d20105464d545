import type { Cluster, MachineId, Micros, Observer, TaskId } from '../../model/index.js';
import type { Scheduler } from '../../policies/contract.js';
import type { TaskRow } from '../../workloads/trace.js';

/** A call of the scheduler in the real run. */
export interface LoggedPass {
  readonly at: Micros;
  /** Machines with free resources of which nothing was offered at this time. */
  readonly hidden: readonly MachineId[];
}

interface LoggedTask {
  readonly row: TaskRow;
  readonly submitted: Micros;
  /** Time of the pass that started it; NaN before. */
  started: Micros;
  ended: Micros;
}

/** When everything happened in a real run, in Micros of the trace: arrivals, calls of the scheduler, and ends of tasks. */
export class RehearsalLog implements Partial<Observer> {
  readonly passes: LoggedPass[] = [];
  private readonly cluster: Cluster;
  private readonly tasks: LoggedTask[] = [];
  private readonly present = new Map<TaskId, LoggedTask>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** The same scheduler. Its calls are logged. */
  logged(scheduler: Scheduler): Scheduler {
    return {
      name: scheduler.name,
      ...(scheduler.needs !== undefined && { needs: scheduler.needs }),
      ...(scheduler.begin !== undefined && { begin: (view) => scheduler.begin?.(view) }),
      schedule: (view, act) => {
        const { machines, space } = view;
        const isHidden = (machine: MachineId) =>
          !this.cluster.free.isEmpty(machine) &&
          space.dimensions.every((d) => machines.free(machine, d) === 0);
        const all = Array.from({ length: machines.count }, (_, machine) => machine);
        this.passes.push({ at: view.now, hidden: all.filter(isHidden) });
        scheduler.schedule(view, act);
      },
    };
  }

  /** A task of this row was submitted, with the other tasks of its job, at this time. */
  arrived(task: TaskId, row: TaskRow, at: Micros): void {
    const logged = { row, submitted: at, started: Number.NaN, ended: Number.NaN };
    this.tasks.push(logged);
    this.present.set(task, logged);
  }

  taskStarted(task: TaskId): void {
    const logged = this.present.get(task);
    if (logged !== undefined) logged.started = this.passes.at(-1)?.at ?? Number.NaN;
  }

  taskEnded(task: TaskId, _machine: MachineId, _outcome: unknown, now: Micros): void {
    const logged = this.present.get(task);
    if (logged !== undefined) logged.ended = now;
    this.present.delete(task);
  }

  /** The tasks as they were: a row for each, submitted when it was, with the run time that it had. */
  rows(): readonly TaskRow[] {
    return this.tasks.map(({ row, submitted, started, ended }) => ({
      ...row,
      tasks: 1,
      submit: submitted,
      // The ledger requires a run time above 0.
      duration: Math.max(1, ended - started),
    }));
  }
}
