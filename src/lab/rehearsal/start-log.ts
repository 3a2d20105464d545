import type { Cluster, Micros, Observer, TaskId } from '../../model/index.js';

/** A start in a run. Times are in Micros of the trace. */
export interface Start {
  readonly job: string;
  readonly machine: string;
  readonly at: Micros;
  /** From submission to this start. */
  readonly wait: Micros;
  /** From this start to the end; NaN while it runs. */
  lasted: Micros;
}

/** Records each start of a run, in order. */
export class StartLog implements Partial<Observer> {
  readonly starts: Start[] = [];
  private readonly cluster: Cluster;
  private readonly running = new Map<TaskId, Start>();

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  taskStarted(task: TaskId, now: Micros): void {
    const { tasks, jobs, machines } = this.cluster;
    const start: Start = {
      job: String(jobs.name[tasks.job[task]]),
      machine: machines.specs[tasks.machine[task]].name,
      at: now,
      wait: now - tasks.submitted[task],
      lasted: Number.NaN,
    };
    this.starts.push(start);
    this.running.set(task, start);
  }

  taskEnded(task: TaskId, _machine: number, _outcome: unknown, now: Micros): void {
    const start = this.running.get(task);
    if (start !== undefined) start.lasted = now - start.at;
    this.running.delete(task);
  }
}
