import type { FrameworkCapability, Micros, Parcels, RolePath } from '../../model/index.js';
import type { AllocatorHost } from '../allocation/allocator-host.js';
import type { Cancel, Clock } from '../clock.js';
import type { DecisionLog } from '../decisions/decision-log.js';
import type { EventStream } from '../event-stream.js';
import type { Store } from '../store.js';
import type { FrameworkInfo, TaskInfo, TaskStatus } from '../wire/messages.js';
import type { Counters } from './counters.js';
import type { MasterFlags } from './flags.js';

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

/** An agent as the store keeps it. */
export interface AdmittedAgent {
  readonly hostname: string;
  readonly state: 'admitted' | 'unreachable';
  /** Since when it is unreachable, seconds since the epoch. */
  readonly since?: number;
}

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

/** All that a master knows. The functions beside this file each change one part of it. */
export interface MasterState {
  readonly id: string;
  readonly flags: MasterFlags;
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
  readonly offers: Map<string, OfferRecord>;
  /** By taskKey. */
  readonly tasks: Map<string, TaskRecord>;
  readonly completedTasks: TaskRecord[];
  readonly counters: Counters;
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
