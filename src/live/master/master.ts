import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { MINUTE, type Micros, toSeconds } from '../../model/index.js';
import type { Random } from '../../policies/contract.js';
import type { MemoryTexts } from '../../policies/hosting/policy-memory.js';
import { AllocatorHost, type AllocatorHostSetup, type OfferTimeout } from '../allocation/allocator-host.js';
import { type Cancel, type Clock, every } from '../clock.js';
import { type DecisionLog, NO_DECISION_LOG, recordedHost } from '../decisions/decision-log.js';
import type { EventStream } from '../event-stream.js';
import { RateLimiter, type RateLimits } from '../http/rate-limits.js';
import { keptEntries, type Store } from '../store.js';
import { type AgentCall, type AgentRegistration, frameworkFactsSchema } from '../wire/agent-messages.js';
import { HttpError } from '../wire/http-error.js';
import { LEDGER_NAMES } from '../wire/resources.js';
import type { ValidCall } from '../wire/validate-call.js';
import { agentDisconnected, markUnreachableById, pongArrived, STORE_RETRY } from './agents/agent-health.js';
import { subscribeAgent } from './agents/agents.js';
import { rememberedTexts } from './allocator-memory.js';
import type { Acls } from './authorization/acls.js';
import { performCall } from './calls.js';
import { Counters, RunTimes } from './counters.js';
import { MASTER_FLAG_DEFAULTS, type MasterFlags } from './flags.js';
import { updateFramework } from './frameworks/framework-update.js';
import {
  frameworkDisconnected,
  recoverFramework,
  removeFramework,
  rolesProblem,
  subscribeFramework,
  subscriptionProblem,
} from './frameworks/frameworks.js';
import { sendInverseOffers } from './offers/inverse-offers.js';
import { rescindOverdue, withAllocation } from './offers/offers.js';
import { finishDraining, recoverDeactivations } from './operator/deactivation.js';
import { recoverMaintenance } from './operator/maintenance.js';
import { noMaintenance } from './operator/operator-state.js';
import { recoverQuotas } from './operator/quota.js';
import { Subscribers } from './operator/subscribers.js';
import { recoverWeights } from './operator/weights.js';
import { SerialQueue } from './serial-queue.js';
import { admittedAgentSchema, type FrameworkRecord, inBackground, type MasterState } from './state.js';
import { statusArrived } from './tasks/status.js';

/** Settings and dependencies of a master. */
export interface MasterSetup {
  readonly flags: MasterFlags;
  readonly allocator: AllocatorHostSetup['allocator'];
  /** The policy of the allocator, for `/state`. */
  readonly policy: MasterState['policy'];
  readonly random: Random;
  readonly clock: Clock;
  readonly store: Store;
  readonly hostname: string;
  readonly report: (problem: string) => void;
  /** Log of its inputs and decisions; none by default. */
  readonly decisions?: DecisionLog;
  readonly acls: Acls;
  readonly rateLimits: RateLimits;
}

/**
 * Without an interval, every change causes an allocation. The end of a filter is no change, so a batch runs at the default
 * interval of Mesos.
 */
const BATCH_WITHOUT_INTERVAL = MASTER_FLAG_DEFAULTS.allocationInterval;

/** A stored framework. */
const keptFrameworkSchema = frameworkFactsSchema.extend({ removed: z.boolean().optional() });

/**
 * The master: it registers agents and frameworks, sends the offers of the allocator and tracks tasks. HTTP is handled by the
 * endpoints, which pass in event streams.
 */
export class Master {
  readonly state: MasterState;
  /** Rate limits of scheduler calls. */
  readonly rateLimiter: RateLimiter;
  /** Port in MasterInfo; known once the server listens. */
  port = 0;
  private readonly hostname: string;
  private readonly timers: Cancel[] = [];
  private cancelExpiry: Cancel = () => undefined;

  private constructor(setup: MasterSetup, memory: MemoryTexts) {
    const { flags, clock, store, report, decisions = NO_DECISION_LOG } = setup;
    this.hostname = setup.hostname;
    this.rateLimiter = new RateLimiter(clock, setup.rateLimits);
    this.state = {
      id: randomUUID(),
      flags,
      policy: setup.policy,
      acls: setup.acls,
      clock,
      store,
      report,
      host: recordedHost(allocatorHost(setup, memory, this.offerTimeout(setup)), decisions),
      decisions,
      started: clock.now(),
      frameworks: new Map(),
      completedFrameworks: new Map(),
      agents: new Map(),
      recovering: new Map(),
      unreachable: new Map(),
      gone: new Map(),
      deactivated: new Map(),
      maintenance: noMaintenance(),
      quotas: new Map(),
      weights: new Map(),
      offers: new Map(),
      tasks: new Map(),
      completedTasks: [],
      operations: new Map(),
      counters: new Counters(),
      runTimes: new RunTimes(),
      subscribers: new Subscribers(),
      registrar: new SerialQueue(),
      memoryWrites: new SerialQueue(),
      next: { framework: 0, agent: 0, offer: 0 },
    };
  }

