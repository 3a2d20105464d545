import { randomUUID } from 'node:crypto';
import { toSeconds } from '../../model/index.js';
import type { Clock } from '../clock.js';
import { type TaskStatus, TERMINAL_STATES } from '../wire/messages.js';
import type { AgentTask } from './agent-task.js';
import type { Checkpoint } from './checkpoint.js';
import type { StatusFacts } from './task-end.js';

/** Creates the statuses of the agent's tasks. A status is checkpointed before it is sent and kept until acknowledged. */
export class TaskStatuses {
  /** Id of the agent; known after its registration. */
  agentId = '';
  private readonly clock: Clock;
  private readonly checkpoint: Checkpoint;

  constructor(clock: Clock, checkpoint: Checkpoint) {
    this.clock = clock;
    this.checkpoint = checkpoint;
  }

  /** Checkpoints a status and queues it behind the unacknowledged ones. */
  async say(task: AgentTask, facts: StatusFacts): Promise<void> {
    task.state = facts.state;
    const number = task.statuses++;
    const status = this.statusOf(task, facts);
    await this.checkpoint.saveStatus({ frameworkId: task.frameworkId, number, status });
    await this.save(task);
    task.queue.add(status);
  }

  private statusOf({ task, healthy, checkStatus }: AgentTask, facts: StatusFacts): TaskStatus {
    const { info, executor_id } = task;
    return {
      task_id: info.task_id,
      agent_id: { value: this.agentId },
      executor_id: { value: executor_id ?? info.task_id.value },
      source: 'SOURCE_EXECUTOR',
      // Health is reported only for running tasks (Mesos, docs/health-checks.md).
      ...(healthy !== undefined && facts.state === 'TASK_RUNNING' && { healthy }),
      ...(checkStatus !== undefined && { check_status: checkStatus }),
      ...facts,
      timestamp: toSeconds(this.clock.now()),
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
    };
  }

  /** Handles an acknowledgement. @returns whether it was the final status; the task is then removed. */
  async acknowledge(task: AgentTask, uuid: string): Promise<boolean> {
    const status = task.queue.acknowledge(uuid);
    if (status === undefined) return false;
    await this.checkpoint.removeStatus(task.frameworkId, status.task_id.value, task.firstWaiting++);
    if (!TERMINAL_STATES.has(status.state)) return false;
    await this.forget(task);
    return true;
  }

  /** Checkpoints the state of a task. */
  save({ frameworkId, task, intent, state, started }: AgentTask): Promise<void> {
    return this.checkpoint.saveTask({ frameworkId, task, intent, state, started });
  }

  /** Removes a task and its statuses from the checkpoint. */
  async forget({ frameworkId, task, firstWaiting, statuses }: AgentTask): Promise<void> {
    const taskId = task.info.task_id.value;
    for (let number = firstWaiting; number < statuses; number++)
      await this.checkpoint.removeStatus(frameworkId, taskId, number);
    await this.checkpoint.removeTask(frameworkId, taskId);
  }
}
