import type { TaskStatus } from '../../wire/messages.js';
import { resourceMessages } from '../../wire/resources.js';
import type { MasterState, TaskRecord } from '../state.js';

/** Publishes a new task to operators. */
export function publishTask(state: MasterState, task: TaskRecord): void {
  state.subscribers.publish(
    () => ({ type: 'TASK_ADDED', task_added: { task: taskMessage(task) } }),
    (view) => view.task(task),
  );
}

/** Publishes a changed task to operators. */
export function publishUpdate(state: MasterState, task: TaskRecord, status: TaskStatus): void {
  const framework_id = { value: task.frameworkId };
  state.subscribers.publish(
    () => ({ type: 'TASK_UPDATED', task_updated: { framework_id, status, state: task.state } }),
    (view) => view.task(task),
  );
}

/** A task as the operator API describes it (mesos.proto, Task). */
export function taskMessage({ frameworkId, agentId, role, info, parcels, state }: TaskRecord): object {
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    state,
    resources: resourceMessages(parcels, role),
  };
}
