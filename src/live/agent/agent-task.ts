import type { Micros } from '../../model/index.js';
import type { Cancel } from '../clock.js';
import type { LaunchedTask } from '../wire/agent-messages.js';
import type { TaskStatus } from '../wire/messages.js';
import type { KillTimer } from './kill-timer.js';
import type { StatusQueue } from './status-queue.js';
import type { Intent } from './task-end.js';
import type { TaskProcess } from './task-process.js';

/** A task of this agent: it runs, or what became of it is not acknowledged. */
export interface AgentTask {
  readonly frameworkId: string;
  readonly task: LaunchedTask;
  readonly queue: StatusQueue;
  intent: Intent;
  state: string;
  started: Micros | undefined;
  /** What its last check found, and its last health check; undefined where it has none or nothing is known. */
  checkStatus: TaskStatus['check_status'];
  healthy: boolean | undefined;
  /** Statuses so far. */
  statuses: number;
  /** Number of the first status that is not acknowledged. */
  firstWaiting: number;
  process: TaskProcess | undefined;
  readonly killTimer: KillTimer;
  cancelWatch: Cancel;
}
