import {
  type Cluster,
  type FrameworkId,
  type KillCause,
  type MachineId,
  type MachineState,
  type Micros,
  NONE,
  type Observer,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import type { StopOptions } from '../../policies/contract.js';
import type { ControlVerdict } from '../../policies/contract-control.js';
import { TaskBatch, type TaskRow } from '../../workloads/trace.js';
import type { Admission } from '../admission.js';
import type { Architecture, UseBounds } from '../architectures/architecture.js';
import type { Execution } from '../execution.js';

/** Objects that the actions change. */
export interface ActionSetup {
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly admission: Admission;
}

/** Changes of a run beside the decisions of its scheduler. Execution and architecture stay consistent. */
export class RunActions {
  readonly cluster: Cluster;
  readonly observer: Observer;
  private readonly setup: ActionSetup;
  /** Requested capacities of machines whose stopping tasks need more. */
  private readonly shrinking = new Map<MachineId, ArrayLike<number>>();

  constructor(setup: ActionSetup) {
    this.cluster = setup.execution.cluster;
    this.observer = setup.execution.observer;
    this.setup = setup;
  }

  /** What frameworks never get; undefined if they may use everything. */
  get bounds(): UseBounds | undefined {
    return this.setup.architecture.bounds;
  }

  get now(): Micros {
    return this.setup.execution.now;
  }

  exists(task: TaskId): boolean {
    return this.setup.execution.exists(task);
  }

  isRunning(task: TaskId): boolean {
    return this.setup.execution.isRunning(task);
  }

  /** Current usage of a running task, in quanta; NaN if its trace has no usage. */
  used(task: TaskId, dimension: number): number {
    return this.setup.execution.used(task, dimension);
  }

  /** The load curve of the framework has a new value. */
  usageWritten(framework: FrameworkId, now: Micros): void {
    this.setup.execution.usageWritten(framework, now);
  }

  /** Submits the tasks of a row now. */
  submit(row: TaskRow): readonly TaskId[] {
    const { admission, architecture, execution } = this.setup;
    const batch = new TaskBatch(execution.cluster.space.size, 1);
    batch.push(row);
    const tasks: TaskId[] = [];
    const taskArrived = (task: TaskId) => {
      tasks.push(task);
      architecture.taskArrived(task, execution.now);
    };
    admission.admit(batch, 0, { taskArrived }, execution.now);
    return tasks;
  }

  /** Ends a task that is no longer needed. A running or stopping task counts as completed, a pending one as abandoned. */
  retire(task: TaskId): void {
    const { architecture, execution } = this.setup;
    if (execution.isPlaced(task)) {
      execution.retire(task);
      return;
    }
    architecture.taskLeaves(task);
    execution.withdraw(task, 'abandoned');
  }

  /** As `retire`, but a placed task keeps its room until an event of this instant: not within a call of a control loop. */
  retireSoon(task: TaskId): void {
    if (this.setup.execution.isPlaced(task)) this.setup.execution.retireSoon(task);
    else this.retire(task);
  }

  /** Changes the demand of a running task in place (quanta per dimension). Returns false if its machine has too little free. */
  resize(task: TaskId, demand: ArrayLike<number>): boolean {
    const { architecture, execution } = this.setup;
    const isDone = execution.resize(task, demand);
    // The change may have freed room on the machine.
    if (isDone) architecture.machineReturned(execution.cluster.tasks.machine[task], execution.now);
    return isDone;
  }

  /** Tells a running task to stop. It keeps its room until it is gone. */
  evict(task: TaskId, options: StopOptions, cause: KillCause): void {
    this.setup.execution.stop(task, options, cause);
  }

  /**
   * Changes the capacity of a machine, as far as its tasks allow. What stopping tasks have in excess is taken away when they
   * are gone, before anything else can start there. A later call replaces the request.
   */
  shrinkTo(machine: MachineId, capacity: ArrayLike<number>): void {
    const held = heldOn(this.cluster, machine);
    const { execution } = this.setup;
    const isReached = held.every((amount, d) => amount <= capacity[d]);
    this.setCapacity(machine, isReached ? capacity : held.map((amount, d) => Math.max(amount, capacity[d])));
    if (isReached) this.shrinking.delete(machine);
    else this.shrinking.set(machine, capacity);
    execution.roomFreed =
      this.shrinking.size === 0
        ? undefined
        : (freed) => {
            const wanted = this.shrinking.get(freed);
            if (wanted !== undefined) this.shrinkTo(freed, wanted);
          };
  }

  /** Changes the capacity of a machine (quanta per dimension). Its tasks must fit. Offers of the machine are rescinded. */
  setCapacity(machine: MachineId, capacity: ArrayLike<number>): void {
    const { architecture, execution } = this.setup;
    architecture.machineLeaves(machine, execution.now);
    execution.cluster.setCapacity(machine, capacity);
    if (execution.cluster.machines.isUp(machine)) architecture.machineReturned(machine, execution.now);
  }

  /** Switches a machine off or on, or says why not. */
  switchMachine(to: 'on' | 'off', machine: MachineId): ControlVerdict {
    const { power } = this.setup.execution;
    return (power === undefined ? 'unsupported' : power[to](machine)) ?? 'done';
  }

  /** Changes the state of a machine. Tasks on a machine that goes down are interrupted. */
  setMachineState(machine: MachineId, state: MachineState): void {
    const { architecture, execution } = this.setup;
    const { machines } = execution.cluster;
    if (state !== 'up') architecture.machineLeaves(machine, execution.now);
    execution.killTogether(() => {
      while (state === 'down' && machines.firstTask[machine] !== NONE)
        execution.kill(machines.firstTask[machine], 'interrupted');
    });
    execution.cluster.setMachineState(machine, state);
    execution.observer.machineChanged(machine, state, execution.now);
    if (state === 'up') architecture.machineReturned(machine, execution.now);
  }
}

/** What the tasks on a machine have, in quanta per dimension: those that run, and those that stop unless `runningOnly`. */
export function heldOn(
  { machines, tasks, classes, space }: Cluster,
  machine: MachineId,
  runningOnly = false,
): Float64Array {
  const held = new Float64Array(space.size);
  for (let task = machines.firstTask[machine]; task !== NONE; task = tasks.nextOnMachine[task]) {
    if (runningOnly && tasks.state[task] === TaskState.stopping) continue;
    for (let d = 0; d < space.size; d++) held[d] += classes.demand[tasks.taskClass[task] * space.size + d];
  }
  return held;
}
