import { z } from 'zod';
import type { FrameworkCapability, Micros, Parcels, RolePath } from '../../model/index.js';
import type { OfferNumber } from '../../policies/hosting/open-offers.js';
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

/** A subscribed framework, or one within its failover timeout. */
export interface FrameworkRecord {
  readonly id: string;
  info: FrameworkInfo;
  roles: readonly RolePath[];
  capabilities: ReadonlySet<FrameworkCapability>;
  /** Its authenticated principal; undefined without authentication. */
  readonly principal: string | undefined;
  /** Its subscription; undefined while it is disconnected. */
  stream: EventStream | undefined;
  registered: Micros;
  /** Cancels the heartbeat, or the failover timeout. */
  cancelTimer: Cancel;
}

/** A registered agent. */
export interface AgentRecord {
  readonly id: string;
  readonly hostname: string;
  readonly attributes: readonly object[];
  /** Resources at start, without dynamic reservations. */
  readonly configured: Parcels;
  /** Address at which its sandboxes can be read. */
  readonly address: AgentAddress;
  /** Undefined while it is disconnected. */
  stream: EventStream | undefined;
  registered: Micros;
  /** Number of consecutive unanswered pings. */
  missedPings: number;
  cancelTimer: Cancel;
}

/** The address that an agent reports. */
export interface AgentAddress {
  readonly ip: string;
  readonly port: number;
}

/** A stored agent; `since`: when it became unreachable or gone, in seconds since the epoch. */
export const admittedAgentSchema = z.object({
  hostname: z.string(),
  state: z.enum(['admitted', 'unreachable', 'gone']),
  since: z.number().optional(),
});

/** A stored agent. */
export type AdmittedAgent = z.output<typeof admittedAgentSchema>;

/** An outstanding offer. */
export interface OfferRecord {
  readonly id: string;
  readonly frameworkId: string;
  readonly role: RolePath;
  readonly agentId: string;
  readonly parcels: Parcels;
  /** Its number at the host of the allocator. */
  readonly number: OfferNumber;
}

/** Tasks of one LAUNCH_GROUP share an executor; its resources are freed with the last task. */
export interface TaskGroup {
  readonly executorId: string;
  readonly parcels: Parcels;
  alive: number;
}

/** A task that is running, or whose final status is not acknowledged. */
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

/** Status of an operation (mesos.proto, OperationStatus). */
export interface OperationStatus {
  readonly operation_id: { readonly value: string };
  readonly state: string;
  readonly message?: string;
  readonly agent_id?: { readonly value: string };
  /** Base64; a status that has one must be acknowledged. */
  readonly uuid?: { readonly value: string };
}

/** A finished operation whose status is not acknowledged. */
export interface OperationRecord {
  readonly frameworkId: string;
  readonly status: OperationStatus;
  cancelRetry: Cancel;
}

/** The policy of the allocator. */
export interface HostedPolicy {
  readonly name: string;
  /** SHA-256 of its source, in hex. */
  readonly digest: string;
}

/** The whole state of a master. The functions in each subfolder change one part of it. */
export interface MasterState {
  readonly id: string;
  readonly flags: MasterFlags;
  readonly policy: HostedPolicy;
  readonly acls: Acls;
  readonly clock: Clock;
  readonly store: Store;
  readonly host: AllocatorHost;
  readonly decisions: DecisionLog;
  readonly started: Micros;
  readonly frameworks: Map<string, FrameworkRecord>;
  /** Removed frameworks by id; they may not resubscribe. */
  readonly completedFrameworks: Map<string, FrameworkInfo>;
  readonly agents: Map<string, AgentRecord>;
  /** Stored agents that have not reregistered since this master started. */
  readonly recovering: Map<string, AdmittedAgent>;
  readonly unreachable: Map<string, AdmittedAgent>;
  /** Agents marked gone by an operator; they may not reregister. */
  readonly gone: Map<string, AdmittedAgent>;
  /** Agents deactivated by an operator. */
  readonly deactivated: Map<string, Deactivation>;
  readonly maintenance: Maintenance;
  /** Quota by top-level role. */
  readonly quotas: Map<RolePath, QuotaConfig>;
  /** Explicit weights by role. */
  readonly weights: Map<RolePath, number>;
  readonly offers: Map<string, OfferRecord>;
  /** By taskKey. */
  readonly tasks: Map<string, TaskRecord>;
  readonly completedTasks: TaskRecord[];
  /** Finished, unacknowledged operations. */
  readonly operations: Map<string, OperationRecord>;
  readonly counters: Counters;
  readonly runTimes: RunTimes;
  /** Subscribers of the operator API. */
  readonly subscribers: Subscribers;
  /** Serial queue of changes to operator settings. */
  readonly registrar: SerialQueue;
  /** Serial queue of writes of what the allocator remembers. */
  readonly memoryWrites: SerialQueue;
  /** Logs a problem that belongs to no request. */
  readonly report: (problem: string) => void;
  /** Next sequence numbers of framework, agent and offer ids. */
  readonly next: { framework: number; agent: number; offer: number };
}

/** Runs work in the background and logs its failure. */
export function inBackground(state: MasterState, work: Promise<unknown>): void {
  work.catch((error: Error) => state.report(error.message));
}

/** The key of a task in `tasks`. */
export function taskKey(frameworkId: string, taskId: string): string {
  return `${frameworkId} ${taskId}`;
}
