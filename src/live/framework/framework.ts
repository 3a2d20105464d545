import {
  type Cluster,
  type FrameworkId,
  fromSeconds,
  type InputError,
  type JobId,
  type JobSpec,
  type MachineId,
  type Micros,
  type Observer,
  PendingQueue,
  type TaskId,
  type TaskRequest,
  toSeconds,
} from '../../model/index.js';
import type { Random, Scheduler, Verdict } from '../../policies/contract.js';
import { PlacementActions } from '../../policies/hosting/placement-actions.js';
import { HostedScheduler } from '../../policies/hosting/scheduling-view.js';
import type { Cancel, Clock } from '../clock.js';
import { attributeTexts } from '../wire/agent-messages.js';
import { type TaskStatus, USUAL_KILL_GRACE } from '../wire/messages.js';
import type { KeptMemory } from './memory-file.js';
import { OffersInHand, plainAmounts } from './offers-in-hand.js';
import { RealExecution } from './real-execution.js';
import { agentsAnswerSchema, type OfferMessage, type SchedulerEvent } from './scheduler-events.js';
import { SchedulerLink } from './scheduler-link.js';
import { LONGEST_TIME, NANOSECONDS_PER_MICRO, taskInfo, type Work, type WorkListener } from './work.js';

/** How long a pass waits for offers after a REVIVE; missing resources are then assumed to be held by others. A proposal. */
const LONGEST_ASKING: Micros = fromSeconds(0.5);

/** Settings and dependencies of a framework. */
export interface FrameworkSetup {
  readonly clock: Clock;
  /** Time for the scheduler, in Micros; it may run faster than the clock. */
  readonly now: () => Micros;
  /** Seconds of the scheduler's time per second of the clock; 1 by default. */
  readonly pace?: number;
  readonly random: Random;
  readonly master: URL;
  /** The Authorization header, if any. */
  readonly authorization: string | undefined;
  /** FrameworkInfo without an id. */
  readonly info: object;
  /** The ledger of the framework. Agents become machines; existing machines are matched by host name. */
  readonly cluster: Cluster;
  readonly framework: FrameworkId;
  /** The unchanged scheduler of a policy. */
  readonly scheduler: Scheduler;
  /** Where the texts of `remember` stay after the end of this process. */
  readonly memory?: KeptMemory;
  /** How long a pass waits for offers of all free resources; half a second by default. */
  readonly patience?: Micros;
  readonly observer: Observer;
  readonly listener: WorkListener;
  readonly refused: (error: InputError) => void;
  readonly report: (problem: string) => void;
}

/**
 * The built-in framework: it holds the offers of a master, and the scheduler of a policy places tasks on them. A change causes
 * a pass. Before a pass, a REVIVE fetches newly freed resources, so that the scheduler sees all free resources at once, as in
 * the simulator.
 */
export class Framework {
  readonly execution: RealExecution;
  private readonly setup: FrameworkSetup;
  private readonly link: SchedulerLink;
  private readonly offers: OffersInHand;
  private readonly queue: PendingQueue;
  private readonly actions: PlacementActions;
  private readonly scheduler: HostedScheduler;
  private readonly machineOf = new Map<string, MachineId>();
  private readonly agentOf: string[] = [];
  /** Addresses of the endpoints of agents, by agent id. */
  private readonly addressOf = new Map<string, string>();
  private readonly timers = new Set<Cancel>();
  private cancelAsking: Cancel | undefined;
  private readonly pace: number;
  private isPassDue = false;
  /** A claim has ended, and the room that it kept is offered to the scheduler again. */
  private isRoomChanged = false;
  private isSuppressed = false;
  private isReady = false;
  private ready: () => void = () => undefined;
  private endsSeen = 0;

  constructor(setup: FrameworkSetup) {
    const { cluster, framework, observer, listener } = setup;
    this.setup = setup;
    this.pace = setup.pace ?? 1;
    cluster.claimsFillFrom = 'offers';
    this.execution = new RealExecution(cluster, observer, listener, {
      now: setup.now,
      usualGrace: USUAL_KILL_GRACE * this.pace,
      wakeAt: (time) => this.after(Math.max(0, time - setup.now()) / this.pace, () => this.wantPass()),
      kill: (attempt, grace) => this.kill(attempt, grace),
      claimChanged: () => {
        this.isRoomChanged = true;
        this.wantPass();
      },
      requeue: (task, after) => this.requeue(task, after),
      stopped: (machine) => {
        this.offers.show(machine);
        this.wantPass();
      },
    });
    this.offers = new OffersInHand(cluster, framework);
    this.queue = new PendingQueue(cluster.tasks, cluster.jobs);
    const table = cluster.offered.of(framework);
    this.actions = this.newActions();
    this.actions.memory.restore(setup.memory?.texts ?? []);
    this.scheduler = new HostedScheduler(
      setup.scheduler,
      { cluster, queue: this.queue, table, random: setup.random },
      this.actions,
    );
    this.link = new SchedulerLink({
      ...setup,
      received: (event) => this.received(event),
    });
  }

