import { randomUUID } from 'node:crypto';
import alea from 'seedrandom/lib/alea.js';
import { masterPolicy } from '../../src/lab/policy-file/master-policy.js';
import {
  DECISION_LOG_FORM,
  type DecisionLog,
  type DecisionRecord,
} from '../../src/live/decisions/decision-log.js';
import { recordText } from '../../src/live/decisions/record-text.js';
import type { EventStream } from '../../src/live/event-stream.js';
import { NO_RATE_LIMITS } from '../../src/live/http/rate-limits.js';
import { NO_ACLS } from '../../src/live/master/authorization/acls.js';
import { callerOf } from '../../src/live/master/endpoints.js';
import { MASTER_FLAG_DEFAULTS } from '../../src/live/master/flags.js';
import { Master } from '../../src/live/master/master.js';
import type { Store } from '../../src/live/store.js';
import type { AgentRegistration } from '../../src/live/wire/agent-messages.js';
import { LEDGER_NAMES } from '../../src/live/wire/resources.js';
import type { ValidCall } from '../../src/live/wire/validate-call.js';
import { fromSeconds, toSeconds } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import type { Event } from './scheduler-client.js';
import { VirtualClock } from './virtual-clock.js';

const AGENTS = 24;
const FRAMEWORKS = 8;
const ROLES = ['eng', 'eng/ads', 'ops', '*'];

/** A client of the master; its event stream is a list. */
interface Client {
  id: string;
  stream: EventStream | undefined;
}

interface DrivenAgent extends Client {
  readonly cpus: number;
  answersPings: boolean;
  /** Tasks on the agent, by framework and task. */
  readonly tasks: Map<string, Event>;
}

interface DrivenFramework extends Client {
  readonly info: Event;
  offers: Event[];
}

/**
 * Drives a master with random events and faults from a seed, without network, processes or a real clock. Agents join, are lost
 * and return. Frameworks launch, decline with filters, suppress, revive, reserve, disconnect and fail over.
 */
export class DrivenMaster {
  readonly lines: string[] = [];
  /** Number of offers that the master has made. */
  offers = 0;
  private readonly random: () => number;
  private readonly seed: string;
  private readonly clock = new VirtualClock(fromSeconds(1_700_000_000));
  private readonly agents: DrivenAgent[] = [];
  private readonly frameworks: DrivenFramework[] = [];
  private master!: Master;
  private nextTask = 0;

  constructor(seed: string) {
    this.seed = seed;
    this.random = alea(`${seed}/driver`);
  }

  async start(): Promise<this> {
    const policy = await masterPolicy('drf(machineOrder=random,frameworkSorter=random)');
    const flags = {
      ...MASTER_FLAG_DEFAULTS,
      offerTimeout: fromSeconds(20),
      agentPingTimeout: fromSeconds(1),
      maxAgentPingTimeouts: 3,
      agentReregisterTimeout: fromSeconds(15),
    };
    const decisions: DecisionLog = { write: (record) => this.noted(record) };
    decisions.write({
      log: DECISION_LOG_FORM,
      at: this.clock.now(),
      policy: { use: policy.use, digest: policy.digest },
      seed: this.seed,
      interval: toSeconds(flags.allocationInterval),
      names: LEDGER_NAMES,
    });
    this.master = await Master.start({
      flags,
      allocator: policy.allocator,
      policy,
      acls: NO_ACLS,
      rateLimits: NO_RATE_LIMITS,
      decisions,
      random: new RandomStreams(this.seed).stream('allocator'),
      clock: this.clock,
      store: memoryStore(),
      hostname: 'master',
      report: (problem) => {
        throw new Error(problem);
      },
    });
    for (let i = 0; i < AGENTS; i++)
      this.agents.push({
        id: '',
        stream: undefined,
        cpus: this.pick([4, 8, 16]),
        answersPings: true,
        tasks: new Map(),
      });
    for (let i = 0; i < FRAMEWORKS; i++)
      this.frameworks.push({ id: '', stream: undefined, info: frameworkInfo(i), offers: [] });
    for (const agent of this.agents) await this.join(agent);
    for (const framework of this.frameworks) await this.subscribe(framework);
    return this;
  }

