import { z } from 'zod';
import type { FrameworkCapability, Micros, Parcels, RolePath } from '../../model/index.js';
import type { AllocatorHost } from '../allocation/allocator-host.js';
import type { Cancel, Clock } from '../clock.js';
import type { DecisionLog } from '../decisions/decision-log.js';
import type { EventStream } from '../event-stream.js';
import type { Store } from '../store.js';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../wire/messages.js';
import type { QuotaConfig } from '../wire/operator-call.js';
import type { Acls } from './authorization/acls.js';
import type { Counters, RunTimes } from './counters.js';
import type { MasterFlags } from './flags.js';
import type { Deactivation, Maintenance } from './operator/operator-state.js';
import type { Subscribers } from './operator/subscribers.js';
import type { SerialQueue } from './serial-queue.js';

/** A framework that may come back or is here. */
export interface FrameworkRecord {
  readonly id: string;
  info: FrameworkInfo;
  roles: readonly RolePath[];
  capabilities: ReadonlySet<FrameworkCapability>;
  /** Who may speak for it; undefined without authentication. */
  readonly principal: string | undefined;
  /** Its subscription; undefined while it is disconnected. */
  stream: EventStream | undefined;
  registered: Micros;
  /** Stops the heartbeat, or the wait for its return. */
  cancelTimer: Cancel;
}

/** A machine's daemon. */
export interface AgentRecord {
  readonly id: string;
  readonly hostname: string;
  readonly attributes: readonly object[];
  /** What it had when it was started, before frameworks reserved anything of it. */
  readonly configured: Parcels;
  /** Where its sandboxes can be read. */
  readonly address: AgentAddress;
  /** Undefined while it is disconnected. */
  stream: EventStream | undefined;
  registered: Micros;
  /** Pings in a row that were not answered. */
  missedPings: number;
  cancelTimer: Cancel;
}

/** Where an agent says that it listens. */
export interface AgentAddress {
  readonly ip: string;
  readonly port: number;
}

/** An agent as the store keeps it; `since` when it is unreachable or gone, in seconds since the epoch. */
export const admittedAgentSchema = z.object({
  hostname: z.string(),
  state: z.enum(['admitted', 'unreachable', 'gone']),
  since: z.number().optional(),
});

/** An agent as the store keeps it. */
export type AdmittedAgent = z.output<typeof admittedAgentSchema>;

/** An offer that nobody has answered. */
export interface OfferRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly role: RolePath;
  readonly agentId: string;
  readonly parcels: Parcels;
  readonly cancelTimeout: Cancel;
}

/** Tasks of one LAUNCH_GROUP share an executor, whose resources go with the last of them. */
export interface TaskGroup {
  readonly executorId: string;
  readonly parcels: Parcels;
  alive: number;
}

/** A task that runs, or whose end is not acknowledged. */
export interface TaskRecord {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: RolePath;
  readonly info: TaskInfo;
  readonly parcels: Parcels;
  readonly group: TaskGroup | undefined;
  state: string;
  status: TaskStatus | undefined;
}

/** What became of an operation (mesos.proto, OperationStatus). */
export interface OperationStatus {
  readonly operation_id: { readonly value: string };
  readonly state: string;
  readonly message?: string;
  readonly agent_id?: { readonly value: string };
  /** Base64; a status that has one must be acknowledged. */
  readonly uuid?: { readonly value: string };
}

/** An operation that was carried out and whose framework has not said that it knows. */
export interface OperationRecord {
  readonly frameworkId: string;
  readonly status: OperationStatus;
  cancelRetry: Cancel;
}

/** All that a master knows. The functions beside this file each change one part of it. */
export interface MasterState {
  readonly id: string;
  readonly flags: MasterFlags;
  readonly acls: Acls;
  readonly clock: Clock;
  readonly store: Store;
  readonly host: AllocatorHost;
  readonly decisions: DecisionLog;
  readonly started: Micros;
  readonly frameworks: Map<string, FrameworkRecord>;
  /** Ids of frameworks that were removed; they may not come back. */
  readonly completedFrameworks: Map<string, FrameworkInfo>;
  readonly agents: Map<string, AgentRecord>;
  /** Agents that the store knows and that have not come back since this master started. */
  readonly recovering: Map<string, AdmittedAgent>;
  readonly unreachable: Map<string, AdmittedAgent>;
  /** Agents that an operator has declared gone; they may not come back. */
  readonly gone: Map<string, AdmittedAgent>;
  /** Agents of which nothing is offered, by order of an operator. */
  readonly deactivated: Map<string, Deactivation>;
  readonly maintenance: Maintenance;
  /** Of top-level roles that have quota. */
  readonly quotas: Map<RolePath, QuotaConfig>;
  /** Of roles whose weight was set. */
  readonly weights: Map<RolePath, number>;
  readonly offers: Map<string, OfferRecord>;
  /** By taskKey. */
  readonly tasks: Map<string, TaskRecord>;
  readonly completedTasks: TaskRecord[];
  /** Those that were carried out and whose frameworks have not acknowledged it. */
  readonly operations: Map<string, OperationRecord>;
  readonly counters: Counters;
  readonly runTimes: RunTimes;
  /** Operators who listen to what happens. */
  readonly subscribers: Subscribers;
  /** Changes of what operators have set, one after the other. */
  readonly registrar: SerialQueue;
  /** Tells the operator of something that no request can be answered with. */
  readonly report: (problem: string) => void;
  /** The number of the next framework, agent and offer of this master. */
  readonly next: { framework: number; agent: number; offer: number };
}

/** Work that nobody waits for; the operator hears when it fails. */
export function inBackground(state: MasterState, work: Promise<unknown>): void {
  work.catch((error: Error) => state.report(error.message));
}

/** The key of a task among all. */
export function taskKey(frameworkId: string, taskId: string): string {
  return `${frameworkId} ${taskId}`;
}
