import {
  type Cluster,
  type DeviceMask,
  type FreeTable,
  type JobId,
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
import type { PlacementSink, Placing, Verdict } from '../contract.js';

/** Carries out the actions of schedulers: the simulator in virtual time, the built-in framework on real agents. */
export interface PlacementBackend {
  readonly cluster: Cluster;
  readonly now: Micros;
  readonly observer: Observer;
  /** Starts a pending task now, or returns the reason why it cannot. */
  start(task: TaskId, machine: MachineId, from: FreeTable, devices: DeviceMask): Refusal | undefined;
  /** Starts a task now that has room on a machine. */
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

/** A gang starts with all of its pending tasks. Other jobs may start any of theirs. */
export function incompleteGang({ jobs }: Cluster, job: JobId, tasks: readonly TaskId[]): Refusal | undefined {
  if (!(job >= 0 && job < jobs.bound) || jobs.framework[job] === NONE || tasks.length === 0)
    return 'unknown-job';
  return jobs.gang[job] === 1 && new Set(tasks).size < jobs.pending[job] ? 'incomplete-gang' : undefined;
}

/** The actions of one scheduler on one table of free resources. */
export class PlacementActions implements PlacementSink {
  private readonly ground: PlacementBackend;
  private readonly table: FreeTable;
  private readonly host: PlacementHost;
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

  startGang(job: JobId, { tasks, machines, devices }: Placing): Verdict {
    const { cluster } = this.ground;
    const stray = tasks.find((task) => this.whyNotOf(task, job) !== undefined);
    const problem =
      stray === undefined ? incompleteGang(cluster, job, tasks) : (this.whyNotOf(stray, job) as Refusal);
    if (problem !== undefined) return this.ground.answer(problem, 'startGang', stray ?? NONE, NONE);
    for (const [i, task] of tasks.entries()) {
      const refusal = cluster.refusal(task, machines[i], this.table, devices?.[i] ?? 0);
      if (refusal === undefined) cluster.hold(task, machines[i], this.table, devices?.[i] ?? 0);
      else {
        for (const held of tasks.slice(0, i)) cluster.release(held, this.table);
        return this.ground.answer(refusal, 'startGang', task, machines[i] ?? NONE);
      }
    }
    for (const task of tasks) {
      this.ground.startHeld(task);
      this.placed(task);
    }
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

  /** Calls the scheduler again at the earliest future reservation; there is one event for all of them. */
  private wake(time: Micros): void {
    this.wakeAt = time;
    this.ground.wakeAt(time);
  }

  /** Ends a call of the scheduler: schedules the next reservation. */
  finishCall(queue: PendingQueue): void {
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

  private whyNotOf(task: TaskId, job: JobId): Refusal | undefined {
    const refusal = this.whyNotWaiting(task);
    if (refusal !== undefined) return refusal;
    return this.ground.cluster.tasks.job[task] === job ? undefined : 'unknown-job';
  }

  private whyNotMine(task: TaskId): Refusal | undefined {
    if (!this.ground.isRunning(task)) return 'not-running';
    return this.host.queueOf(task) === undefined ? 'foreign-task' : undefined;
  }
}