  /** Runs until the master has made this number of offers. */
  async drive(offers: number): Promise<void> {
    while (this.offers < offers) {
      await this.step();
      await this.clock.advance(Math.floor(this.random() * fromSeconds(0.3)));
    }
  }

  async close(): Promise<void> {
    await this.master.close();
  }

  private noted(record: DecisionRecord): void {
    if ('inputs' in record) this.offers += record.offers?.length ?? 0;
    this.lines.push(recordText(record));
  }

  private async step(): Promise<void> {
    const draw = this.random();
    const framework = this.pick(this.frameworks);
    const agent = this.pick(this.agents);
    if (framework.stream === undefined) await this.subscribe(framework);
    else if (draw < 0.55) await this.answer(framework);
    else if (draw < 0.8) this.progress(agent);
    else if (draw < 0.85) await this.call(framework, { type: 'REVIVE' });
    else if (draw < 0.87) await this.call(framework, { type: 'SUPPRESS' });
    else if (draw < 0.9) this.breakOff(framework);
    else if (draw < 0.92) await this.subscribe(framework);
    else if (draw < 0.95) await this.disturb(agent);
    else await this.join(agent);
  }

  /** Accepts a part of an offer or all of it, reserves some, or declines, with random filters. */
  private async answer(framework: DrivenFramework): Promise<void> {
    const offer = framework.offers.shift();
    if (offer === undefined) return;
    const filters = { refuse_seconds: this.pick([0, 0, 2, 5, 30]) };
    const draw = this.random();
    if (draw < 0.4) {
      await this.call(framework, { type: 'DECLINE', decline: { offer_ids: [offer.id], filters } });
      return;
    }
    const cpus = amountOf(offer, 'cpus');
    if (cpus < 0.5) return;
    const resources = [scalar('cpus', 0.5), scalar('mem', 32)];
    const { role } = offer.allocation_info;
    const operations =
      draw < 0.45 && role !== '*'
        ? [
            {
              type: 'RESERVE',
              reserve: { resources: [{ ...scalar('cpus', 0.5), reservations: [{ role }] }] },
            },
          ]
        : [{ type: 'LAUNCH', launch: { task_infos: [this.task(offer, resources)] } }];
    await this.call(framework, { type: 'ACCEPT', accept: { offer_ids: [offer.id], operations, filters } });
  }

  private task(offer: Event, resources: readonly object[]): object {
    const id = `t${this.nextTask++}`;
    return {
      name: id,
      task_id: { value: id },
      agent_id: offer.agent_id,
      command: { value: 'true' },
      resources,
    };
  }

  /** Moves a task of the agent to its next state. */
  private progress(agent: DrivenAgent): void {
    if (agent.stream === undefined || agent.tasks.size === 0) return;
    const [key, task] = this.pick([...agent.tasks]);
    const state =
      task.state === 'TASK_STAGING' ? 'TASK_RUNNING' : this.pick(['TASK_FINISHED', 'TASK_FAILED']);
    if (state === 'TASK_RUNNING') agent.tasks.set(key, { ...task, state });
    else agent.tasks.delete(key);
    const status = { task_id: task.info.task_id, agent_id: { value: agent.id }, state };
    this.master.agentCall(
      { type: 'UPDATE', agent_id: agent.id, framework_id: task.framework_id, status, latest_state: state },
      agent.stream.id,
    );
  }

  /** Breaks the connection of an agent, or stops its answers to pings. */
  private async disturb(agent: DrivenAgent): Promise<void> {
    if (this.random() < 0.5) agent.answersPings = false;
    else if (agent.stream !== undefined) this.master.streamClosed(agent.stream);
    agent.stream = undefined;
  }

  /** Registers an agent, or reregisters it with its running tasks. */
  private async join(agent: DrivenAgent): Promise<void> {
    agent.answersPings = true;
    const resources = [scalar('cpus', agent.cpus), scalar('mem', agent.cpus * 512), ports()];
    const registration: AgentRegistration = {
      type: 'SUBSCRIBE',
      ...(agent.id !== '' && { agent_id: agent.id }),
      hostname: 'host',
      attributes: [],
      ip: '127.0.0.1',
      port: 1,
      configured: resources,
      resources,
      frameworks: this.frameworks
        .filter(({ id }) => id !== '')
        .map(({ id, info }) => ({ id, info: { ...info, id: { value: id } } })),
      tasks: [...agent.tasks.values()],
    };
    await this.master.subscribeAgent(registration, () => {
      agent.stream = this.stream((event) => this.agentHears(agent, event));
      return agent.stream;
    });
  }

