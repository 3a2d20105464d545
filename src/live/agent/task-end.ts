import type { TaskStatus } from '../wire/messages.js';
import type { Exit } from './task-process.js';

/** Why a task runs on or is being ended. */
export type Intent = 'run' | 'killing' | 'unhealthy' | 'overdue';

/** What an agent says of a task, besides which task it is and when. */
export type StatusFacts = Pick<TaskStatus, 'state' | 'reason' | 'message' | 'healthy' | 'check_status'>;

/** What became of a task whose command has ended (Mesos, launcher/executor.cpp, reaped). */
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

/** A shell says 128 + n of a command that signal n ended. */
function exitFacts(code: number): StatusFacts {
  if (code === 0) return { state: 'TASK_FINISHED', message: 'Command exited with status 0' };
  const message =
    code > 128 ? `Command terminated with signal ${code - 128}` : `Command exited with status ${code}`;
  return { state: 'TASK_FAILED', reason: 'REASON_COMMAND_EXECUTOR_FAILED', message };
}
