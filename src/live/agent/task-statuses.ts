import { randomUUID } from 'node:crypto';
import { toSeconds } from '../../model/index.js';
import type { Clock } from '../clock.js';
import { type TaskStatus, TERMINAL_STATES } from '../wire/messages.js';
import type { AgentTask } from './agent-task.js';
import type { Checkpoint } from './checkpoint.js';
import type { StatusFacts } from './task-end.js';

/** What is said of the tasks of an agent: on disk before it is sent, and there until it is acknowledged. */
export class TaskStatuses {
  /** Whose tasks they are; known once a master has admitted the agent. */
  agentId = '';
  private readonly clock: Clock;
  private readonly checkpoint: Checkpoint;

  constructor(clock: Clock, checkpoint: Checkpoint) {
    this.clock = clock;
    this.checkpoint = checkpoint;
  }

  /** Keeps a status and sends it when those before it are acknowledged. */
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
      // Health is told of tasks that run only (Mesos, docs/health-checks.md).
      ...(healthy !== undefined && facts.state === 'TASK_RUNNING' && { healthy }),
      ...(checkStatus !== undefined && { check_status: checkStatus }),
      ...facts,
      timestamp: toSeconds(this.clock.now()),
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
    };
  }

  /** A framework has heard of a status. @returns whether it was the last one of its task, which is forgotten then. */
  async acknowledge(task: AgentTask, uuid: string): Promise<boolean> {
    const status = task.queue.acknowledge(uuid);
    if (status === undefined) return false;
    await this.checkpoint.removeStatus(task.frameworkId, status.task_id.value, task.firstWaiting++);
    if (!TERMINAL_STATES.has(status.state)) return false;
    await this.forget(task);
    return true;
  }

  /** Keeps what a task has come to. */
  save({ frameworkId, task, intent, state, started }: AgentTask): Promise<void> {
    return this.checkpoint.saveTask({ frameworkId, task, intent, state, started });
  }

  /** Nobody will ask for the task again. */
  async forget({ frameworkId, task, firstWaiting, statuses }: AgentTask): Promise<void> {
    const taskId = task.info.task_id.value;
    for (let number = firstWaiting; number < statuses; number++)
      await this.checkpoint.removeStatus(frameworkId, taskId, number);
    await this.checkpoint.removeTask(frameworkId, taskId);
  }
}
