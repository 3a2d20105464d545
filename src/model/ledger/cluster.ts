import type { Micros } from '../micros.js';
import type { ResourceSpace } from '../resources.js';
import { AttainedService } from './attained-service.js';
import { Attributes } from './attributes.js';
import { type Column, grown, NONE } from './columns.js';
import { Constraints } from './constraints.js';
import type { FrameworkId, FrameworkSpec } from './framework.js';
import { FreeTable, resizeRow, swapClass } from './free-table.js';
import { type JobId, type JobSpec, JobTable } from './job.js';
import { LedgerError } from './ledger-error.js';
import {
  type DeviceMask,
  MACHINE_STATES,
  type MachineId,
  type MachineSpec,
  type MachineState,
} from './machine.js';
import { linkTask, MachineTable, unlinkTask } from './machine-table.js';
import { OfferedTables } from './offered-tables.js';
import { PlacementRules } from './placement-rules.js';
import type { Refusal } from './refusal.js';
import { type TaskId, type TaskRequest, TaskState, TaskTable } from './task.js';
import { TaskClasses, type TaskClassId } from './task-classes.js';

/**
 * The ledger of all allocations on machines, for the simulator and the client of a real framework. The master keeps an
 * AgentLedger.
 *
 * All amounts are whole quanta. Every change is checked first and is atomic: an invalid one throws a LedgerError with
 * the ids and leaves the ledger unchanged. The ledger has no clock; callers pass `now`.
 *
 * For each machine: capacity = free + offered to frameworks + allocated to tasks (held or running).
 */
export class Cluster {
  readonly space: ResourceSpace;
  readonly constraints = new Constraints();
  readonly attributes = new Attributes();
  readonly classes: TaskClasses;
  readonly machines: MachineTable;
  readonly tasks = new TaskTable();
  readonly jobs = new JobTable();
  readonly attained: AttainedService;
  readonly rules: PlacementRules;
  /** Resources that are neither offered nor allocated, on every machine. */
  readonly free: FreeTable;
  readonly offered: OfferedTables;

  readonly frameworks: Required<FrameworkSpec>[] = [];
  /** `frameworkAllocated[framework * dims + dimension]`: allocated to its tasks, held or running. */
  frameworkAllocated = new Float64Array(0);

  /** Capacity of the machines that are not down, per dimension. A sum may exceed 32 bits but is still exact. */
  readonly total: Float64Array;
  /** Allocated to tasks, held or running, per dimension. */
  readonly allocated: Float64Array;
  /**
   * Counts new machines and changes of their states and capacities. Values computed from capacities are stale after it
   * changes.
   */
  machineEpoch = 0;

  private readonly dims: number;

  constructor(space: ResourceSpace) {
    this.space = space;
    this.dims = space.size;
    this.classes = new TaskClasses(this.dims);
    this.attained = new AttainedService(this.jobs, this.tasks, this.classes);
    this.machines = new MachineTable(space);
    this.free = new FreeTable(this.machines, this.classes, this.constraints, 'all tasks');
    this.offered = new OfferedTables(this.machines, this.classes, this.constraints);
    this.rules = new PlacementRules(this);
    this.total = new Float64Array(this.dims);
    this.allocated = new Float64Array(this.dims);
  }

  // Machines

  /** Adds a machine, up and empty. Its rank, which decides ties, is the order of joining. */
  addMachine(spec: MachineSpec): MachineId {
    const machine = this.machines.add(spec);
    const { name, supply = 'own', attributes } = spec;
    for (const columns of [this.constraints, this.attributes])
      columns.addMachine(machine, { machine: name, supply, ...attributes });
    this.free.addRows();
    this.free.fill(machine);
    this.countCapacity(machine, 1);
    this.machineEpoch++;
    return machine;
  }

  /**
   * Changes a machine's state. Only a machine that is up can have open offers. Only a machine that is not down can have
   * tasks. The caller removes them first.
   */
  setMachineState(machine: MachineId, state: MachineState): void {
    this.machines.check(machine);
    const before = this.machines.stateOf(machine);
    if (before === state) return;
    this.checkNotOffered(machine, state);
    if (state === 'down' && this.machines.tasks[machine] > 0) {
      throw new LedgerError(
        `machine ${machine} cannot be down: task ${this.machines.firstTask[machine]} is on it`,
      );
    }
    this.machines.state[machine] = MACHINE_STATES.indexOf(state);
    if (state === 'down') this.countCapacity(machine, -1);
    if (before === 'down') this.countCapacity(machine, 1);
    this.free.setOpen(machine, state === 'up');
    this.machineEpoch++;
  }