  /** Actions with drains of their own: those of the scheduler, and those of control loops. */
  newActions(): PlacementActions {
    const { cluster, framework } = this.setup;
    return new PlacementActions(this.execution, cluster.offered.of(framework), {
      queueOf: () => this.queue,
      taskPlaced: () => undefined,
      decline: (machine, refuseFor) => this.decline(machine, refuseFor),
      machineLeaves: (machine) => void this.decline(machine, 0),
      machineReturns: () => this.wantPass(),
    });
  }

  /** Addresses of the agents that have offered resources. */
  agentAddresses(): Iterable<string> {
    return this.addressOf.values();
  }

  /** Resolves when the framework is subscribed and the agents are known. Tasks may be submitted earlier. */
  connect(): Promise<void> {
    this.link.connect();
    return new Promise((resolve) => {
      this.ready = resolve;
    });
  }

  /** Tears the framework down; the master kills its running tasks. */
  async teardown(): Promise<void> {
    await this.link.teardown();
    this.close();
  }

  private close(): void {
    for (const cancel of this.timers) cancel();
    this.cancelAsking?.();
    this.link.close();
  }

  /** Submits a task. Its job and its class must already be in the ledger. */
  submit(request: TaskRequest, work: Work): TaskId {
    const task = this.setup.cluster.submit(request);
    this.execution.assign(task, work);
    this.setup.observer.taskSubmitted(task, this.setup.now());
    this.queue.add(task);
    this.wantPass();
    return task;
  }

  /** Cancels a task, pending or running. */
  stop(task: TaskId): void {
    if (this.execution.isPending(task) && (this.setup.cluster.tasks.enqueueSeq[task] as number) > 0)
      this.queue.remove(task);
    this.execution.cancel(task);
  }

  /** Host name of the agent that a task runs on; undefined while it waits. */
  hostOf(task: TaskId): string | undefined {
    const { cluster } = this.setup;
    return cluster.machines.specs[cluster.tasks.machine[task] as MachineId]?.name;
  }

  // Events from the master

  private received({ type, offers, rescind, update }: SchedulerEvent): void {
    switch (type) {
      case 'SUBSCRIBED':
        this.subscribed();
        return;
      case 'OFFERS':
        this.offersArrived(offers?.offers ?? []);
        return;
      case 'RESCIND':
        if (rescind !== undefined) this.offers.rescind(rescind.offer_id.value);
        return;
      case 'UPDATE':
        if (update !== undefined) this.statusArrived(update.status);
        return;
      default:
    }
  }

  /** After every (re)subscription: old offers are void, and task states are reconciled. */
  private subscribed(): void {
    this.offers.takeAll();
    this.isSuppressed = false;
    this.isReady = false;
    void this.learnAgents().then(() => {
      const tasks = this.execution.attemptIds().map((value) => ({ task_id: { value } }));
      if (tasks.length > 0) this.link.call('RECONCILE', { reconcile: { tasks } });
      this.isReady = true;
      this.ready();
      this.wantPass();
    }, this.reportError);
  }

  private readonly reportError = (error: Error): void => this.setup.report(error.message);

  /** Offers show only the free resources of an agent; the operator API reports its total. */
  private async learnAgents(): Promise<void> {
    const { cluster } = this.setup;
    const { get_agents } = agentsAnswerSchema.parse(await this.link.ask('GET_AGENTS'));
    for (const { agent_info, total_resources = [] } of get_agents.agents ?? []) {
      const { id, hostname, attributes = [] } = agent_info;
      if (this.machineOf.has(id.value)) continue;
      const machine =
        this.unmetMachine(hostname) ??
        cluster.addMachine({
          name: hostname,
          capacity: plainAmounts(cluster, total_resources),
          attributes: attributeTexts(attributes),
        });
      this.machineOf.set(id.value, machine);
      this.agentOf[machine] = id.value;
    }
  }

  /** A machine that was in the ledger before its agent was known. */
  private unmetMachine(name: string): MachineId | undefined {
    const machine = this.setup.cluster.machines.specs.findIndex(
      (spec, at) => spec.name === name && this.agentOf[at] === undefined,
    );
    return machine < 0 ? undefined : machine;
  }

  private offersArrived(offers: readonly OfferMessage[]): void {
    if (offers.every(({ agent_id }) => this.machineOf.has(agent_id.value))) this.takeOffers(offers);
    else void this.learnAgents().then(() => this.takeOffers(offers), this.reportError);
  }

  private takeOffers(offers: readonly OfferMessage[]): void {
    for (const offer of offers) {
      const machine = this.machineOf.get(offer.agent_id.value);
      if (machine === undefined) continue;
      this.offers.add(machine, offer);
      // An agent without a port serves no endpoints.
      const { scheme, address } = offer.url ?? { scheme: '', address: { ip: '', port: 0 } };
      if (address.port > 0)
        this.addressOf.set(offer.agent_id.value, `${scheme}://${address.ip}:${address.port}`);
    }
    if (this.cancelAsking === undefined) this.wantPass();
    else if (!this.offers.isShort) this.asked();
  }

