import {
  type Cluster,
  type FrameworkId,
  type FreeTable,
  grown,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  PendingQueue,
  type TaskId,
} from '../../model/index.js';
import type { Random, Scheduler, Verdict } from '../../policies/contract.js';
import type { OfferNumber } from '../../policies/hosting/open-offers.js';
import { PlacementActions, type PlacementHost } from '../../policies/hosting/placement-actions.js';
import { isGangStopping } from '../../policies/hosting/preempt-check.js';
import { HostedScheduler } from '../../policies/hosting/scheduling-view.js';
import type { Execution } from '../execution.js';

/** One framework under offers: its queue, its level-two scheduler, and its current offers. */
export class OfferHolder {
  readonly framework: FrameworkId;
  readonly queue: PendingQueue;
  /** Its offered resources by machine. */
  readonly table: FreeTable;
  /** Offered machines in the order of their offers; the first `inHandCount` entries are valid. */
  inHand = new Int32Array(16);
  inHandCount = 0;
  /** Number of its tasks that stopped since its last decision. */
  ended = 0;
  /** True if its queue or its offers changed since its last decision. */
  hasNews = false;
  isDeciding = false;
  /** Decision time of the current decision. */
  decisionTime: Micros = 0;
  /** The gang for which its scheduler asked to gather; NONE for none. */
  gathersFor: JobId = NONE;
  /** When the hold time of its offers is checked next; Infinity if no check is due. */
  reviewAt: Micros = Number.POSITIVE_INFINITY;

  /** See Scheduler. */
  readonly isSteady: boolean;
  private readonly explainer: Execution['explainer'];
  private readonly scheduler: HostedScheduler;
  private readonly actions: PlacementActions;
  /** Offer time of each machine. */
  private since = new Float64Array(16);
  /** Number of the offer of each machine at the host of the allocator. */
  private numbers = new Float64Array(16);
  /** 1 if a task started on the machine since it was offered. */
  private isUsed = new Uint8Array(16);
  /** Index of each machine in `inHand`, or NONE. */
  private place = new Int32Array(16).fill(NONE);

  constructor(
    framework: FrameworkId,
    execution: Execution,
    scheduler: Scheduler,
    random: Random,
    host: OfferHost,
  ) {
    const { cluster } = execution;
    this.explainer = execution.explainer;
    this.framework = framework;
    this.isSteady = scheduler.isSteady === true;
    this.queue = new PendingQueue(cluster.tasks, cluster.jobs);
    this.table = cluster.offered.of(framework);
    const placementHost: PlacementHost = {
      queueOf: (task: TaskId) => (cluster.tasks.framework[task] === framework ? this.queue : undefined),
      taskPlaced: (machine) => {
        this.isUsed[machine] = 1;
      },
      decline: (machine, refuseFor) => {
        if (!this.has(machine)) return 'not-offered';
        return host.declineNow(this, machine, refuseFor);
      },
      gather: (job) => {
        this.gathersFor = job;
      },
      isOwnJob: (job) => cluster.jobs.framework[job] === framework,
      machineLeaves: (machine, now) => host.machineLeaves(machine, now),
      machineReturns: (machine, now) => host.machineReturned(machine, now),
    };
    this.actions = new PlacementActions(execution, this.table, placementHost);
    this.scheduler = new HostedScheduler(
      scheduler,
      { cluster, queue: this.queue, table: this.table, random, measured: execution.measured },
      this.actions,
    );
  }

  /** Number of actions of its scheduler so far. */
  get actionCount(): number {
    return this.scheduler.actions;
  }

  has(machine: MachineId): boolean {
    return machine >= 0 && machine < this.place.length && this.place[machine] !== NONE;
  }

  /** A machine is offered that it does not have. */
  take(machine: MachineId, now: Micros, offer: OfferNumber): void {
    this.hasNews = true;
    if (this.place.length < this.table.count) this.reserve();
    this.numbers[machine] = offer;
    this.isUsed[machine] = 0;
    this.place[machine] = this.inHandCount;
    this.inHand[this.inHandCount++] = machine;
    this.since[machine] = now;
  }

  /** More of a machine that it has is offered. The offer keeps its time. */
  takeMore(): void {
    this.hasNews = true;
  }

