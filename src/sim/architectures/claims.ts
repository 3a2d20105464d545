import {
  type DeviceMask,
  type FreeTable,
  grown,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type PendingQueue,
  type PlacementRules,
  type Refusal,
  type TaskClassId,
  type TaskId,
} from '../../model/index.js';
import type { PlacementSink, Placing, StopOptions, Verdict } from '../../policies/contract.js';
import {
  incompleteGang,
  PlacementActions,
  type PlacementHost,
  partOfGang,
} from '../../policies/hosting/placement-actions.js';
import type { Execution } from '../execution.js';
import type { CellAccess } from './job-queue.js';

/**
 * Actions of a scheduler on a table other than the ledger's. A start claims room there. The commit decides
 * later whether the task starts. Other actions take effect at once.
 */
export class ClaimActions implements PlacementSink {
  readonly claims: ClaimList;
  /** Whether the claims of the last call were made for a gang, which starts as a whole or not at all. */
  isGang = false;
  private readonly execution: Execution;
  private readonly table: FreeTable;
  private readonly queue: PendingQueue;
  private readonly direct: PlacementActions;

  constructor(execution: Execution, table: FreeTable, queue: PendingQueue, host: PlacementHost) {
    this.execution = execution;
    this.table = table;
    this.queue = queue;
    this.direct = new PlacementActions(execution, execution.cluster.free, host);
    this.claims = new ClaimList(table, execution.cluster.rules);
  }

  get explain(): PlacementSink['explain'] {
    return this.direct.explain;
  }

  start(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const refusal = this.refusal(task, machine, devices) ?? partOfGang(this.execution.cluster, task);
    if (refusal === undefined) {
      this.claims.add(task, this.classOf(task), machine, devices);
      this.queue.remove(task);
    }
    return this.execution.answer(refusal, 'start', task, machine);
  }

  startGang(job: JobId, { tasks, machines, devices }: Placing): Verdict {
    const { cluster } = this.execution;
    const stray = tasks.find((task) => cluster.tasks.job[task] !== job);
    const problem = stray === undefined ? incompleteGang(cluster, job, tasks) : 'unknown-job';
    if (problem !== undefined) return this.execution.answer(problem, 'startGang', stray ?? NONE, NONE);
    const before = this.claims.length;
    for (const [i, task] of tasks.entries()) {
      const refusal = this.refusal(task, machines[i], devices?.[i] ?? 0);
      if (refusal === undefined) this.claims.add(task, this.classOf(task), machines[i], devices?.[i] ?? 0);
      else {
        while (this.claims.length > before) this.claims.undo(this.claims.length - 1);
        return this.execution.answer(refusal, 'startGang', task, machines[i] ?? NONE);
      }
    }
    this.isGang = cluster.jobs.gang[job] === 1;
    for (const task of tasks) this.queue.remove(task);
    return 'done';
  }

  kill(task: TaskId, options?: StopOptions): Verdict {
    return this.direct.kill(task, options);
  }

  preempt(victims: readonly TaskId[], job: JobId, placing: Placing, grace?: Micros): Verdict {
    return this.direct.preempt(victims, job, placing, grace);
  }

  forgo(job: JobId): Verdict {
    return this.direct.forgo(job);
  }

  wakeAt(time: Micros): Verdict {
    return this.direct.wakeAt(time);
  }

  promise(job: JobId, at: Micros): Verdict {
    return this.direct.promise(job, at);
  }

  reject(job: JobId, reason: string): Verdict {
    return this.direct.reject(job, reason);
  }

  remember(key: string, text: string | undefined): Verdict {
    return this.direct.remember(key, text);
  }

  undrain(machine: MachineId): Verdict {
    return this.direct.undrain(machine);
  }

  drain(machine: MachineId): Verdict {
    return this.direct.drain(machine);
  }

  powerOff(machine: MachineId): Verdict {
    return this.direct.powerOff(machine);
  }

  powerOn(machine: MachineId): Verdict {
    return this.direct.powerOn(machine);
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    return this.direct.decline(machine, refuseFor);
  }

  gather(job: JobId): Verdict {
    return this.direct.gather(job);
  }

  get memory(): PlacementActions['memory'] {
    return this.direct.memory;
  }

  /** A call of the scheduler begins without claims. */
  beginCall(): void {
    this.isGang = false;
  }

