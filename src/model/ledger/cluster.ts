import type { Micros } from '../micros.js';
import type { ResourceSpace } from '../resources.js';
import { AttainedService } from './attained-service.js';
import { Attributes, enterAttributes } from './attributes.js';
import { claimOffer, leaveClaim, withClaim } from './claimed-room.js';
import { type Column, grown, NONE } from './columns.js';
import { Constraints } from './constraints.js';
import type { FrameworkId, FrameworkSpec } from './framework.js';
import { FreeTable, resizeRow, swapClass } from './free-table.js';
import { type JobId, type JobSpec, JobTable } from './job.js';
import { LedgerError } from './ledger-error.js';
import {
  type DeviceMask,
  hasCapacity,
  MACHINE_STATES,
  type MachineId,
  type MachineSpec,
  type MachineState,
} from './machine.js';
import { linkTask, MachineTable, unlinkTask } from './machine-table.js';
import { OfferedTables } from './offered-tables.js';
import { PlacementRules } from './placement-rules.js';
import { type Refusal, whyNotPlace } from './refusal.js';
import { RoomClaims } from './room-claims.js';
import { Speeds } from './speeds.js';
import { type CheckpointFacts, type TaskId, type TaskRequest, TaskState, TaskTable } from './task.js';
import { TaskClasses, type TaskClassId } from './task-classes.js';