  private offerTimeout({ clock, flags }: MasterSetup): OfferTimeout {
    return {
      after: flags.offerTimeout,
      rescind: (offer) => rescindOverdue(this.state, offer),
      expiryAt: (time) => {
        this.cancelExpiry();
        const expire = () => withAllocation(this.state, () => this.state.host.expireOffers());
        this.cancelExpiry = clock.after(time - clock.now(), expire);
      },
    };
  }

  /** Starts a master and recovers its state from the store. */
  static async start(setup: MasterSetup): Promise<Master> {
    const master = new Master(setup, await rememberedTexts(setup.store, setup.policy.name));
    await master.recover();
    const { clock, flags } = setup;
    const recovery = new AllocatorRecovery(master.state);
    master.timers.push(
      every(clock, flags.allocationInterval === 0 ? BATCH_WITHOUT_INTERVAL : flags.allocationInterval, () => {
        recovery.check();
        master.batch();
      }),
      clock.after(flags.agentReregisterTimeout, () => master.giveUpRecovering()),
    );
    return master;
  }

  private async recover(): Promise<void> {
    const { state } = this;
    for (const [id, agent] of await keptEntries(state.store, 'agent/', admittedAgentSchema)) {
      const known = { admitted: state.recovering, unreachable: state.unreachable, gone: state.gone };
      known[agent.state].set(id, agent);
    }
    await recoverOperatorState(state);
    for (const [, facts] of await keptEntries(state.store, 'framework/', keptFrameworkSchema)) {
      if (facts.removed) state.completedFrameworks.set(facts.id, facts.info);
      else recoverFramework(state, facts);
    }
  }

  private batch(): void {
    const { state } = this;
    const began = performance.now();
    withAllocation(state, () => state.host.batch(state.clock.now()));
    sendInverseOffers(state);
    finishDraining(state);
    state.counters.add('allocation_runs');
    state.runTimes.add(performance.now() - began);
  }

  private giveUpRecovering(): void {
    inBackground(
      this.state,
      this.markRecoveringUnreachable().catch((error: Error) => {
        this.timers.push(this.state.clock.after(STORE_RETRY, () => this.giveUpRecovering()));
        throw error;
      }),
    );
  }

  private async markRecoveringUnreachable(): Promise<void> {
    for (const [id, agent] of [...this.state.recovering]) await markUnreachableById(this.state, id, agent);
  }

  /** Description of the master (v1 mesos.proto, MasterInfo). */
  info(): object {
    const { id } = this.state;
    const address = { hostname: this.hostname, ip: '127.0.0.1', port: this.port };
    return {
      id,
      hostname: this.hostname,
      port: this.port,
      ip: 16777343,
      address,
      pid: `master@127.0.0.1:${this.port}`,
    };
  }

  // Frameworks

  /** Answers SUBSCRIBE on an open stream; errors are sent as an ERROR event. */
  async subscribe(call: ValidCall, principal: string | undefined, stream: EventStream): Promise<void> {
    const problem = subscriptionProblem(this.state, call, principal);
    if (problem !== undefined) {
      stream.send({ type: 'ERROR', error: { message: problem } });
      stream.close();
      return;
    }
    const { framework_info, suppressed_roles = [] } = call.subscribe as NonNullable<ValidCall['subscribe']>;
    const info = principal === undefined ? framework_info : { ...framework_info, principal };
    await subscribeFramework(this.state, { info, suppressed: suppressed_roles, principal }, stream, (id) => ({
      type: 'SUBSCRIBED',
      subscribed: {
        framework_id: { value: id },
        heartbeat_interval_seconds: toSeconds(this.state.flags.heartbeatInterval),
        master_info: this.info(),
      },
    }));
  }

  /** Handles the end of a framework's stream. */
  streamClosed(stream: EventStream): void {
    for (const framework of this.state.frameworks.values())
      frameworkDisconnected(this.state, framework, stream);
    for (const agent of this.state.agents.values()) agentDisconnected(this.state, agent, stream);
  }

