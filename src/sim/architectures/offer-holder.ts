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
import { GangNap } from './gang-nap.js';

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
  thought: Micros = 0;
  /** While its gangs find too little in its offers. */
  readonly nap = new GangNap();
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
        this.nap.reset();
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