  private statusArrived(status: TaskStatus): void {
    const { uuid, agent_id, task_id } = status;
    if (uuid !== undefined) this.link.call('ACKNOWLEDGE', { acknowledge: { agent_id, task_id, uuid } });
    // A stale attempt: it was considered lost and replaced.
    if (!this.execution.statusArrived(status)) this.kill(task_id.value);
  }

  // Passes

  private wantPass(): void {
    if (this.isPassDue) return;
    this.isPassDue = true;
    // Deferred, so that events read together reach the scheduler in one pass.
    setImmediate(() => {
      this.isPassDue = false;
      this.beginPass();
    });
  }

  private beginPass(): void {
    if (!this.isReady || this.cancelAsking !== undefined) return;
    this.showRoom();
    if (this.queue.length === 0) {
      this.rest();
      return;
    }
    if (!this.offers.isShort) {
      this.pass();
      return;
    }
    this.isSuppressed = false;
    this.cancelAsking = this.setup.clock.after(this.setup.patience ?? LONGEST_ASKING, () => {
      this.offers.giveUp();
      this.asked();
    });
    this.link.call('REVIVE');
  }

  private showRoom(): void {
    if (this.isRoomChanged) this.offers.showAll();
    this.isRoomChanged = false;
  }

  private asked(): void {
    this.cancelAsking?.();
    this.cancelAsking = undefined;
    this.pass();
  }

  /** No pending tasks: release all offers, also those that the master sent before it received SUPPRESS. */
  private rest(): void {
    if (!this.isSuppressed) this.link.call('SUPPRESS');
    this.isSuppressed = true;
    const offer_ids = this.offers.takeAll().map((value) => ({ value }));
    if (offer_ids.length > 0) this.link.call('DECLINE', { decline: { offer_ids } });
  }

  private pass(): void {
    const { execution } = this;
    if (this.queue.length === 0) return;
    this.showRoom();
    const now = this.setup.now();
    const endedSince = execution.ends - this.endsSeen;
    this.endsSeen = execution.ends;
    this.scheduler.schedule(now, endedSince);
    this.actions.finishCall();
    this.keepMemory();
    for (const [machine, tasks] of execution.takeLaunches()) this.launch(machine, tasks);
    this.setup.observer.passEnded(now);
    if (this.queue.length === 0) this.wantPass();
  }

  /** On disk before the decisions of the pass are sent, so that a new process decides as this one would. */
  private keepMemory(): void {
    const { memory } = this.setup;
    const texts = memory === undefined ? undefined : this.actions.memory.takeChanged();
    if (texts === undefined) return;
    try {
      memory?.save(texts);
    } catch (error) {
      this.setup.report(`what the policy remembers is not written: ${(error as Error).message}`);
    }
  }

  /** The rest of the offers is returned without a filter; the next REVIVE brings it back. */
  private launch(machine: MachineId, tasks: readonly TaskId[]): void {
    const { cluster } = this.setup;
    const agent = this.agentOf[machine] as string;
    const task_infos = tasks.map((task) =>
      taskInfo(cluster, task, this.execution.workOf(task), this.execution.attemptIdOf(task), agent),
    );
    const offer_ids = this.offers.take(machine).map((value) => ({ value }));
    const operations = [{ type: 'LAUNCH', launch: { task_infos } }];
    this.link.call('ACCEPT', { accept: { offer_ids, operations, filters: { refuse_seconds: 0 } } });
  }

  private decline(machine: MachineId, refuseFor: Micros): Verdict {
    const ids = this.offers.take(machine);
    if (ids.length === 0) return 'not-offered';
    const filters = { refuse_seconds: toSeconds(Math.min(refuseFor / this.pace, LONGEST_TIME)) };
    this.link.call('DECLINE', { decline: { offer_ids: ids.map((value) => ({ value })), filters } });
    return 'done';
  }

  private kill(attempt: string, grace?: Micros): void {
    // The protocol counts in nanoseconds.
    const nanoseconds =
      grace === undefined
        ? undefined
        : Math.round(Math.min(grace / this.pace, LONGEST_TIME) * NANOSECONDS_PER_MICRO);
    const kill_policy = nanoseconds === undefined ? undefined : { grace_period: { nanoseconds } };
    this.link.call('KILL', { kill: { task_id: { value: attempt }, ...(kill_policy && { kill_policy }) } });
  }

  private requeue(task: TaskId, after: Micros): void {
    const join = () => {
      if (!this.execution.isPending(task)) return;
      this.queue.add(task);
      this.wantPass();
    };
    if (after === 0) join();
    else this.after(after, join);
  }

  private after(delay: Micros, run: () => void): void {
    const cancel = this.setup.clock.after(delay, () => {
      this.timers.delete(cancel);
      run();
    });
    this.timers.add(cancel);
  }
}

/** Adds a job to the ledger; its tasks are submitted one by one. */
export function addJob(
  { cluster, framework, observer }: FrameworkSetup,
  terms: Omit<JobSpec, 'framework'>,
): JobId {
  const job = cluster.addJob({ ...terms, framework });
  observer.jobSubmitted(job, terms.submitted);
  return job;
}
