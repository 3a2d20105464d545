import {
  type Cluster,
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

/** A task of a gang of which more waits cannot be started alone. */
export function partOfGang({ tasks, jobs }: Cluster, task: TaskId): Refusal | undefined {
  const job = tasks.job[task];
  return jobs.gang[job] === 1 && jobs.pending[job] > 1 ? 'part-of-gang' : undefined;
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
    const refusal =
      this.whyNotWaiting(task) ??
      partOfGang(this.execution.cluster, task) ??
      this.execution.start(task, machine, this.table, devices);
    if (refusal === undefined) this.placed(task);
    return this.execution.answer(refusal, 'start', task, machine);
  }

  hold(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const { cluster } = this.execution;
    const refusal = this.whyNotWaiting(task) ?? cluster.refusal(task, machine, this.table, devices);
    if (refusal === undefined) {
      cluster.hold(task, machine, this.table, devices);
      this.held.push(task);
    }
    return this.execution.answer(refusal, 'hold', task, machine);
  }

  release(task: TaskId): Verdict {
    const place = this.held.indexOf(task);
    if (place >= 0) {
      this.held.splice(place, 1);
      this.execution.cluster.release(task, this.table);
    }
    return this.execution.answer(place < 0 ? 'not-held' : undefined, 'release', task, NONE);
  }

  startGang(tasks: readonly TaskId[]): Verdict {
    const stray = tasks.find((task, i) => !this.held.includes(task) || tasks.indexOf(task) !== i);
    if (stray !== undefined) return this.execution.answer('not-held', 'startGang', stray, NONE);
    for (const task of tasks) {
      this.execution.startHeld(task);
      this.placed(task);
    }
    this.held = this.held.filter((task) => !tasks.includes(task));
    return 'done';
  }

  kill(task: TaskId): Verdict {
    const refusal = this.whyNotMine(task);
    if (refusal === undefined) this.execution.kill(task, 'preempted');
    return this.execution.answer(refusal, 'kill', task, NONE);
  }

  reserve(task: TaskId, from: Micros): Verdict {
    const refusal = this.whyNotWaiting(task);
    if (refusal === undefined) {
      this.execution.cluster.tasks.reserved[task] = Number.isFinite(from) ? from : Number.NaN;
      if (from > this.execution.now && from < this.wakeAt) this.wake(from);
    }
    return this.execution.answer(refusal, 'reserve', task, NONE);
  }

  drain(machine: MachineId): Verdict {
    const { cluster } = this.execution;
    const isKnown = machine >= 0 && machine < cluster.machines.count;
    const refusal = !isKnown
      ? 'unknown-machine'
      : cluster.machines.isUp(machine)
        ? undefined
        : 'machine-not-up';
    if (refusal === undefined) {
      this.releaseOn(machine);
      this.host.machineLeaves(machine, this.execution.now);
      cluster.setMachineState(machine, 'draining');
      this.execution.observer.machineChanged(machine, 'draining', this.execution.now);
    }
    return this.execution.answer(refusal, 'drain', NONE, machine);
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    const verdict = this.host.decline(machine, refuseFor);
    return this.execution.answer(verdict === 'done' ? undefined : verdict, 'decline', NONE, machine);
  }

  /** What is held on a machine goes back to the table before the machine leaves it: nothing must stay behind in a closed row. */
  releaseOn(machine: MachineId): void {
    const { tasks } = this.execution.cluster;
    for (const task of this.held.filter((held) => tasks.machine[held] === machine)) this.release(task);
  }

  /** The scheduler is called again at the earliest reservation that lies ahead; one event for all of them. */
  private wake(time: Micros): void {
    this.wakeAt = time;
    this.execution.schedule(time, EventClass.decision, RESERVATION_DUE);
  }

  /** The call of the scheduler is over: what it still holds goes back, and the next reservation is looked for. */
  finishCall(queue: PendingQueue): void {
    if (this.held.length > 0) {
      for (const task of this.held) this.execution.cluster.release(task, this.table);
      this.held = [];
    }
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

  private whyNotWaiting(task: TaskId): Refusal | undefined {
    if (!this.execution.isPending(task)) return this.execution.exists(task) ? 'not-pending' : 'unknown-task';
    return this.host.queueOf(task) === undefined ? 'foreign-task' : undefined;
  }

  private whyNotMine(task: TaskId): Refusal | undefined {
    if (!this.execution.isRunning(task)) return 'not-running';
    return this.host.queueOf(task) === undefined ? 'foreign-task' : undefined;
  }
}