  /** A call of the scheduler ends. */
  finishCall(): void {
    this.direct.finishCall();
  }

  private refusal(task: TaskId, machine: MachineId, devices: DeviceMask): Refusal | undefined {
    const { cluster } = this.execution;
    if (this.execution.isPending(task) && cluster.tasks.enqueueSeq[task] === 0) {
      // It waits in another queue, or is claimed already.
      return this.claims.indexOf(task) >= 0 ? 'not-pending' : 'foreign-task';
    }
    if (this.claims.indexOf(task) >= 0) return 'not-pending';
    const refusal = cluster.refusal(task, machine, this.table, devices);
    // A machine that left after the copy was made is still up in the copy. The commit detects this.
    const isUpHere = refusal === 'machine-not-up' && this.table.fits(machine, this.classOf(task));
    return isUpHere ? undefined : refusal;
  }

  private classOf(task: TaskId): number {
    return this.execution.cluster.tasks.taskClass[task];
  }
}

/** Direct access to the cell. Placements take effect at once, without conflicts. */
export class LiveCell implements CellAccess {
  readonly table: FreeTable;
  readonly actions: PlacementActions;
  placed = 0;
  readonly conflicts = 0;

  constructor(execution: Execution, host: PlacementHost) {
    this.table = execution.cluster.free;
    const counting: PlacementHost = {
      ...host,
      taskPlaced: () => {
        this.placed++;
      },
    };
    this.actions = new PlacementActions(execution, this.table, counting);
  }

  begin(): void {}

  open(): void {
    this.placed = 0;
  }

  close(): void {
    this.actions.finishCall();
  }
}

/** Placements that are decided but not carried out yet, in the order of decision. */
export class ClaimList {
  length = 0;
  task = new Int32Array(16);
  taskClass = new Int32Array(16);
  machine = new Int32Array(16);
  /** Devices that the policy chose; 0 leaves the choice to the ledger. */
  devices = new Int32Array(16);
  /** Devices taken from the table of the claim. */
  taken = new Int32Array(16);
  private readonly table: FreeTable;
  private readonly rules: PlacementRules;

  constructor(table: FreeTable, rules: PlacementRules) {
    this.table = table;
    this.rules = rules;
  }

  /**
   * Claims room for a task. The table loses the room at once, and placement rules count the claim. The caller has
   * checked that the task fits.
   */
  add(task: TaskId, taskClass: TaskClassId, machine: MachineId, devices: DeviceMask): void {
    const { table } = this;
    const needsChoice = devices === 0 && table.classes.gpuCount[taskClass] > 0;
    const taken = needsChoice ? table.bestFitDevices(machine, taskClass) : devices;
    table.move(machine, taskClass, taken, -1);
    this.rules.placed(task, machine);
    this.reserve(this.length + 1);
    this.task[this.length] = task;
    this.taskClass[this.length] = taskClass;
    this.machine[this.length] = machine;
    this.devices[this.length] = devices;
    this.taken[this.length++] = taken;
  }

  /** Returns the room of one claim to the table and removes the claim. Later claims move up. */
  undo(index: number): void {
    this.giveBack(index);
    this.rules.removed(this.task[index], this.machine[index]);
    const end = this.length--;
    for (const column of [this.task, this.taskClass, this.machine, this.devices, this.taken])
      column.copyWithin(index, index + 1, end);
  }

  /** Returns the room of all claims to the table. The list keeps the claims. */
  giveBackAll(): void {
    for (let i = 0; i < this.length; i++) this.giveBack(i);
  }

  /** Placement rules stop counting the claims, because the ledger will count the started tasks. */
  settle(): void {
    for (let i = 0; i < this.length; i++) this.rules.removed(this.task[i], this.machine[i]);
  }

  private giveBack(index: number): void {
    this.table.move(this.machine[index], this.taskClass[index], this.taken[index], 1);
  }

  /** Index of the task's claim, or -1. */
  indexOf(task: TaskId): number {
    for (let i = 0; i < this.length; i++) if (this.task[i] === task) return i;
    return -1;
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(length: number): void {
    if (this.task.length >= length) return;
    this.task = grown(this.task, length);
    this.taskClass = grown(this.taskClass, length);
    this.machine = grown(this.machine, length);
    this.devices = grown(this.devices, length);
    this.taken = grown(this.taken, length);
  }
}