  private agentHears(agent: DrivenAgent, event: Event): void {
    if (event.type === 'SUBSCRIBED') agent.id = event.agent_id;
    if (event.type === 'PING' && agent.answersPings && agent.stream !== undefined)
      this.master.agentCall({ type: 'PONG', agent_id: agent.id }, agent.stream.id);
    if (event.type === 'LAUNCH')
      for (const { info, role } of event.tasks)
        agent.tasks.set(`${event.framework.id} ${info.task_id.value}`, {
          info,
          role,
          framework_id: event.framework.id,
          state: 'TASK_STAGING',
        });
    if (event.type === 'KILL') agent.tasks.delete(`${event.framework_id} ${event.task_id}`);
    if (event.type === 'SHUTDOWN_FRAMEWORK')
      for (const [key, task] of [...agent.tasks])
        if (task.framework_id === event.framework_id) agent.tasks.delete(key);
  }

  /** Subscribes a framework, or fails it over to a new scheduler. */
  private async subscribe(framework: DrivenFramework): Promise<void> {
    framework.offers = [];
    const isKnown = framework.id !== '';
    const info = { ...framework.info, ...(isKnown && { id: { value: framework.id } }) };
    const stream = this.stream((event) => {
      if (event.type === 'SUBSCRIBED') framework.id = event.subscribed.framework_id.value;
      if (event.type === 'OFFERS') framework.offers.push(...event.offers.offers);
      if (event.type === 'RESCIND')
        framework.offers = framework.offers.filter(({ id }) => id.value !== event.rescind.offer_id.value);
    });
    framework.stream = stream;
    await this.master.subscribe(
      { type: 'SUBSCRIBE', subscribe: { framework_info: info } } as ValidCall,
      undefined,
      stream,
    );
  }

  private breakOff(framework: DrivenFramework): void {
    if (framework.stream !== undefined) this.master.streamClosed(framework.stream);
    framework.stream = undefined;
    framework.offers = [];
  }

  private async call({ id, stream }: DrivenFramework, call: object): Promise<void> {
    const whole = { ...call, framework_id: { value: id } } as ValidCall;
    await this.master.call(
      callerOf(this.master.state, whole, { principal: undefined, streamId: stream?.id }),
      whole,
    );
  }

  private stream(hears: (event: Event) => void): EventStream {
    const stream: EventStream = { id: randomUUID(), send: hears, close: () => undefined };
    return stream;
  }

  private pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.random() * values.length)] as T;
  }
}

function frameworkInfo(i: number): Event {
  const common = { user: 'test', name: `framework-${i}`, failover_timeout: 1e6, checkpoint: i % 2 === 0 };
  const capabilities = [
    { type: 'MULTI_ROLE' },
    { type: 'PARTITION_AWARE' },
    { type: 'RESERVATION_REFINEMENT' },
  ];
  const roles = [ROLES[i % ROLES.length], ROLES[(i + 1) % ROLES.length]];
  return i < 4 ? { ...common, roles, capabilities } : { ...common, role: ROLES[i % ROLES.length] };
}

function amountOf(offer: Event, name: string): number {
  return offer.resources
    .filter((resource: Event) => resource.name === name && resource.role === '*')
    .reduce((sum: number, resource: Event) => sum + resource.scalar.value, 0);
}

function scalar(name: string, value: number) {
  return { name, type: 'SCALAR' as const, scalar: { value } };
}

function ports() {
  return { name: 'ports', type: 'RANGES' as const, ranges: { range: [{ begin: 31000, end: 31100 }] } };
}

function memoryStore(): Store {
  const kept = new Map<string, unknown>();
  return {
    folder: 'memory',
    put: async (key, value) => void kept.set(key, value),
    remove: async (key) => void kept.delete(key),
    entries: async (prefix) => [...kept].filter(([key]) => key.startsWith(prefix)).sort(),
    close: async () => undefined,
  };
}