  /** Changes the capacity of a machine (quanta per dimension). Allocations must fit; nothing may be offered. */
  setCapacity(machine: MachineId, capacity: ArrayLike<number>): void {
    this.machines.check(machine);
    this.checkNotOffered(machine, 'resized');
    const counts = this.machines.stateOf(machine) !== 'down';
    if (counts) this.countCapacity(machine, -1);
    try {
      resizeRow(this.free, machine, capacity);
    } finally {
      if (counts) this.countCapacity(machine, 1);
    }
    this.machineEpoch++;
  }

  private countCapacity(machine: MachineId, sign: 1 | -1): void {
    // Revocable resources belong to the host, which is counted already.
    if (this.machines.specs[machine].supply === 'revocable') return;
    for (let d = 0; d < this.dims; d++)
      this.total[d] += sign * this.machines.capacity[machine * this.dims + d];
  }

  /** Whether a task of this class would fit this machine without other tasks. */
  fitsEmpty(machine: MachineId, taskClass: TaskClassId): boolean {
    for (let d = 0; d < this.dims; d++) {
      if (this.machines.capacity[machine * this.dims + d] < this.classes.demand[taskClass * this.dims + d])
        return false;
    }
    if (this.classes.gpuCount[taskClass] > this.machines.devices(machine)) return false;
    return this.constraints.allows(this.classes.constraint[taskClass], machine);
  }

  // Frameworks, jobs, tasks

  addFramework(spec: FrameworkSpec): FrameworkId {
    const framework = this.frameworks.length;
    this.frameworks.push({ name: spec.name, role: spec.role ?? spec.name, weight: spec.weight ?? 1 });
    this.frameworkAllocated = grown(this.frameworkAllocated, (framework + 1) * this.dims);
    this.offered.addFramework();
    return framework;
  }

  addJob(spec: JobSpec): JobId {
    if (this.frameworks[spec.framework] === undefined)
      throw new LedgerError(`job "${spec.name}" names framework ${spec.framework}, which does not exist`);
    const job = this.jobs.add(spec);
    this.attained.begin(job);
    return job;
  }

  /** Adds a pending task. The caller has acquired its class. */
  submit(request: TaskRequest): TaskId {
    const job = request.job;
    if (!(job >= 0 && job < this.jobs.bound) || this.jobs.framework[job] === NONE) {
      throw new LedgerError(`no job ${job} to submit a task to`);
    }
    const task = this.tasks.add(request, this.jobs.framework[job]);
    this.jobs.taskSubmitted(job, task);
    return task;
  }

  /** Removes a pending task that does not run (again): abandoned or rejected. */
  withdraw(task: TaskId): void {
    this.tasks.checkState(task, TaskState.pending, 'withdraw');
    const job = this.tasks.job[task];
    this.jobs.notPending(job, task);
    this.jobs.unsuccessful[job]++;
    this.end(task, job);
  }

  // Placement. `from` is the ledger's own table or the table of offers to the task's framework. `devices` 0 leaves the
  // choice of GPU devices to the ledger.

  /** The reason why the task cannot be placed on the machine; undefined if it can. */
  refusal(
    task: TaskId,
    machine: MachineId,
    from: FreeTable = this.free,
    devices: DeviceMask = 0,
  ): Refusal | undefined {
    if (!(task >= 0 && task < this.tasks.bound) || this.tasks.state[task] === TaskState.unused)
      return 'unknown-task';
    if (this.tasks.state[task] !== TaskState.pending) return 'not-pending';
    if (!(machine >= 0 && machine < this.machines.count)) return 'unknown-machine';
    if (!this.machines.isUp(machine)) return 'machine-not-up';
    if (machine >= from.count || from.open[machine] === 0) return 'not-offered';
    const taskClass = this.tasks.taskClass[task];
    if (!from.fits(machine, taskClass)) {
      return this.constraints.allows(this.classes.constraint[taskClass], machine)
        ? 'does-not-fit'
        : 'constraint';
    }
    if (!this.rules.allows(task, machine)) return 'placement-rule';
    if (devices !== 0 && !from.devicesFit(machine, taskClass, devices)) return 'wrong-devices';
    return undefined;
  }

