import { type Cluster, type FreeTable, PendingQueue } from '../../model/index.js';
import type {
  JobFacts,
  Machines,
  Micros,
  PlacedTasks,
  PlacementSink,
  Queue,
  Random,
  RuleFacts,
  Scheduler,
  SchedulingView,
  ServiceFacts,
  ShareFacts,
  Space,
  TaskFacts,
  UsageFacts,
  WhatIf,
} from '../contract.js';
import { CallGate } from './call-gate.js';
import { JobsView } from './jobs-view.js';
import { MachinesView } from './machines-view.js';
import { type Measurements, ServicesView, UNMEASURED, UsageView } from './measured-views.js';
import { PolicyMemory } from './policy-memory.js';
import { scoreReads } from './score-reads.js';
import { SharesView } from './shares-view.js';
import { SinkView } from './sink-view.js';
import { SpaceView } from './space-view.js';
import { PlacedView, QueueView, RulesView, TasksView } from './task-views.js';
import { WhatIfView } from './what-if-view.js';

/** What changes between calls of a scheduler. Its host holds it; the view reads it. */
interface CallState {
  now: Micros;
  endedSince: number;
  machinesChangedSince: number;
  readonly memory: PolicyMemory;
}

/** The view of a scheduler that serves one queue and may place on the machines of one table. */
class LedgerView implements SchedulingView {
  readonly random: Random;
  readonly space: Space;
  readonly machines: Machines;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly rules: RuleFacts;
  readonly usage: UsageFacts;
  readonly shares: ShareFacts;
  readonly services: ServiceFacts;
  readonly queue: Queue;
  readonly placed: PlacedTasks;
  readonly #call: CallState;
  readonly #makeWhatIf: () => WhatIf;
  #whatIf: WhatIf | undefined;

  constructor(ledger: SchedulingLedger, call: CallState, policy: string) {
    const { cluster, queue, table, random, measured = UNMEASURED } = ledger;
    // A function of our own, because a generator has methods that change its state.
    this.random = Object.freeze(() => random());
    this.space = new SpaceView(cluster);
    this.tasks = new TasksView(cluster);
    this.jobs = new JobsView(cluster, call);
    this.rules = new RulesView(cluster);
    this.usage = new UsageView(measured.usage);
    this.shares = new SharesView(cluster);
    this.services = new ServicesView(measured.services);
    this.queue = new QueueView(queue);
    this.placed = new PlacedView(cluster);
    const terms = {
      cluster,
      table,
      space: this.space,
      reads: scoreReads(cluster, call, measured),
      random: this.random,
      policy,
      usageVersion: () => measured.usageVersion(),
    };
    this.machines = new MachinesView(terms);
    this.#makeWhatIf = () => new WhatIfView(terms);
    this.#call = call;
    Object.freeze(this);
  }

  get now(): Micros {
    return this.#call.now;
  }

  get endedSince(): number {
    return this.#call.endedSince;
  }

  get machinesChangedSince(): number {
    return this.#call.machinesChangedSince;
  }

  recall(key: string): string | undefined {
    return this.#call.memory.get(key);
  }

  /** Made when it is first asked for: it is a copy of the rows of all machines. */
  get whatIf(): WhatIf {
    this.#whatIf ??= this.#makeWhatIf();
    return this.#whatIf;
  }
}

/** What a scheduler decides on: its queue, and the machines of one table. */
export interface SchedulingLedger {
  readonly cluster: Cluster;
  readonly queue: PendingQueue;
  readonly table: FreeTable;
  readonly random: Random;
  /** Left out on a host that measures nothing. */
  readonly measured?: Measurements;
}

/** A view at time 0, for placements without a scheduler. */
export function viewAtStart(ledger: SchedulingLedger): SchedulingView {
  const call = { now: 0, endedSince: 0, machinesChangedSince: 0, memory: new PolicyMemory() };
  return new LedgerView(ledger, call, 'a placement');
}

/** The view of the whole cluster for questions to the planner. Its queue is empty, and it draws nothing. */
export function planningView(cluster: Cluster): SchedulingView {
  const queue = new PendingQueue(cluster.tasks, cluster.jobs);
  return viewAtStart({ cluster, queue, table: cluster.free, random: () => 0 });
}

/** The actions of a host, with the memory of the scheduler. */
export interface HostedActions extends PlacementSink {
  readonly memory: PolicyMemory;
}

/** A scheduler in its host: the view and the actions that it gets, and its calls. */
export class HostedScheduler {
  readonly #scheduler: Scheduler;
  readonly #call: CallState;
  readonly #view: SchedulingView;
  readonly #act: PlacementSink;
  readonly #gate: CallGate;
  readonly #cluster: Cluster;
  #machinesSeen = 0;
  #hasBegun = false;

  /** `act` carries out the actions. The scheduler does not get this object, only its actions. */
  constructor(scheduler: Scheduler, ledger: SchedulingLedger, act: HostedActions) {
    this.#scheduler = scheduler;
    this.#cluster = ledger.cluster;
    this.#call = { now: 0, endedSince: 0, machinesChangedSince: 0, memory: act.memory };
    this.#view = new LedgerView(ledger, this.#call, scheduler.name);
    this.#gate = new CallGate(scheduler.name);
    this.#act = new SinkView(act, scheduler.name, this.#gate);
  }

  /** Number of its actions so far, with refused ones. */
  get actions(): number {
    return this.#gate.actions;
  }

  /** Calls the scheduler. `endedSince`: tasks that ended, or were killed, since its last call. */
  schedule(now: Micros, endedSince: number): void {
    this.#call.now = now;
    this.#call.endedSince = endedSince;
    this.#call.machinesChangedSince = this.#cluster.machineEpoch - this.#machinesSeen;
    this.#machinesSeen = this.#cluster.machineEpoch;
    if (!this.#hasBegun) this.#scheduler.begin?.(this.#view);
    this.#hasBegun = true;
    // Not `during`: a function made for each call would cost more than the call.
    this.#gate.open();
    try {
      this.#scheduler.schedule(this.#view, this.#act);
    } finally {
      this.#gate.close();
    }
  }
}

// Methods of a view cannot be replaced either: all views of a process share them.
for (const view of [
  LedgerView,
  MachinesView,
  TasksView,
  JobsView,
  RulesView,
  SharesView,
  QueueView,
  PlacedView,
  SpaceView,
  SinkView,
  WhatIfView,
])
  Object.freeze(view.prototype);
