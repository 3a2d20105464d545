import type { TaskStatus } from '../wire/messages.js';
import type { Exit } from './task-process.js';

/** Whether a task should run, or why it is being killed. */
export type Intent = 'run' | 'killing' | 'unhealthy' | 'overdue';

/** The fields of a status that describe the task itself, without ids and time. */
export type StatusFacts = Pick<TaskStatus, 'state' | 'reason' | 'message' | 'healthy' | 'check_status'>;

/** The final status of a task whose command has exited (Mesos, launcher/executor.cpp, reaped). */
export function taskEnd(intent: Intent, exit: Exit): StatusFacts {
  switch (intent) {
    case 'killing':
      return { state: 'TASK_KILLED', message: 'Command was killed' };
    case 'unhealthy':
      return {
        state: 'TASK_KILLED',
        message: 'Command was killed: its health checks failed',
        healthy: false,
      };
    case 'overdue':
      return {
        state: 'TASK_FAILED',
        reason: 'REASON_MAX_COMPLETION_TIME_REACHED',
        message: 'Command ran longer than its maximum completion time',
      };
    case 'run':
      return exit === undefined
        ? { state: 'TASK_FAILED', reason: 'REASON_EXECUTOR_TERMINATED', message: 'Command is gone' }
        : exitFacts(exit.code);
  }
}

/** A shell reports exit status 128 + n for a command killed by signal n. */
function exitFacts(code: number): StatusFacts {
  if (code === 0) return { state: 'TASK_FINISHED', message: 'Command exited with status 0' };
  const message =
    code > 128 ? `Command terminated with signal ${code - 128}` : `Command exited with status ${code}`;
  return { state: 'TASK_FAILED', reason: 'REASON_COMMAND_EXECUTOR_FAILED', message };
}
