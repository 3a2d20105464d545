import type { Cluster, TaskId } from '../../model/index.js';
import { SUBMITTED_LABEL } from '../decisions/decision-log.js';
import type { TaskInfo } from '../wire/messages.js';
import type { Work } from './work.js';

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
