import { type Cluster, DAY, FOREVER, type Micros, type TaskId } from '../../model/index.js';
import { SUBMITTED_LABEL } from '../decisions/decision-log.js';
import type { TaskInfo } from '../wire/messages.js';

/** The real content of a task: its command and its restart rules. */
export interface Work {
  /** Display name and prefix of the attempt ids: `render.3`. */
  readonly name: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthCheck: TaskInfo['health_check'];
  /** Maximum number of restarts after failures; attempts lost with an agent always restart. */
  readonly retries: number;
  /** The agent stops an attempt that runs longer; without a limit when left out. */
  readonly timeLimit?: Micros;
  /** Delay before each restart. */
  readonly backoff: Micros;
  /** Submission time, Micros since the Unix epoch. */
  readonly submitted: Micros;
}

/** Events of tasks that the observer of the ledger does not receive. */
export interface WorkListener {
  /** The command runs; `isHealthy` is undefined without a health check. */
  running(task: number, isHealthy: boolean | undefined): void;
  /** An attempt was lost with its agent or before the launch; the task waits again. */
  lost(task: number, state: string): void;
  /** An attempt has failed; the task waits again, or `isOver`. */
  failed(task: number, message: string, isOver: boolean): void;
  /** The task finished or was cancelled. */
  ended(task: number): void;
}

/** Times are sent to agents in nanoseconds. */
export const NANOSECONDS_PER_MICRO = 1000;

/** The longest time that is sent. More nanoseconds would not be exact in a number. */
export const LONGEST_TIME: Micros = 100 * DAY;

/** The TaskInfo of a task (mesos.proto): the demand of its class and its command. */
export function taskInfo(
  cluster: Cluster,
  task: TaskId,
  { name, command, environment, healthCheck, timeLimit = FOREVER, submitted }: Work,
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
    // A longer limit is none.
    ...(timeLimit < LONGEST_TIME && {
      max_completion_time: { nanoseconds: timeLimit * NANOSECONDS_PER_MICRO },
    }),
    resources: resources.filter(({ scalar }) => scalar.value > 0),
    labels: { labels: [{ key: SUBMITTED_LABEL, value: String(submitted) }] },
  };
}