  /** The number of the offer of a machine that it has. */
  offerOf(machine: MachineId): OfferNumber {
    return this.numbers[machine];
  }

  private reserve(): void {
    this.place = grown(this.place, this.table.count, NONE);
    this.since = grown(this.since, this.place.length);
    this.numbers = grown(this.numbers, this.place.length);
    this.isUsed = grown(this.isUsed, this.place.length);
    this.inHand = grown(this.inHand, this.place.length);
  }

  /** Removes a machine from its offers. */
  drop(machine: MachineId): void {
    const place = this.place[machine];
    const last = this.inHand[--this.inHandCount];
    this.inHand[place] = last;
    this.place[last] = place;
    this.place[machine] = NONE;
  }

  /** How long the framework has had this machine. */
  heldFor(machine: MachineId, now: Micros): Micros {
    return now - this.since[machine];
  }

  /** Whether a task started on this machine since it was offered. */
  hasUsed(machine: MachineId): boolean {
    return this.isUsed[machine] === 1;
  }

  /** The gang for which it gathers: the one that its scheduler asked for, otherwise the first of its queue. NONE for none. */
  gangToGather(known: JobId, cluster: Cluster): JobId {
    if (this.queue.gangTasks === 0) return NONE;
    const { jobs, tasks } = cluster;
    // A gang of which members still stop cannot start.
    const waits = (job: JobId) =>
      job !== NONE &&
      jobs.framework[job] === this.framework &&
      jobs.gang[job] === 1 &&
      jobs.queued[job] > 0 &&
      (jobs.running[job] === 0 || (jobs.isElastic(job) && !isGangStopping({ cluster }, job)));
    if (waits(this.gathersFor)) return this.gathersFor;
    if (waits(known)) return known;
    let task = this.queue.first;
    while (task !== NONE && !waits(tasks.job[task])) task = this.queue.next(task);
    return task === NONE ? NONE : tasks.job[task];
  }

  decide(now: Micros): void {
    this.hasNews = false;
    const ended = this.ended;
    this.ended = 0;
    this.scheduler.schedule(now, ended);
    this.actions.finishCall();
    this.explainer?.called(this.framework, now);
  }
}

/** Actions of the architecture for its frameworks. */
export interface OfferHost {
  declineNow(holder: OfferHolder, machine: MachineId, refuseFor: Micros): Verdict;
  machineLeaves(machine: MachineId, now: Micros): void;
  machineReturned(machine: MachineId, now: Micros): void;
}

/** Machines that are up and not fully allocated, in rank order, updated from the table's change log. */
export class CandidateMachines {
  /** Machine ids in rank order; the first `count` entries are valid. */
  ids = new Int32Array(16);
  count = 0;
  private readonly table: FreeTable;
  private isCandidate = new Uint8Array(16);
  private cursor = 0;
  private rows = 0;

  constructor(table: FreeTable) {
    this.table = table;
  }

  update(): void {
    const { changes } = this.table;
    if (this.rows !== this.table.count || !changes.remembers(this.cursor)) this.rebuild();
    else this.follow();
    this.cursor = changes.head;
  }

  private follow(): void {
    const { changes } = this.table;
    let isStale = false;
    for (let i = this.cursor; i < changes.head; i++) {
      const machine = changes.at(i);
      const now = this.qualifies(machine) ? 1 : 0;
      if (this.isCandidate[machine] === now) continue;
      this.isCandidate[machine] = now;
      isStale = true;
    }
    if (isStale) this.list();
  }

  private rebuild(): void {
    this.rows = this.table.count;
    this.ids = grown(this.ids, this.rows);
    this.isCandidate = grown(this.isCandidate, this.rows);
    for (let machine = 0; machine < this.rows; machine++)
      this.isCandidate[machine] = this.qualifies(machine) ? 1 : 0;
    this.list();
  }

  private list(): void {
    this.count = 0;
    for (let machine = 0; machine < this.rows; machine++) {
      if (this.isCandidate[machine] === 1) this.ids[this.count++] = machine;
    }
  }

  private qualifies(machine: MachineId): boolean {
    return this.table.open[machine] === 1 && !this.table.isEmpty(machine);
  }
}
