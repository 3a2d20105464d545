import {
  type Cluster,
  type DeviceMask,
  type FreeTable,
  type KillCause,
  type MachineId,
  type Micros,
  NONE,
  type Observer,
  type PendingQueue,
  type PlacementAction,
  type Refusal,
  type TaskId,
} from '../../model/index.js';
import type { PlacementSink, Verdict } from '../contract.js';

/** Carries out the actions of schedulers: the simulator in virtual time, the built-in framework on real agents. */
export interface PlacementBackend {
  readonly cluster: Cluster;
  readonly now: Micros;
  readonly observer: Observer;
  /** Starts a pending task now, or returns the reason why it cannot. */
  start(task: TaskId, machine: MachineId, from: FreeTable, devices: DeviceMask): Refusal | undefined;
  /** Starts a held task now. */
  startHeld(task: TaskId): void;
  /** Stops a running task, which is pending again afterwards. */
  kill(task: TaskId, cause: KillCause): void;
  exists(task: TaskId): boolean;
  isPending(task: TaskId): boolean;
  isRunning(task: TaskId): boolean;
  /** The verdict that a scheduler gets for an action. The observer is notified of a refused one. */
  answer(refusal: Refusal | undefined, action: PlacementAction, task: TaskId, machine: MachineId): Verdict;
  /** Calls the scheduler at this time. */
  wakeAt(time: Micros): void;
}

/** What the actions of a scheduler need from its host. */
export interface PlacementHost {
  /** The queue in which this task waits; undefined if the task belongs to another scheduler. */
  queueOf(task: TaskId): PendingQueue | undefined;
  /** A task of this scheduler has started on this machine. */
  taskPlaced(machine: MachineId): void;
  /** Under offers: declines a machine. */
  decline(machine: MachineId, refuseFor: Micros): Verdict;
  /** A machine is about to stop taking tasks. */
  machineLeaves(machine: MachineId, now: Micros): void;
}

/** A gang member cannot be started alone while other members wait. */
export function partOfGang({ tasks, jobs }: Cluster, task: TaskId): Refusal | undefined {
  const job = tasks.job[task];
  return jobs.gang[job] === 1 && jobs.pending[job] > 1 ? 'part-of-gang' : undefined;
}

/** The actions of one scheduler on one table of free resources. */
export class PlacementActions implements PlacementSink {
  private readonly ground: PlacementBackend;
  private readonly table: FreeTable;
  private readonly host: PlacementHost;
  private held: TaskId[] = [];
  /** The earliest reservation for which an event is scheduled. */
  private wakeAt: Micros = Number.POSITIVE_INFINITY;

  constructor(ground: PlacementBackend, table: FreeTable, host: PlacementHost) {
    this.ground = ground;
    this.table = table;
    this.host = host;
  }

  start(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const refusal =
      this.whyNotWaiting(task) ??
      partOfGang(this.ground.cluster, task) ??
      this.ground.start(task, machine, this.table, devices);
    if (refusal === undefined) this.placed(task);
    return this.ground.answer(refusal, 'start', task, machine);
  }

  hold(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const { cluster } = this.ground;
    const refusal = this.whyNotWaiting(task) ?? cluster.refusal(task, machine, this.table, devices);
    if (refusal === undefined) {
      cluster.hold(task, machine, this.table, devices);
      this.held.push(task);
    }
    return this.ground.answer(refusal, 'hold', task, machine);
  }

  release(task: TaskId): Verdict {
    const place = this.held.indexOf(task);
    if (place >= 0) {
      this.held.splice(place, 1);
      this.ground.cluster.release(task, this.table);
    }
    return this.ground.answer(place < 0 ? 'not-held' : undefined, 'release', task, NONE);
  }

  startGang(tasks: readonly TaskId[]): Verdict {
    const stray = tasks.findIndex((task, i) => !this.held.includes(task) || tasks.indexOf(task) !== i);
    if (stray >= 0) return this.ground.answer('not-held', 'startGang', tasks[stray], NONE);
    for (const task of tasks) {
      this.ground.startHeld(task);
      this.placed(task);
    }
    this.held = this.held.filter((task) => !tasks.includes(task));
    return 'done';
  }

  kill(task: TaskId): Verdict {
    const refusal = this.whyNotMine(task);
    if (refusal === undefined) this.ground.kill(task, 'preempted');
    return this.ground.answer(refusal, 'kill', task, NONE);
  }

  reserve(task: TaskId, from: Micros): Verdict {
    const refusal = this.whyNotWaiting(task);
    if (refusal === undefined) {
      this.ground.cluster.tasks.reserved[task] = Number.isFinite(from) ? from : Number.NaN;
      if (from > this.ground.now && from < this.wakeAt) this.wake(from);
    }
    return this.ground.answer(refusal, 'reserve', task, NONE);
  }

  drain(machine: MachineId): Verdict {
    const { cluster } = this.ground;
    const isKnown = machine >= 0 && machine < cluster.machines.count;
    const refusal = !isKnown
      ? 'unknown-machine'
      : cluster.machines.isUp(machine)
        ? undefined
        : 'machine-not-up';
    if (refusal === undefined) {
      this.releaseOn(machine);
      this.host.machineLeaves(machine, this.ground.now);
      cluster.setMachineState(machine, 'draining');
      this.ground.observer.machineChanged(machine, 'draining', this.ground.now);
    }
    return this.ground.answer(refusal, 'drain', NONE, machine);
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    const verdict = this.host.decline(machine, refuseFor);
    return this.ground.answer(verdict === 'done' ? undefined : verdict, 'decline', NONE, machine);
  }

  /** Releases held room before the machine leaves the table, because a closed row must not lose it. */
  releaseOn(machine: MachineId): void {
    const { tasks } = this.ground.cluster;
    for (const task of this.held.filter((held) => tasks.machine[held] === machine)) this.release(task);
  }

  /** Calls the scheduler again at the earliest future reservation; there is one event for all of them. */
  private wake(time: Micros): void {
    this.wakeAt = time;
    this.ground.wakeAt(time);
  }

  /** Ends a call of the scheduler: releases held room and schedules the next reservation. */
  finishCall(queue: PendingQueue): void {
    if (this.held.length > 0) {
      for (const task of this.held) this.ground.cluster.release(task, this.table);
      this.held = [];
    }
    if (this.wakeAt > this.ground.now) return;
    const { reserved } = this.ground.cluster.tasks;
    let next = Number.POSITIVE_INFINITY;
    for (let task = queue.first; task !== NONE; task = queue.next(task)) {
      if (reserved[task] > this.ground.now && reserved[task] < next) next = reserved[task];
    }
    this.wakeAt = Number.POSITIVE_INFINITY;
    if (Number.isFinite(next)) this.wake(next);
  }

  private placed(task: TaskId): void {
    this.host.queueOf(task)?.remove(task);
    this.host.taskPlaced(this.ground.cluster.tasks.machine[task]);
  }

  private whyNotWaiting(task: TaskId): Refusal | undefined {
    if (!this.ground.isPending(task)) return this.ground.exists(task) ? 'not-pending' : 'unknown-task';
    return this.host.queueOf(task) === undefined ? 'foreign-task' : undefined;
  }

  private whyNotMine(task: TaskId): Refusal | undefined {
    if (!this.ground.isRunning(task)) return 'not-running';
    return this.host.queueOf(task) === undefined ? 'foreign-task' : undefined;
  }
}
