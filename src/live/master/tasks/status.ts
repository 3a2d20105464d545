import { toSeconds } from '../../../model/index.js';
import { type TaskStatus, TERMINAL_STATES } from '../../wire/messages.js';
import { type FrameworkRecord, type MasterState, type TaskRecord, taskKey } from '../state.js';
import { publishUpdate } from './task-events.js';
import { logTask } from './task-log.js';

/** Terminal tasks that are remembered (Mesos: --max_completed_tasks_per_framework). */
const MAX_COMPLETED_TASKS = 1000;

/** What a master says of a task of its own accord; it carries no uuid, so it is not acknowledged. */
export interface MasterVerdict {
  readonly state: string;
  readonly reason: string;
  readonly message: string;
}

/** Is this a state that a task does not leave? */
export function isTerminal(state: string): boolean {
  return TERMINAL_STATES.has(state);
}

/** Frameworks that do not know the newer states hear TASK_LOST instead (Mesos, docs/high-availability-framework-guide.md). */
function stateFor(framework: FrameworkRecord, state: string): string {
  const isNewer = [
    'TASK_DROPPED',
    'TASK_UNREACHABLE',
    'TASK_GONE',
    'TASK_GONE_BY_OPERATOR',
    'TASK_UNKNOWN',
  ].includes(state);
  return isNewer && !framework.capabilities.has('PARTITION_AWARE') ? 'TASK_LOST' : state;
}

/** A task that is spoken of. */
interface NamedTask {
  readonly taskId: string;
  readonly agentId: string | undefined;
}

/** Tells a framework what the master knows of a task, or of one that it does not know. */
export function tell(
  state: MasterState,
  framework: FrameworkRecord,
  task: NamedTask,
  verdict: MasterVerdict,
): void {
  framework.stream?.send({
    type: 'UPDATE',
    update: { status: statusOf(state, framework, task, verdict) },
  });
}

function statusOf(
  state: MasterState,
  framework: FrameworkRecord,
  { taskId, agentId }: NamedTask,
  verdict: MasterVerdict,
): TaskStatus {
  return {
    task_id: { value: taskId },
    ...(agentId !== undefined && { agent_id: { value: agentId } }),
    state: stateFor(framework, verdict.state),
    source: 'SOURCE_MASTER',
    reason: verdict.reason,
    message: verdict.message,
    timestamp: toSeconds(state.clock.now()),
  };
}

/** A task ends, as far as the ledger goes: its resources are free again. The record stays until somebody has heard of it. */
export function releaseTask(state: MasterState, task: TaskRecord): void {
  logTask(state, 'ended', task);
  state.host.recover(task.frameworkId, task.role, task.agentId, task.parcels, undefined);
  if (task.group === undefined) return;
  task.group.alive--;
  if (task.group.alive === 0 && task.group.parcels.length > 0)
    state.host.recover(task.frameworkId, task.role, task.agentId, task.group.parcels, undefined);
}

/** Moves a task to the history. */
export function completeTask(state: MasterState, task: TaskRecord): void {
  state.tasks.delete(taskKey(task.frameworkId, task.info.task_id.value));
  state.completedTasks.push(task);
  if (state.completedTasks.length > MAX_COMPLETED_TASKS) state.completedTasks.shift();
}

/** The master decides that a task has ended, because nobody else can say so. */
export function endByMaster(state: MasterState, task: TaskRecord, verdict: MasterVerdict): void {
  const framework = state.frameworks.get(task.frameworkId) as FrameworkRecord;
  if (!isTerminal(task.state)) releaseTask(state, task);
  task.state = stateFor(framework, verdict.state);
  state.counters.add(`tasks_${task.state.slice('TASK_'.length).toLowerCase()}`);
  completeTask(state, task);
  const status = statusOf(
    state,
    framework,
    { taskId: task.info.task_id.value, agentId: task.agentId },
    verdict,
  );
  framework.stream?.send({ type: 'UPDATE', update: { status } });
  publishUpdate(state, task, status);
}

/**
 * A status from an agent. It goes to the framework each time it comes: the agent repeats it until the framework acknowledges.
 * `latest` is the state the task has come to meanwhile; what is terminal frees its resources at once.
 */
export function statusArrived(
  state: MasterState,
  framework: FrameworkRecord,
  status: TaskStatus,
  latest: string,
): void {
  const task = state.tasks.get(taskKey(framework.id, status.task_id.value));
  if (task !== undefined) {
    const isNews = task.status?.uuid !== status.uuid;
    task.status = status;
    if (!isTerminal(task.state)) {
      if (latest === 'TASK_RUNNING' && task.state !== latest) logTask(state, 'running', task);
      task.state = latest;
      if (isTerminal(latest)) {
        releaseTask(state, task);
        state.counters.add(`tasks_${latest.slice('TASK_'.length).toLowerCase()}`);
      }
    }
    if (isNews) publishUpdate(state, task, status);
  }
  state.counters.add('messages_status_update');
  framework.stream?.send({ type: 'UPDATE', update: { status } });
}

/** A framework has heard of a status: the agent may go on, and a task at its end is forgotten. */
export function acknowledge(
  state: MasterState,
  framework: FrameworkRecord,
  { agentId, taskId, uuid }: { readonly agentId: string; readonly taskId: string; readonly uuid: string },
): void {
  state.counters.add('messages_status_update_acknowledgement');
  const agent = state.agents.get(agentId);
  agent?.stream?.send({
    type: 'ACKNOWLEDGE',
    framework_id: { value: framework.id },
    task_id: { value: taskId },
    uuid,
  });
  const task = state.tasks.get(taskKey(framework.id, taskId));
  if (task?.status?.uuid === uuid && isTerminal(task.status.state)) completeTask(state, task);
}
