import {
  type FrameworkId,
  type FreeTable,
  grown,
  type MachineId,
  type Micros,
  NONE,
  PendingQueue,
  type TaskId,
} from '../../model/index.js';
import type { Random, Scheduler, Verdict } from '../../policies/contract.js';
import { PlacementActions, type PlacementHost } from '../../policies/hosting/placement-actions.js';
import { type HostedView, schedulingView } from '../../policies/hosting/scheduling-view.js';
import type { Execution } from '../execution.js';

/** Slots of a nap double with each vain offer up to this many. */
const MOST_SLOTS = 16;

/**
 * Lets a framework whose gang found too little in its offers want none for a while, so that others are offered all there is.
 * Without it two frameworks that each wait for a gang are offered half of the cluster each, again and again, and neither ever
 * starts. The length is drawn as in Ethernet: a random number of slots from a range that doubles with each vain offer
 * (Metcalfe & Boggs, CACM 19 (7), 1976); frameworks on Mesos do the same with SUPPRESS and REVIVE.
 */
class GangBackoff {
  /** It wants nothing before this time. */
  until: Micros = Number.NEGATIVE_INFINITY;
  private slots = 1;

  /** Its gang found too little: it naps for so many slots of this length. */
  begin(slot: Micros, random: Random, now: Micros): void {
    this.slots = Math.min(2 * this.slots, MOST_SLOTS);
    this.until = now + slot * (1 + Math.floor(random() * this.slots));
  }

  /** Something of it has started. */
  reset(): void {
    this.slots = 1;
  }
}

/** One framework under offers: its queue, its level-two scheduler, and the offers it has in hand. */
export class OfferHolder {
  readonly framework: FrameworkId;
  readonly queue: PendingQueue;
  /** What it is offered, machine by machine. */
  readonly table: FreeTable;
  /** Machines it has in hand, `inHandCount` of them, in the order they were offered. */
  inHand = new Int32Array(16);
  inHandCount = 0;
  /** Its tasks that stopped since it last decided. */
  ended = 0;
  /** Its queue or its offers have changed since it last decided. */
  hasNews = false;
  isThinking = false;
  /** How long the decision takes that it is thinking about. */
  decisionTime: Micros = 0;
  /** While its gangs find too little in its offers. */
  readonly backoff = new GangBackoff();
  /** When the age of its offers is looked at next; Infinity when no look is due. */
  reviewAt: Micros = Number.POSITIVE_INFINITY;

  private readonly scheduler: Scheduler;
  private readonly view: HostedView;
  private readonly actions: PlacementActions;
  /** Since when each machine is in hand. */
  private since = new Float64Array(16);
  /** 1 when a task was started on the machine since it came into hand. */
  private isUsed = new Uint8Array(16);
  /** Place of each machine in `inHand`, or NONE. */
  private place = new Int32Array(16).fill(NONE);

  constructor(
    framework: FrameworkId,
    execution: Execution,
    scheduler: Scheduler,
    random: Random,
    host: OfferHost,
  ) {
    const { cluster } = execution;
    this.framework = framework;
    this.queue = new PendingQueue(cluster.tasks, cluster.jobs);
    this.table = cluster.offered.of(framework);
    this.scheduler = scheduler;
    this.view = schedulingView(cluster, this.queue, this.table, random);
    const placementHost: PlacementHost = {
      queueOf: (task: TaskId) => (cluster.tasks.framework[task] === framework ? this.queue : undefined),
      taskPlaced: (machine) => {
        this.isUsed[machine] = 1;
        this.backoff.reset();
      },
      decline: (machine, refuseFor) => {
        if (!this.has(machine)) return 'not-offered';
        this.actions.releaseOn(machine);
        return host.declineNow(this, machine, refuseFor);
      },
      machineLeaves: (machine, now) => host.machineLeaves(machine, now),
    };
    this.actions = new PlacementActions(execution, this.table, placementHost);
  }

  has(machine: MachineId): boolean {
    return machine >= 0 && machine < this.place.length && this.place[machine] !== NONE;
  }

  /** A machine, or more of one that is in hand already, is offered. */
  take(machine: MachineId, now: Micros): void {
    this.hasNews = true;
    if (this.place.length < this.table.count) this.reserve();
    if (this.place[machine] !== NONE) return;
    this.isUsed[machine] = 0;
    this.place[machine] = this.inHandCount;
    this.inHand[this.inHandCount++] = machine;
    this.since[machine] = now;
  }

  private reserve(): void {
    this.place = grown(this.place, this.table.count, NONE);
    this.since = grown(this.since, this.place.length);
    this.isUsed = grown(this.isUsed, this.place.length);
    this.inHand = grown(this.inHand, this.place.length);
  }

  /** A machine leaves its hands. */
  drop(machine: MachineId): void {
    const place = this.place[machine];
    const last = this.inHand[--this.inHandCount];
    this.inHand[place] = last;
    this.place[last] = place;
    this.place[machine] = NONE;
  }

  /** How long it has had this machine. */
  heldFor(machine: MachineId, now: Micros): Micros {
    return now - this.since[machine];
  }

  /** Was a task started on this machine since it came into hand? */
  hasUsed(machine: MachineId): boolean {
    return this.isUsed[machine] === 1;
  }

  decide(now: Micros): void {
    this.hasNews = false;
    this.view.now = now;
    this.view.endedSince = this.ended;
    this.ended = 0;
    this.scheduler.schedule(this.view, this.actions);
    this.actions.finishCall(this.queue);
  }
}

/** What the architecture does for the frameworks it hosts. */
export interface OfferHost {
  declineNow(holder: OfferHolder, machine: MachineId, refuseFor: Micros): Verdict;
  machineLeaves(machine: MachineId, now: Micros): void;
}

/** The machines that are up and have something free, lowest rank first, kept up to date from the table's change log. */
export class CandidateMachines {
  /** Machine ids in rank order; the first `count` count. */
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
