import { type MachineId, type Micros, TaskState } from '../../../model/index.js';
import type { ControlHost, Controller } from '../controller.js';

/** What the pool goes by. */
export interface CloudTerms {
  readonly startup: Micros;
  readonly interval: Micros;
  readonly growAfter: Micros;
  readonly idleAfter: Micros;
  readonly notice: Micros;
  /** How long a machine that was just ordered lives until the cloud takes it back, a draw for each order; FOREVER on demand. */
  readonly lifetime: (machine: MachineId) => Micros;
}

/** Subject 0 looks at the queue; 1 + 3 x machine + kind is about one machine. */
const LOOK = 0;
const [READY, NOTICE, TAKEN_BACK] = [0, 1, 2];
const KINDS = 3;

/** A machine of the pool. An event of another time than the one planned is out of date. */
interface Rented {
  readonly machine: MachineId;
  phase: 'off' | 'starting' | 'on' | 'noticed';
  readyAt: Micros;
  noticeAt: Micros;
  /** Since when it has no task. */
  idleSince: Micros;
}

/**
 * Bursting to a cloud: machines are ordered for tasks that wait for too long, take tasks after a start-up, are given back when they have been idle, and, as
 * spot machines, may be taken back after a notice. Growth and idleness are those of the Kubernetes Cluster Autoscaler.
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

  /** For the tasks that have waited for long enough, and could run on such a machine. */
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

  /** What still runs there is interrupted. */
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
 * How many machines would hold what waits, if it could be cut at will: the most over all resources, rounded up. `waiting` and `capacity` are in quanta per
 * dimension; a resource that the machines do not have is left out, because what needs it is not for them.
 */
export function machinesFor(waiting: ArrayLike<number>, capacity: ArrayLike<number>): number {
  let machines = 0;
  for (let d = 0; d < capacity.length; d++)
    if (capacity[d] > 0) machines = Math.max(machines, Math.ceil(waiting[d] / capacity[d]));
  return machines;
}
