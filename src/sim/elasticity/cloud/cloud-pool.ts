import { type MachineId, type Micros, TaskState } from '../../../model/index.js';
import type { ControlHost, Controller } from '../controller.js';

/** Settings of the pool. */
export interface CloudTerms {
  readonly startup: Micros;
  readonly interval: Micros;
  readonly growAfter: Micros;
  readonly idleAfter: Micros;
  readonly notice: Micros;
  /** Draws the time until the cloud interrupts a machine that became ready; FOREVER on demand. */
  readonly lifetime: (machine: MachineId) => Micros;
}

/** Subject 0 is the check of the queue. Subject 1 + 3 x machine + kind refers to one machine. */
const LOOK = 0;
const [READY, NOTICE, TAKEN_BACK] = [0, 1, 2];
const KINDS = 3;

/** A machine of the pool. An event with a time other than the planned one is stale. */
interface Rented {
  readonly machine: MachineId;
  phase: 'off' | 'starting' | 'on' | 'noticed';
  readyAt: Micros;
  noticeAt: Micros;
  /** When its last task left. */
  idleSince: Micros;
}

/**
 * Bursting to a cloud. Machines are ordered for tasks that wait too long, and accept tasks after a startup time. Idle
 * machines are returned. Spot machines may be interrupted after a notice. The rules for growth and idleness follow the
 * Kubernetes Cluster Autoscaler.
 */
export class CloudPool implements Controller {
  private readonly terms: CloudTerms;
  private readonly pool: readonly Rented[];
  private host!: ControlHost;

  /** `machines` are the rented rows of the ledger. */
  constructor(machines: readonly MachineId[], terms: CloudTerms) {
    this.terms = terms;
    this.pool = machines.map((machine) => ({
      machine,
      phase: 'off',
      readyAt: Number.NaN,
      noticeAt: Number.NaN,
      idleSince: Number.NaN,
    }));
  }

  begin(host: ControlHost, now: Micros): void {
    this.host = host;
    for (const { machine } of this.pool) host.setMachineState(machine, 'down');
    host.wake(now + this.terms.interval, LOOK);
  }

  due(subject: number, now: Micros): void {
    if (subject === LOOK) {
      this.look(now);
      return;
    }
    const kind = (subject - 1) % KINDS;
    const rented = this.pool[(subject - 1 - kind) / KINDS];
    if (kind === READY && rented.readyAt === now) this.becomesReady(rented, now);
    if (kind === NOTICE && rented.noticeAt === now) this.isNoticed(rented, now);
    if (kind === TAKEN_BACK && rented.phase === 'noticed' && rented.noticeAt + this.terms.notice === now)
      this.giveBack(rented, now);
  }

  private look(now: Micros): void {
    this.host.wake(now + this.terms.interval, LOOK);
    for (const rented of this.pool) this.reviewIdleness(rented, now);
    const starting = this.pool.filter(({ phase }) => phase === 'starting').length;
    let missing = this.machinesWanted(now) - starting;
    for (const rented of this.pool) {
      if (missing <= 0) break;
      if (rented.phase !== 'off') continue;
      this.order(rented, now);
      missing--;
    }
  }

  private reviewIdleness(rented: Rented, now: Micros): void {
    const isIdle = rented.phase === 'on' && this.host.cluster.machines.tasks[rented.machine] === 0;
    if (!isIdle) rented.idleSince = Number.NaN;
    else if (Number.isNaN(rented.idleSince)) rented.idleSince = now;
    if (now - rented.idleSince >= this.terms.idleAfter) this.giveBack(rented, now);
  }

  /** Number of machines for the tasks that have waited long enough and fit such a machine. */
  private machinesWanted(now: Micros): number {
    const { cluster } = this.host;
    const { tasks, classes, machines, space } = cluster;
    const [first] = this.pool;
    const waiting = new Float64Array(space.size);
    for (let task = 0; task < tasks.bound; task++) {
      if (tasks.state[task] !== TaskState.pending || now - tasks.submitted[task] < this.terms.growAfter)
        continue;
      if (!cluster.fitsEmpty(first.machine, tasks.taskClass[task])) continue;
      for (let d = 0; d < space.size; d++)
        waiting[d] += classes.demand[tasks.taskClass[task] * space.size + d];
    }
    const row = first.machine * space.size;
    return machinesFor(waiting, machines.capacity.subarray(row, row + space.size));
  }

  private order(rented: Rented, now: Micros): void {
    rented.phase = 'starting';
    rented.readyAt = now + this.terms.startup;
    this.host.observer.machineOrdered(rented.machine, now);
    this.host.wake(rented.readyAt, this.subjectOf(rented, READY));
  }

  private becomesReady(rented: Rented, now: Micros): void {
    rented.phase = 'on';
    rented.idleSince = now;
    this.host.setMachineState(rented.machine, 'up');
    const lifetime = this.terms.lifetime(rented.machine);
    rented.noticeAt = now + lifetime;
    if (Number.isFinite(lifetime)) this.host.wake(rented.noticeAt, this.subjectOf(rented, NOTICE));
  }

  private isNoticed(rented: Rented, now: Micros): void {
    rented.phase = 'noticed';
    this.host.setMachineState(rented.machine, 'draining');
    this.host.wake(now + this.terms.notice, this.subjectOf(rented, TAKEN_BACK));
  }

  /** Tasks that still run on it are interrupted. */
  private giveBack(rented: Rented, now: Micros): void {
    rented.phase = 'off';
    rented.readyAt = Number.NaN;
    rented.noticeAt = Number.NaN;
    rented.idleSince = Number.NaN;
    this.host.setMachineState(rented.machine, 'down');
    this.host.observer.machineGivenBack(rented.machine, now);
  }

  private subjectOf(rented: Rented, kind: number): number {
    return 1 + KINDS * this.pool.indexOf(rented) + kind;
  }
}

/**
 * Number of machines that would hold the waiting demand if it were divisible: the maximum over all resources, rounded
 * up. `waiting` and `capacity` are in quanta per dimension. Resources that the machines lack are skipped, because such
 * tasks cannot run on them.
 */
export function machinesFor(waiting: ArrayLike<number>, capacity: ArrayLike<number>): number {
  let machines = 0;
  for (let d = 0; d < capacity.length; d++)
    if (capacity[d] > 0) machines = Math.max(machines, Math.ceil(waiting[d] / capacity[d]));
  return machines;
}