  /** Holds room for a pending task on a machine. `startHeld` starts it there. */
  hold(task: TaskId, machine: MachineId, from: FreeTable = this.free, devices: DeviceMask = 0): void {
    const refusal = this.refusal(task, machine, from, devices);
    if (refusal !== undefined)
      throw new LedgerError(`cannot hold task ${task} on machine ${machine}: ${refusal}`);
    this.place(task, machine, from, devices);
    this.tasks.state[task] = TaskState.held;
  }

  /** Returns the room of a held task to the table it came from. The task is pending again. */
  release(task: TaskId, to: FreeTable = this.free): void {
    this.tasks.checkState(task, TaskState.held, 'release');
    if (to !== this.free) {
      this.countTakenFromOffer(task, -1);
      this.free.changes.record(this.tasks.machine[task]);
    }
    this.unplace(task, to);
    this.tasks.state[task] = TaskState.pending;
  }

  /** Starts a held task on its machine. */
  startHeld(task: TaskId, now: Micros): void {
    this.tasks.checkState(task, TaskState.held, 'start');
    this.run(task, now);
  }

  /** Starts a pending task on a machine, or returns the reason for the refusal without a change. */
  tryStart(
    task: TaskId,
    machine: MachineId,
    now: Micros,
    from: FreeTable,
    devices: DeviceMask,
  ): Refusal | undefined {
    const refusal = this.refusal(task, machine, from, devices);
    if (refusal !== undefined) return refusal;
    this.place(task, machine, from, devices);
    this.run(task, now);
    return undefined;
  }

  /** Starts a pending task on a machine. */
  start(
    task: TaskId,
    machine: MachineId,
    now: Micros,
    from: FreeTable = this.free,
    devices: DeviceMask = 0,
  ): void {
    const refusal = this.tryStart(task, machine, now, from, devices);
    if (refusal !== undefined)
      throw new LedgerError(`cannot start task ${task} on machine ${machine}: ${refusal}`);
  }

  /**
   * Changes the class of a running task in place, or returns the reason for the refusal without a change. The caller
   * has acquired the new class and releases the old one. Devices do not change.
   */
  tryResize(task: TaskId, taskClass: TaskClassId): Refusal | undefined {
    this.tasks.checkState(task, TaskState.running, 'resize');
    const machine = this.tasks.machine[task];
    const before = this.tasks.taskClass[task];
    if (!this.machines.isUp(machine)) return 'machine-not-up';
    if (!swapClass(this.free, machine, before, taskClass)) return 'does-not-fit';
    this.count(task, before, -1);
    this.tasks.taskClass[task] = taskClass;
    this.count(task, taskClass, 1);
    return undefined;
  }

  /** Removes a running task for good. `unsuccessful` if it did not complete its work (timed out, lost). */
  finish(task: TaskId, unsuccessful = false): void {
    this.tasks.checkState(task, TaskState.running, 'finish');
    const job = this.leave(task);
    if (unsuccessful) this.jobs.unsuccessful[job]++;
    this.end(task, job);
  }

  /** Stops a running task. It is pending again and restarts from the beginning. */
  kill(task: TaskId): void {
    this.tasks.checkState(task, TaskState.running, 'kill');
    this.jobs.waitsAgain(this.leave(task), task);
    this.tasks.state[task] = TaskState.pending;
  }

  /** Frees the row of an ended task, and of its job after its last task. Returns whether the job's row was freed. */
  forget(task: TaskId): boolean {
    this.tasks.checkState(task, TaskState.ended, 'forget');
    const job = this.tasks.job[task];
    this.classes.release(this.tasks.taskClass[task]);
    this.tasks.remove(task);
    if (--this.jobs.retained[job] > 0) return false;
    this.jobs.remove(job);
    return true;
  }

  // Offers

