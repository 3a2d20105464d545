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
import {
  PlacementActions,
  type PlacementHost,
  partOfGang,
} from '../../policies/hosting/placement-actions.js';
import type { Execution } from '../execution.js';
import { ClaimList } from './claim-list.js';
import type { CellAccess } from './job-scheduler.js';

/**
 * What a scheduler does on a table that is not the ledger's: a start or a hold claims room there, and whether the task really
 * starts is seen later. What is not a placement (kill, reserve, drain, decline) is done at once.
 */
export class ClaimActions implements PlacementSink {
  readonly claims: ClaimList;
  /** Were the claims of the last call made for a gang, which starts whole or not at all? */
  isGang = false;
  private readonly execution: Execution;
  private readonly table: FreeTable;
  private readonly queue: PendingQueue;
  private readonly direct: PlacementActions;
  private readonly held: ClaimList;

  constructor(execution: Execution, table: FreeTable, queue: PendingQueue, host: PlacementHost) {
    this.execution = execution;
    this.table = table;
    this.queue = queue;
    this.direct = new PlacementActions(execution, execution.cluster.free, host);
    this.claims = new ClaimList(table, execution.cluster.rules);
    this.held = new ClaimList(table, execution.cluster.rules);
  }

  start(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const refusal = this.refusal(task, machine, devices) ?? partOfGang(this.execution.cluster, task);
    if (refusal === undefined) {
      this.claims.add(task, this.classOf(task), machine, devices);
      this.queue.remove(task);
    }
    return this.execution.answer(refusal, 'start', task, machine);
  }

  hold(task: TaskId, machine: MachineId, devices: DeviceMask = 0): Verdict {
    const refusal = this.refusal(task, machine, devices);
    if (refusal === undefined) this.held.add(task, this.classOf(task), machine, devices);
    return this.execution.answer(refusal, 'hold', task, machine);
  }

  release(task: TaskId): Verdict {
    const index = this.held.indexOf(task);
    if (index >= 0) this.held.undo(index);
    return this.execution.answer(index < 0 ? 'not-held' : undefined, 'release', task, NONE);
  }

  startGang(tasks: readonly TaskId[]): Verdict {
    const stray = tasks.find((task, i) => this.held.indexOf(task) < 0 || tasks.indexOf(task) !== i);
    if (stray !== undefined) return this.execution.answer('not-held', 'startGang', stray, NONE);
    this.isGang = true;
    for (const task of tasks) {
      const index = this.held.indexOf(task);
      const [machine, devices] = [this.held.machine[index], this.held.devices[index]];
      this.held.undo(index);
      this.claims.add(task, this.classOf(task), machine, devices);
      this.queue.remove(task);
    }
    return 'done';
  }

  kill(task: TaskId): Verdict {
    return this.direct.kill(task);
  }

  reserve(task: TaskId, from: Micros): Verdict {
    return this.direct.reserve(task, from);
  }

  drain(machine: MachineId): Verdict {
    return this.direct.drain(machine);
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    return this.direct.decline(machine, refuseFor);
  }

  /** A call of the scheduler begins: nothing is claimed yet. */
  beginCall(): void {
    this.isGang = false;
  }

  /** The call of the scheduler is over: what it still holds goes back. */
  finishCall(): void {
    while (this.held.length > 0) this.held.undo(this.held.length - 1);
    this.direct.finishCall(this.queue);
  }

  private refusal(task: TaskId, machine: MachineId, devices: DeviceMask): Refusal | undefined {
    const { cluster } = this.execution;
    if (this.execution.isPending(task) && cluster.tasks.enqueueSeq[task] === 0) {
      // It waits somewhere else, or is claimed already.
      return this.claims.indexOf(task) >= 0 ? 'not-pending' : 'foreign-task';
    }
    if (this.held.indexOf(task) >= 0) return 'not-pending';
    const refusal = cluster.refusal(task, machine, this.table, devices);
    // A machine that has left since the copy was made is still up there: the commit will tell.
    const isUpHere = refusal === 'machine-not-up' && this.table.fits(machine, this.classOf(task));
    return isUpHere ? undefined : refusal;
  }

  private classOf(task: TaskId): number {
    return this.execution.cluster.tasks.taskClass[task];
  }
}

/** The cell as it is: what is placed starts at once, and nothing conflicts. */
export class LiveCell implements CellAccess {
  readonly table: FreeTable;
  readonly actions: PlacementActions;
  placed = 0;
  readonly conflicts = 0;
  private readonly queue: PendingQueue;

  constructor(execution: Execution, queue: PendingQueue, host: PlacementHost) {
    this.table = execution.cluster.free;
    this.queue = queue;
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
    this.actions.finishCall(this.queue);
  }
}
