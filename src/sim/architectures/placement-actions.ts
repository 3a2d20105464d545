import {
  type DeviceMask,
  type FreeTable,
  type MachineId,
  type Micros,
  NONE,
  type PendingQueue,
  type Refusal,
  type TaskId,
} from '../../model/index.js';
import type { PlacementSink, Verdict } from '../../policies/contract.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';

/** Subject of the timer event that calls a scheduler at a reservation. */
export const RESERVATION_DUE = -1;

/** What an architecture answers for the schedulers it hosts. */
export interface PlacementHost {
  /** Where a task of this scheduler waits while it is pending; undefined when the task is not this scheduler's. */
  queueOf(task: TaskId): PendingQueue | undefined;
  /** A task of this scheduler has started on this machine. */
  taskPlaced(machine: MachineId): void;
  /** Under offers: gives a machine back. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
  /** A machine is about to stop taking tasks. */
  machineLeaves(machine: MachineId, now: Micros): void;
}

/** What the actions of one scheduler do in the simulator, out of one table of free machines. */
export class PlacementActions implements PlacementSink {
  private readonly execution: Execution;
  private readonly table: FreeTable;
  private readonly host: PlacementHost;
  private held: TaskId[] = [];
  /** When the next reservation is due that an event stands for. */
  private wakeAt: Micros = Number.POSITIVE_INFINITY;

  constructor(execution: Execution, table: FreeTable, host: PlacementHost) {
    this.execution = execution;
    this.table = table;
    this.host = host;
  }

  start(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    if (!this.isWaiting(task)) return this.refuse(this.whyNotWaiting(task));
    const refusal = this.execution.start(task, machine, this.table, devices);
    if (refusal !== undefined) return this.refuse(refusal);
    this.placed(task);
    return 'done';
  }

  hold(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const { cluster } = this.execution;
    if (!this.isWaiting(task)) return this.refuse(this.whyNotWaiting(task));
    const refusal = cluster.refusal(task, machine, this.table, devices);
    if (refusal !== undefined) return this.refuse(refusal);
    cluster.hold(task, machine, this.table, devices);
    this.held.push(task);
    return 'done';
  }

  release(task: TaskId): Verdict {
    const place = this.held.indexOf(task);
    if (place < 0) return this.refuse('not-held');
    this.held.splice(place, 1);
    this.execution.cluster.release(task, this.table);
    return 'done';
  }

  startGang(tasks: readonly TaskId[]): Verdict {
    if (!tasks.every((task, i) => this.held.includes(task) && tasks.indexOf(task) === i))
      return this.refuse('not-held');
    for (const task of tasks) {
      this.execution.startHeld(task);
      this.placed(task);
    }
    this.held = this.held.filter((task) => !tasks.includes(task));
    return 'done';
  }

  /** What is held on a machine goes back to the table before the machine leaves it: nothing must stay behind in a closed row. */
  releaseOn(machine: MachineId): void {
    const { tasks } = this.execution.cluster;
    for (const task of this.held.filter((held) => tasks.machine[held] === machine)) this.release(task);
  }

  kill(task: TaskId): Verdict {
    if (!this.execution.isRunning(task)) return this.refuse('not-running');
    if (this.host.queueOf(task) === undefined) return this.refuse('foreign-task');
    this.execution.kill(task, 'preempted');
    return 'done';
  }

  reserve(task: TaskId, from: Micros): Verdict {
    if (!this.isWaiting(task)) return this.refuse(this.whyNotWaiting(task));
    const { tasks } = this.execution.cluster;
    tasks.reserved[task] = Number.isFinite(from) ? from : Number.NaN;
    if (from > this.execution.now && from < this.wakeAt) this.wake(from);
    return 'done';
  }

  drain(machine: MachineId): Verdict {
    const { cluster } = this.execution;
    if (!(machine >= 0 && machine < cluster.machines.count)) return this.refuse('unknown-machine');
    if (!cluster.machines.isUp(machine)) return this.refuse('machine-not-up');
    this.releaseOn(machine);
    this.host.machineLeaves(machine, this.execution.now);
    cluster.setMachineState(machine, 'draining');
    this.execution.observer.machineChanged(machine, 'draining', this.execution.now);
    return 'done';
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    const verdict = this.host.decline(machine, refuseFor);
    return verdict === 'done' ? verdict : this.refuse(verdict);
  }

  /** The scheduler is called again at the earliest reservation that lies ahead; one event for all of them. */
  private wake(time: Micros): void {
    this.wakeAt = time;
    this.execution.schedule(time, EventClass.decision, RESERVATION_DUE);
  }

  /** The call of the scheduler is over: what it still holds goes back, and the next reservation is looked for. */
  finishCall(queue: PendingQueue): void {
    for (const task of this.held) this.execution.cluster.release(task, this.table);
    this.held = [];
    if (this.wakeAt > this.execution.now) return;
    const { reserved } = this.execution.cluster.tasks;
    let next = Number.POSITIVE_INFINITY;
    for (let task = queue.first; task !== NONE; task = queue.next(task)) {
      if (reserved[task] > this.execution.now && reserved[task] < next) next = reserved[task];
    }
    this.wakeAt = Number.POSITIVE_INFINITY;
    if (Number.isFinite(next)) this.wake(next);
  }

  private placed(task: TaskId): void {
    this.host.queueOf(task)?.remove(task);
    this.host.taskPlaced(this.execution.cluster.tasks.machine[task]);
  }

  private isWaiting(task: TaskId): boolean {
    return this.execution.isPending(task) && this.host.queueOf(task) !== undefined;
  }

  private whyNotWaiting(task: TaskId): Refusal {
    if (this.execution.isPending(task)) return 'foreign-task';
    return this.execution.exists(task) ? 'not-pending' : 'unknown-task';
  }

  private refuse(refusal: Refusal): Refusal {
    this.execution.observer.refused(refusal, this.execution.now);
    return refusal;
  }
}
