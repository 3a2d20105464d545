import { type FrameworkRecord, type MasterState, type TaskRecord, taskKey } from '../state.js';
import { tell } from './status.js';

/** A task that a framework asks about. */
export interface AskedTask {
  readonly taskId: string;
  readonly agentId: string | undefined;
}

/** RECONCILE: sends the state of each task; an empty list means all known tasks (Mesos, docs/reconciliation.md). */
export function reconcile(state: MasterState, framework: FrameworkRecord, asked: readonly AskedTask[]): void {
  state.counters.add('messages_reconcile_tasks');
  if (asked.length === 0) {
    for (const task of state.tasks.values())
      if (task.frameworkId === framework.id) tellLatest(state, framework, task);
    return;
  }
  for (const task of asked) reconcileTask(state, framework, task);
}

/** Sends the state of one task. There is no answer for a task that a recovering agent may still report. */
export function reconcileTask(state: MasterState, framework: FrameworkRecord, asked: AskedTask): void {
  const task = state.tasks.get(taskKey(framework.id, asked.taskId));
  if (task !== undefined) {
    tellLatest(state, framework, task);
    return;
  }
  const unknown = unknownState(state, asked.agentId);
  if (unknown === undefined) return;
  const message = 'Reconciliation: Task is unknown';
  tell(state, framework, asked, { state: unknown, reason: 'REASON_RECONCILIATION', message });
}

function tellLatest(state: MasterState, framework: FrameworkRecord, task: TaskRecord): void {
  tell(
    state,
    framework,
    { taskId: task.info.task_id.value, agentId: task.agentId },
    { state: task.state, reason: 'REASON_RECONCILIATION', message: 'Reconciliation: Latest task state' },
  );
}

function unknownState(state: MasterState, agentId: string | undefined): string | undefined {
  if (agentId === undefined) return state.recovering.size > 0 ? undefined : 'TASK_UNKNOWN';
  if (state.recovering.has(agentId)) return undefined;
  if (state.agents.has(agentId)) return 'TASK_GONE';
  if (state.gone.has(agentId)) return 'TASK_GONE_BY_OPERATOR';
  return state.unreachable.has(agentId) ? 'TASK_UNREACHABLE' : 'TASK_UNKNOWN';
}