/**
 * The ledger of all allocations on machines, for the simulator and the client of a real framework. The master keeps an
 * AgentLedger.
 *
 * All amounts are whole quanta. Every change is checked first and is atomic: an invalid one throws a LedgerError with
 * the ids and leaves the ledger unchanged. The ledger has no clock; callers pass `now`.
 *
 * For each machine: capacity = free + offered to frameworks + claimed for jobs + allocated to tasks (held, running, stopping).
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
  readonly speeds: Speeds;
  /** Resources that are neither offered nor allocated, on every machine. */
  readonly free: FreeTable;
  readonly offered: OfferedTables;
  /** Room that is kept for jobs, and in no table. */
  readonly claims: RoomClaims;
  /** offers: what is free in this ledger may belong to others, so claims fill from offers only. */
  claimsFillFrom: 'free' | 'offers' = 'free';
  /** When a stopping task is gone at the latest. */
  readonly goneBy = new Map<TaskId, Micros>();
  /** What the host knows of the checkpoints of tasks; undefined when it has none. */
  checkpoints: CheckpointFacts | undefined;

  readonly frameworks: Required<FrameworkSpec>[] = [];
  /** `frameworkAllocated[framework * dims + dimension]`: allocated to its tasks, held or running. */
  frameworkAllocated = new Float64Array(0);

  /** Capacity of the machines that have it in their state, per dimension. A sum may exceed 32 bits but is still exact. */
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
    this.claims = new RoomClaims(this.dims, space.gpuDimension);
    this.free.claims = this.claims;
    this.offered = new OfferedTables(this.machines, this.classes, this.constraints, this.claims);
    this.rules = new PlacementRules(this);
    this.speeds = new Speeds(this);
    this.total = new Float64Array(this.dims);
    this.allocated = new Float64Array(this.dims);
  }

  // Machines

  /** Adds a machine, up and empty, or absent. Its rank, which decides ties, is the order of the calls. */
  addMachine(spec: MachineSpec): MachineId {
    const machine = this.machines.add(spec);
    enterAttributes(this, machine);
    this.free.addRows();
    this.free.fill(machine);
    this.countCapacity(machine, 1);
    this.machineEpoch++;
    if (spec.joinsLater === true) this.setMachineState(machine, 'absent');
    return machine;
  }

  /**
   * Changes a machine's state. Only a machine that is up can have open offers. Only one that has capacity in its state can
   * have tasks. The caller removes them first.
   */
  setMachineState(machine: MachineId, state: MachineState): void {
    this.machines.check(machine);
    const before = this.machines.stateOf(machine);
    if (before === state) return;
    this.offered.checkNone(machine, state);
    if (!hasCapacity(state) && this.machines.tasks[machine] > 0) {
      throw new LedgerError(
        `machine ${machine} cannot be ${state}: task ${this.machines.firstTask[machine]} is on it`,
      );
    }
    if (state !== 'up' && this.claims.size > 0) this.claims.endOn(machine, this.free);
    this.machines.state[machine] = MACHINE_STATES.indexOf(state);
    const change = Number(hasCapacity(state)) - Number(hasCapacity(before));
    if (change !== 0) this.countCapacity(machine, change);
    this.free.setOpen(machine, state === 'up');
    this.machineEpoch++;
  }

  /** Changes the capacity of a machine (quanta per dimension). Allocations must fit; nothing may be offered. Claims there end. */
  setCapacity(machine: MachineId, capacity: ArrayLike<number>): void {
    this.machines.check(machine);
    this.offered.checkNone(machine, 'resized');
    if (this.claims.size > 0) this.claims.endOn(machine, this.free);
    const counts = hasCapacity(this.machines.stateOf(machine));
    if (counts) this.countCapacity(machine, -1);
    try {
      resizeRow(this.free, machine, capacity);
      this.machines.leaveKind(machine);
    } finally {
      if (counts) this.countCapacity(machine, 1);
    }
    this.machineEpoch++;
  }

  private countCapacity(machine: MachineId, sign: number): void {
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
    if (this.claims.size > 0) leaveClaim(this, job);
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
    return whyNotPlace(this, task, machine, from, devices);
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
    this.tasks.state[task] = TaskState.pending;
    this.unplace(task, to);
  }

  /** Starts a held task on its machine. */
  startHeld(task: TaskId, now: Micros): void {
    this.tasks.checkState(task, TaskState.held, 'start');
    this.run(task, now);
  }

  /** Starts a pending task on a machine, or returns the reason for the refusal without a change. It may use the room claimed for it. */
  tryStart(
    task: TaskId,
    machine: MachineId,
    now: Micros,
    from: FreeTable,
    devices: DeviceMask,
  ): Refusal | undefined {
    if (this.claims.size > 0 && this.claims.keepsFor(this.tasks.job[task], task))
      return withClaim(this, from, this.tasks.job[task], () =>
        this.tryStart(task, machine, now, from, devices),
      );
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
    this.fillClaims(machine);
    return undefined;
  }

  /** A running task becomes `stopping`. It keeps its room until `finish` or `kill`, which is expected by `goneBy`. */
  stop(task: TaskId, goneBy: Micros): void {
    this.tasks.checkState(task, TaskState.running, 'stop');
    this.tasks.state[task] = TaskState.stopping;
    this.goneBy.set(task, goneBy);
    this.free.changes.record(this.tasks.machine[task]);
  }

  /** Removes a running or stopping task for good. `unsuccessful` if it did not complete its work (timed out, lost). */
  finish(task: TaskId, unsuccessful = false): void {
    this.leaveMachine(task, 'finish');
    const job = this.leave(task);
    if (unsuccessful) this.jobs.unsuccessful[job]++;
    this.end(task, job);
  }

  /** Removes a running or stopping task from its machine. It is pending again and restarts from the beginning. */
  kill(task: TaskId): void {
    this.leaveMachine(task, 'kill');
    this.jobs.waitsAgain(this.leave(task), task);
    this.tasks.state[task] = TaskState.pending;
  }

  /** Frees the row of an ended task, and of its job after its last task. Returns whether the job's row was freed. */
  forget(task: TaskId): boolean {
    this.tasks.checkState(task, TaskState.ended, 'forget');
    const job = this.tasks.job[task];
    this.classes.release(this.tasks.taskClass[task]);
    this.tasks.remove(task);
    if (--this.jobs.retained[job] > 0 || !this.jobs.hasEnded(job)) return false;
    this.jobs.remove(job);
    return true;
  }

  // Offers

  /** Offers free resources of a machine to a framework, in addition to its current offer: `amounts`, or all. */
  offer(framework: FrameworkId, machine: MachineId, amounts?: Column): void {
    this.offered.add(framework, machine, this.free, amounts);
    if (this.claims.size > 0 && this.claimsFillFrom === 'offers') claimOffer(this, framework, machine);
  }

  /** Returns the rest of the framework's offer of this machine to the ledger. */
  returnOffer(framework: FrameworkId, machine: MachineId): void {
    this.offered.remove(framework, machine, this.free);
    this.fillClaims(machine);
  }

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
      this.free.changes.recordLoss(machine);
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
    if (to === this.free) this.fillClaims(machine);
  }

  /** Room became free on the machine. Claims come before everything else. */
  private fillClaims(machine: MachineId): void {
    if (this.claims.size === 0 || this.claimsFillFrom !== 'free' || !this.machines.isUp(machine)) return;
    this.claims.fill(machine, this.free);
  }

  private leaveMachine(task: TaskId, verb: string): void {
    if (this.tasks.state[task] === TaskState.stopping) this.goneBy.delete(task);
    else this.tasks.checkState(task, TaskState.running, verb);
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
    this.offered.countTaken(this.tasks.framework[task], this.tasks.taskClass[task], sign);
  }

  private end(task: TaskId, job: JobId): void {
    this.tasks.state[task] = TaskState.ended;
    this.jobs.unfinished[job]--;
    this.jobs.allTasks.remove(job, task);
  }
}
