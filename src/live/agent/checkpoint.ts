import { InputError, type Micros } from '../../model/index.js';
import type { Store } from '../store.js';
import type { FrameworkFacts, LaunchedTask } from '../wire/agent-messages.js';
import type { ResourceMessage, TaskStatus } from '../wire/messages.js';
import type { Intent } from './task-end.js';

/** A task in the checkpoint. */
export interface KeptTask {
  readonly frameworkId: string;
  readonly task: LaunchedTask;
  /** Once it is not `run`, it determines the final state, however the command ends. */
  readonly intent: Intent;
  /** Start time of its command; undefined before. */
  readonly started?: Micros | undefined;
  /** State of its last status, acknowledged or not. */
  readonly state: string;
}

/** An unacknowledged status; `number` is its sequence number within the task. */
export interface KeptStatus {
  readonly frameworkId: string;
  readonly number: number;
  readonly status: TaskStatus;
}

/** Identity of the agent. */
export interface KeptAgent {
  /** Undefined before its first registration. */
  readonly id: string | undefined;
  /** Resources at start. */
  readonly resources: readonly ResourceMessage[];
}

/** The state that an agent recovers after a crash or restart. */
export class Checkpoint {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /**
   * The agent of this folder. @throws InputError when its resources have changed: its running tasks hold the old ones
   * (Mesos, docs/agent-recovery.md).
   */
  async agent(configured: readonly ResourceMessage[]): Promise<KeptAgent> {
    const [entry] = await this.store.entries('agent');
    const kept = entry?.[1] as KeptAgent | undefined;
    if (kept !== undefined && JSON.stringify(kept.resources) !== JSON.stringify(configured))
      throw new InputError(
        { field: '--resources' },
        `differ from the resources of the agent in this work-dir (${kept.resources.map(amountText).join(', ')})`,
      );
    return kept ?? { id: undefined, resources: configured };
  }

  saveAgent(agent: KeptAgent): Promise<void> {
    return this.store.put('agent', agent);
  }

  /** The agent's resources with reservations; undefined before the first reservation. */
  async resources(): Promise<readonly ResourceMessage[] | undefined> {
    const [entry] = await this.store.entries('resources');
    return entry?.[1] as readonly ResourceMessage[] | undefined;
  }

  saveResources(resources: readonly ResourceMessage[]): Promise<void> {
    return this.store.put('resources', resources);
  }

  async frameworks(): Promise<readonly FrameworkFacts[]> {
    return (await this.store.entries('framework/')).map(([, value]) => value as FrameworkFacts);
  }

  saveFramework(framework: FrameworkFacts): Promise<void> {
    return this.store.put(`framework/${framework.id}`, framework);
  }

  removeFramework(id: string): Promise<void> {
    return this.store.remove(`framework/${id}`);
  }

  async tasks(): Promise<readonly KeptTask[]> {
    return (await this.store.entries('task/')).map(([, value]) => value as KeptTask);
  }

  saveTask(kept: KeptTask): Promise<void> {
    return this.store.put(`task/${kept.frameworkId}/${kept.task.info.task_id.value}`, kept);
  }

  removeTask(frameworkId: string, taskId: string): Promise<void> {
    return this.store.remove(`task/${frameworkId}/${taskId}`);
  }

  /** Grouped by task, in order of creation. */
  async statuses(): Promise<readonly KeptStatus[]> {
    return (await this.store.entries('status/')).map(([, value]) => value as KeptStatus);
  }

  saveStatus(kept: KeptStatus): Promise<void> {
    return this.store.put(statusKey(kept.frameworkId, kept.status.task_id.value, kept.number), kept);
  }

  removeStatus(frameworkId: string, taskId: string, number: number): Promise<void> {
    return this.store.remove(statusKey(frameworkId, taskId, number));
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** Numbers are zero-padded so that keys sort numerically. */
function statusKey(frameworkId: string, taskId: string, number: number): string {
  return `status/${frameworkId}/${taskId}/${String(number).padStart(6, '0')}`;
}

function amountText({ name, scalar, ranges }: ResourceMessage): string {
  if (scalar !== undefined) return `${name} ${scalar.value}`;
  return `${name} ${(ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`).join(',')}`;
}
