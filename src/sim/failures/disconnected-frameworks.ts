import { type FrameworkId, type MachineId, type Micros, type TaskId, TaskState } from '../../model/index.js';
import type { Architecture } from '../architectures/architecture.js';
import type { Execution } from '../execution.js';
import type { PlaceableClasses } from '../placeable-classes.js';

/**
 * An architecture some of whose frameworks may lose their scheduler: while it is gone, pending tasks of the framework are kept from the architecture behind, which
 * so has nothing to place for it, under any way of scheduling. What was decided before (a start on its way) happens.
 */
export class DisconnectedFrameworks implements Architecture {
  private readonly behind: Architecture;
  private readonly execution: Execution;
  private readonly placeable: PlaceableClasses;
  /** By name, for a framework joins with its first task: since when, and how many faults keep it away. */
  private readonly absent = new Map<string, { readonly since: Micros; faults: number }>();
  private readonly kept = new Set<TaskId>();

  constructor(behind: Architecture, execution: Execution, placeable: PlaceableClasses) {
    this.behind = behind;
    this.execution = execution;
    this.placeable = placeable;
  }

  /** The scheduler of the framework of that name is gone. */
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

  /** One of the faults that keep it away is over; after the last it has its tasks again, in the order in which they waited. */
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

  /** The framework is removed, if it has been gone for so long: its tasks are killed, and wait for it to start them anew. */
  remove(name: string, timeout: Micros, now: Micros): void {
    const known = this.absent.get(name);
    if (known === undefined || now < known.since + timeout) return;
    const { tasks } = this.execution.cluster;
    for (let task = 0; task < tasks.bound; task++)
      if (tasks.state[task] === TaskState.running && this.nameOf(task) === name)
        this.execution.kill(task, 'lost');
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

  /** Those that the architecture knows of, in the order of their queue where it keeps one. */
  private pendingOf(name: string): TaskId[] {
    const { tasks } = this.execution.cluster;
    const found: TaskId[] = [];
    for (let task = 0; task < tasks.bound; task++)
      if (
        tasks.state[task] === TaskState.pending &&
        this.nameOf(task) === name &&
        // What fits no machine is turned away before the architecture hears of it.
        this.placeable.has(tasks.taskClass[task])
      )
        found.push(task);
    return found.sort((a, b) => tasks.enqueueSeq[a] - tasks.enqueueSeq[b]);
  }

  private nameOf(task: TaskId): string {
    const { frameworks, tasks } = this.execution.cluster;
    return frameworks[tasks.framework[task]].name;
  }
}
