import {
  type FrameworkId,
  type JobId,
  type MachineId,
  type Micros,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import type { Architecture, UseBounds } from '../architectures/architecture.js';
import type { Execution } from '../execution.js';
import type { PlaceableClasses } from '../placeable-classes.js';

/**
 * A decorator for architectures whose frameworks may lose their scheduler. While a scheduler is gone, the architecture
 * does not get the pending tasks of its framework. So it places nothing for this framework, under every policy. Earlier
 * decisions, such as a start in progress, still take effect.
 */
export class DisconnectedFrameworks implements Architecture {
  private readonly behind: Architecture;
  private readonly execution: Execution;
  private readonly placeable: PlaceableClasses;
  /**
   * Since when each framework is absent, and the number of faults in effect. The key is the name, because a framework
   * joins with its first task.
   */
  private readonly absent = new Map<string, { readonly since: Micros; faults: number }>();
  private readonly kept = new Set<TaskId>();

  constructor(behind: Architecture, execution: Execution, placeable: PlaceableClasses) {
    this.behind = behind;
    this.execution = execution;
    this.placeable = placeable;
  }

  get bounds(): UseBounds | undefined {
    return this.behind.bounds;
  }

  /** The named framework loses its scheduler. */
  leaves(name: string, now: Micros): void {
    const known = this.absent.get(name);
    if (known !== undefined) {
      known.faults++;
      return;
    }
    this.absent.set(name, { since: now, faults: 1 });
    for (const task of this.pendingOf(name)) {
      this.behind.taskLeaves(task);
      this.kept.add(task);
    }
  }

  /** One fault of the framework ends. After the last one, its tasks return to the architecture in queue order. */
  returns(name: string, now: Micros): void {
    const known = this.absent.get(name);
    if (known === undefined || --known.faults > 0) return;
    this.absent.delete(name);
    for (const task of [...this.kept]) {
      if (this.nameOf(task) !== name) continue;
      this.kept.delete(task);
      this.behind.taskArrived(task, now);
    }
  }

  /**
   * Removes the framework if it was absent for at least `timeout`. Its running tasks are killed and wait until it
   * restarts them.
   */
  remove(name: string, timeout: Micros, now: Micros): void {
    const known = this.absent.get(name);
    if (known === undefined || now < known.since + timeout) return;
    const { tasks } = this.execution.cluster;
    this.execution.killTogether(() => {
      for (let task = 0; task < tasks.bound; task++)
        if (this.execution.isPlaced(task) && this.nameOf(task) === name) this.execution.kill(task, 'lost');
    });
  }

  isAbsent(framework: FrameworkId): boolean {
    return this.absent.has(this.execution.cluster.frameworks[framework].name);
  }

  taskArrived(task: TaskId, now: Micros): void {
    if (this.isAbsent(this.execution.cluster.tasks.framework[task])) this.kept.add(task);
    else this.behind.taskArrived(task, now);
  }

  taskRequeued(task: TaskId, now: Micros): void {
    if (this.isAbsent(this.execution.cluster.tasks.framework[task])) this.kept.add(task);
    else this.behind.taskRequeued(task, now);
  }

  taskLeaves(task: TaskId): void {
    if (!this.kept.delete(task)) this.behind.taskLeaves(task);
  }

  taskStopped(framework: FrameworkId, machine: MachineId, now: Micros): void {
    this.behind.taskStopped(framework, machine, now);
  }

  claimChanged(job: JobId): void {
    this.behind.claimChanged?.(job);
  }

  pass(now: Micros): void {
    this.behind.pass(now);
  }

  due(subject: number, now: Micros): void {
    this.behind.due(subject, now);
  }

  machineReturned(machine: MachineId, now: Micros): void {
    this.behind.machineReturned(machine, now);
  }

  machineLeaves(machine: MachineId, now: Micros): void {
    this.behind.machineLeaves(machine, now);
  }

  /** Pending tasks that the architecture has, in queue order where it keeps a queue. */
  private pendingOf(name: string): TaskId[] {
    const { tasks } = this.execution.cluster;
    const found: TaskId[] = [];
    for (let task = 0; task < tasks.bound; task++)
      if (
        tasks.state[task] === TaskState.pending &&
        this.nameOf(task) === name &&
        // A task that fits no machine is rejected before the architecture gets it.
        this.placeable.has(tasks.taskClass[task], tasks.framework[task])
      )
        found.push(task);
    return found.sort((a, b) => tasks.enqueueSeq[a] - tasks.enqueueSeq[b]);
  }

  private nameOf(task: TaskId): string {
    const { frameworks, tasks } = this.execution.cluster;
    return frameworks[tasks.framework[task]].name;
  }
}
