import { SUBMITTED_LABEL, type TaskNote } from '../../decisions/decision-log.js';
import { type TaskInfo, TERMINAL_STATES } from '../../wire/messages.js';
import type { MasterState, TaskRecord } from '../state.js';

/** Logs a change of a task's state with the current time. */
export function logTask(state: MasterState, what: TaskNote['task'], task: TaskRecord): void {
  const submitted = what === 'launched' ? submittedOf(task.info) : undefined;
  state.decisions.write({
    at: state.clock.now(),
    task: what,
    framework: task.frameworkId,
    id: task.info.task_id.value,
    role: task.role,
    agent: task.agentId,
    ...(what === 'launched' && { parcels: task.parcels }),
    ...(submitted !== undefined && { submitted }),
    ...(what === 'ended' && { state: TERMINAL_STATES.has(task.state) ? task.state : 'TASK_LOST' }),
  });
}

/** Submission time from the label of a task; undefined without a valid label. */
function submittedOf({ labels }: TaskInfo): number | undefined {
  const label = labels?.labels?.find(({ key }) => key === SUBMITTED_LABEL);
  const time = Number(label?.value ?? Number.NaN);
  return Number.isSafeInteger(time) ? time : undefined;
}