  /** Performs a call that is not SUBSCRIBE. */
  async call(framework: FrameworkRecord, call: ValidCall): Promise<void> {
    if (call.type === 'TEARDOWN') await removeFramework(this.state, framework);
    else if (call.type === 'UPDATE_FRAMEWORK') await this.update(framework, call);
    else withAllocation(this.state, () => performCall(this.state, framework, call));
  }

  private async update(framework: FrameworkRecord, { update_framework }: ValidCall): Promise<void> {
    const { framework_info: info, suppressed_roles: suppressed = [] } = update_framework as NonNullable<
      ValidCall['update_framework']
    >;
    const refusal = rolesProblem(this.state, info, framework.principal);
    if (refusal !== undefined) throw new HttpError(403, refusal);
    await updateFramework(this.state, framework, { info, suppressed });
  }

  // Agents

  /** Registers an agent; its stream opens after the store is written. @throws HttpError 400 */
  async subscribeAgent(registration: AgentRegistration, openStream: () => EventStream): Promise<void> {
    await subscribeAgent(this.state, registration, openStream);
  }

  /** Handles a message of a subscribed agent. @throws HttpError 403 when it is not subscribed. */
  agentCall(call: Exclude<AgentCall, AgentRegistration>, streamId: string | undefined): void {
    const agent = this.state.agents.get(call.agent_id);
    if (agent?.stream === undefined || agent.stream.id !== streamId)
      throw new HttpError(403, 'Agent is not subscribed');
    if (call.type === 'PONG') {
      pongArrived(agent);
      return;
    }
    const framework = this.state.frameworks.get(call.framework_id);
    if (framework === undefined) {
      agent.stream.send({ type: 'SHUTDOWN_FRAMEWORK', framework_id: call.framework_id });
      return;
    }
    withAllocation(this.state, () => statusArrived(this.state, framework, call.status, call.latest_state));
  }

  /** Cancels all timers and closes all streams and the store. */
  async close(): Promise<void> {
    for (const cancel of this.timers) cancel();
    for (const record of [...this.state.frameworks.values(), ...this.state.agents.values()]) {
      record.cancelTimer();
      const { stream } = record;
      record.stream = undefined;
      stream?.close();
    }
    this.cancelExpiry();
    for (const { cancelTimeout } of this.state.maintenance.inverseOffers.values()) cancelTimeout();
    for (const { cancelRetry } of this.state.operations.values()) cancelRetry();
    this.state.subscribers.close();
    await this.state.memoryWrites.take(async () => undefined);
    await this.state.store.close();
  }
}

function allocatorHost(
  { allocator, flags, random, report }: MasterSetup,
  memory: MemoryTexts,
  timeout: OfferTimeout,
): AllocatorHost {
  const interval = toSeconds(flags.allocationInterval);
  let reported: string | undefined;
  return new AllocatorHost({
    names: LEDGER_NAMES,
    allocator,
    interval,
    random,
    timeout,
    memory,
    // Tasks go on without offers. Each batch would report the same line again.
    failed({ message, place }) {
      const where = `${place.file}:${place.line}`;
      if (where !== reported)
        report(`the allocator failed, and is called again at the next allocation: ${message}`);
      reported = where;
    },
  });
}

/** Share of the known agents that must reregister, and the maximum wait (Mesos, hierarchical allocator, recover). */
const ENOUGH_AGENTS = 0.8;
const LONGEST_WAIT: Micros = 10 * MINUTE;

/**
 * After a restart, a master cannot enforce quota before agents report the usage of roles. Offers are paused until most agents
 * have reregistered.
 */
class AllocatorRecovery {
  private readonly state: MasterState;
  private readonly expected: number;
  private isWaiting: boolean;

  constructor(state: MasterState) {
    this.state = state;
    this.expected = state.recovering.size;
    this.isWaiting = state.quotas.size > 0 && this.expected > 0;
    if (this.isWaiting) state.host.pause();
  }

  /** Resumes offers when enough agents are back or the maximum wait is over. */
  check(): void {
    if (!this.isWaiting) return;
    const { host, recovering, clock, started } = this.state;
    const isEnough = recovering.size <= this.expected * (1 - ENOUGH_AGENTS);
    if (!isEnough && clock.now() - started < LONGEST_WAIT) return;
    this.isWaiting = false;
    host.resume();
  }
}

/** Recovers all operator settings from the store. */
async function recoverOperatorState(state: MasterState): Promise<void> {
  await recoverQuotas(state);
  await recoverWeights(state);
  await recoverMaintenance(state);
  await recoverDeactivations(state);
}
