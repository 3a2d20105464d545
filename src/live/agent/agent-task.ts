import type { Micros } from '../../model/index.js';
import type { Cancel } from '../clock.js';
import type { LaunchedTask } from '../wire/agent-messages.js';
import type { TaskStatus } from '../wire/messages.js';
import type { KillTimer } from './kill-timer.js';
import type { StatusQueue } from './status-queue.js';
import type { Intent } from './task-end.js';
import type { TaskProcess } from './task-process.js';

/** A task of this agent that is running, or whose final status is not acknowledged. */
export interface AgentTask {
  readonly frameworkId: string;
  readonly task: LaunchedTask;
  readonly queue: StatusQueue;
  intent: Intent;
  state: string;
  started: Micros | undefined;
  /** Results of the last check and the last health check; undefined without one, or before the first result. */
  checkStatus: TaskStatus['check_status'];
  healthy: boolean | undefined;
  /** Number of statuses created so far. */
  statuses: number;
  /** Number of the first unacknowledged status. */
  firstWaiting: number;
  process: TaskProcess | undefined;
  readonly killTimer: KillTimer;
  cancelWatch: Cancel;
}
