import type { Cluster, Micros, TaskId } from '../../model/index.js';
import { SUBMITTED_LABEL } from '../decisions/decision-log.js';
import type { TaskInfo } from '../wire/messages.js';

/** What a task of the ledger really is: a command, and what becomes of it when it fails. */
export interface Work {
  /** Names the task for people and begins the ids of its attempts: `render.3`. */
  readonly name: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthCheck: TaskInfo['health_check'];
  /** How often it starts again after a failure of its own; what is lost with an agent starts again in any case. */
  readonly retries: number;
  /** How long it waits before each of these starts. */
  readonly backoff: Micros;
  /** When it was submitted, Micros since the Unix epoch. */
  readonly submitted: Micros;
}

/** What a framework tells of its tasks, beside what the ledger's observer hears. */
export interface WorkListener {
  /** The command runs; `isHealthy` is undefined where nothing checks its health. */
  running(task: number, isHealthy: boolean | undefined): void;
  /** An attempt was lost with its agent, or before it got there; the task waits again. */
  lost(task: number, state: string): void;
  /** An attempt has failed; the task waits again, or `isOver`. */
  failed(task: number, message: string, isOver: boolean): void;
  /** The task is done, or was stopped on demand. */
  ended(task: number): void;
}

/** A task as the master reads it (mesos.proto, TaskInfo): the demand of its class, and a command. */
export function taskInfo(
  cluster: Cluster,
  task: TaskId,
  { name, command, environment, healthCheck, submitted }: Work,
  attempt: string,
  agent: string,
): TaskInfo {
  const { space, classes, tasks } = cluster;
  const row = (tasks.taskClass[task] as number) * space.size;
  const resources = space.kinds.map(({ name: resource, quantaPerUnit }, d) => ({
    name: resource,
    type: 'SCALAR' as const,
    scalar: { value: (classes.demand[row + d] as number) / quantaPerUnit },
  }));
  const variables = Object.entries(environment).map(([variable, value]) => ({ name: variable, value }));
  return {
    name,
    task_id: { value: attempt },
    agent_id: { value: agent },
    command: { value: command, ...(variables.length > 0 && { environment: { variables } }) },
    ...(healthCheck !== undefined && { health_check: healthCheck }),
    resources: resources.filter(({ scalar }) => scalar.value > 0),
    labels: { labels: [{ key: SUBMITTED_LABEL, value: String(submitted) }] },
  };
}