  /** Offers free resources of a machine to a framework, in addition to its current offer: `amounts`, or all. */
  offer(framework: FrameworkId, machine: MachineId, amounts?: Column): void {
    const table = this.offered.of(framework);
    this.machines.check(machine);
    if (!this.machines.isUp(machine)) {
      const state = this.machines.stateOf(machine);
      throw new LedgerError(`machine ${machine} is ${state} and cannot be offered to framework ${framework}`);
    }
    if (this.free.isEmpty(machine)) {
      throw new LedgerError(`machine ${machine} has nothing free to offer to framework ${framework}`);
    }
    if (amounts === undefined) this.offered.moveAll(machine, framework, this.free, table, 1);
    else if (this.offered.hasFree(this.free, machine, amounts))
      this.offered.movePart(machine, framework, this.free, amounts);
    else
      throw new LedgerError(
        `machine ${machine} has less free than is to be offered to framework ${framework}`,
      );
    this.offered.made[framework]++;
    table.setOpen(machine, true);
  }

  /** Returns the rest of the framework's offer of this machine to the ledger. */
  returnOffer(framework: FrameworkId, machine: MachineId): void {
    const table = this.offered.of(framework);
    this.machines.check(machine);
    if (table.open[machine] === 0) {
      throw new LedgerError(`machine ${machine} is not offered to framework ${framework}`);
    }
    this.offered.moveAll(machine, framework, table, this.free, -1);
    table.setOpen(machine, false);
  }

  // Helpers

  private place(task: TaskId, machine: MachineId, from: FreeTable, devices: DeviceMask): void {
    const taskClass = this.tasks.taskClass[task];
    const needsChoice = devices === 0 && this.classes.gpuCount[taskClass] > 0;
    const mask = needsChoice ? from.bestFitDevices(machine, taskClass) : devices;
    from.move(machine, taskClass, mask, -1);
    this.tasks.machine[task] = machine;
    this.tasks.devices[task] = mask;
    this.count(task, taskClass, 1);
    if (from !== this.free) {
      this.countTakenFromOffer(task, 1);
      this.free.changes.record(machine);
    }
    linkTask(this.machines, machine, task, this.tasks.nextOnMachine, this.tasks.previousOnMachine);
    this.rules.placed(task, machine);
  }

  private unplace(task: TaskId, to: FreeTable): void {
    const machine = this.tasks.machine[task];
    const taskClass = this.tasks.taskClass[task];
    this.rules.removed(task, machine);
    to.move(machine, taskClass, this.tasks.devices[task], 1);
    this.tasks.machine[task] = NONE;
    this.tasks.devices[task] = 0;
    this.count(task, taskClass, -1);
    unlinkTask(this.machines, machine, task, this.tasks.nextOnMachine, this.tasks.previousOnMachine);
  }

  private run(task: TaskId, now: Micros): void {
    const job = this.tasks.job[task];
    this.tasks.state[task] = TaskState.running;
    this.tasks.started[task] = now;
    this.tasks.placed.append(0, task);
    if (this.tasks.attempts[task]++ === 0) this.jobs.everStarted[job]++;
    this.jobs.taskStarted(job, task, now);
  }

  /** A running task leaves its machine. Returns its job. */
  private leave(task: TaskId): JobId {
    this.unplace(task, this.free);
    this.tasks.placed.remove(0, task);
    const job = this.tasks.job[task];
    this.jobs.running[job]--;
    return job;
  }

  private count(task: TaskId, taskClass: TaskClassId, sign: 1 | -1): void {
    const dims = this.dims;
    const framework = this.tasks.framework[task];
    for (let d = 0; d < dims; d++) {
      const amount = sign * this.classes.demand[taskClass * dims + d];
      this.allocated[d] += amount;
      this.frameworkAllocated[framework * dims + d] += amount;
    }
  }

  private countTakenFromOffer(task: TaskId, sign: 1 | -1): void {
    const want = this.tasks.taskClass[task] * this.dims;
    for (let d = 0; d < this.dims; d++) {
      this.offered.count(this.tasks.framework[task], d, -sign * this.classes.demand[want + d]);
    }
  }

  private end(task: TaskId, job: JobId): void {
    this.tasks.state[task] = TaskState.ended;
    this.jobs.unfinished[job]--;
    this.jobs.allTasks.remove(job, task);
  }

  private checkNotOffered(machine: MachineId, verb: string): void {
    const holder = this.offered.holderOf(machine);
    if (holder !== undefined)
      throw new LedgerError(`machine ${machine} cannot be ${verb}: it is offered to framework ${holder}`);
  }
}
