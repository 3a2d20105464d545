import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fromSeconds, type Micros, toSeconds } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { FrameworkFacts, LaunchedTask } from '../wire/agent-messages.js';
import { isFolderName } from '../wire/folder-name.js';
import { type TaskStatus, TERMINAL_STATES } from '../wire/messages.js';
import type { Checkpoint, KeptTask } from './checkpoint.js';
import { StatusQueue } from './status-queue.js';
import { taskEnvironment, taskUserProblem } from './task-environment.js';
import { type Exit, findTask, startTask, type TaskFolders, type TaskProcess } from './task-process.js';

/** From SIGTERM to SIGKILL when neither the task nor the call says it (Mesos: executor_shutdown_grace_period). */
const USUAL_KILL_GRACE: Micros = fromSeconds(5);

/** A task of this agent: it runs, or what became of it is not acknowledged. */
export interface AgentTask {
  readonly frameworkId: string;
  readonly task: LaunchedTask;
  readonly queue: StatusQueue;
  intent: KeptTask['intent'];
  state: string;
  /** Statuses so far. */
  statuses: number;
  /** Number of the first status that is not acknowledged. */
  firstWaiting: number;
  process: TaskProcess | undefined;
  cancelKill: Cancel;
}

/** What the tasks of an agent need of it. */
export interface TasksSetup {
  readonly clock: Clock;
  readonly workDir: string;
  readonly checkpoint: Checkpoint;
  /** Sends a status to the master. */
  readonly send: (task: AgentTask, status: TaskStatus) => void;
  /** Work that nobody waits for, one piece after the other. */
  readonly enqueue: (work: () => Promise<void>) => void;
}

/** The tasks of an agent. Whatever is said of one is on disk before it is sent. */
export class RunningTasks {
  readonly frameworks = new Map<string, FrameworkFacts>();
  agentId = '';
  private readonly setup: TasksSetup;
  private readonly tasks = new Map<string, AgentTask>();

  constructor(setup: TasksSetup) {
    this.setup = setup;
  }

  all(): readonly AgentTask[] {
    return [...this.tasks.values()];
  }

  /** Finds what an agent before this one left: commands that run on, and statuses that nobody acknowledged. */
  async recover(): Promise<void> {
    const { checkpoint } = this.setup;
    for (const framework of await checkpoint.frameworks()) this.frameworks.set(framework.id, framework);
    for (const { frameworkId, task, intent, state } of await checkpoint.tasks())
      Object.assign(this.enter(frameworkId, task), { intent, state });
    for (const { frameworkId, number, status } of await checkpoint.statuses()) {
      const task = this.tasks.get(keyOf(frameworkId, status.task_id.value));
      if (task === undefined) continue;
      if (task.queue.isEmpty) task.firstWaiting = number;
      task.statuses = number + 1;
      task.state = status.state;
      task.queue.add(status);
    }
    for (const task of this.tasks.values()) {
      if (TERMINAL_STATES.has(task.state)) continue;
      task.process = findTask(this.setup.clock, this.foldersOf(task), (exit) =>
        this.processEnded(task, exit),
      );
      if (task.intent === 'killing') this.terminate(task, USUAL_KILL_GRACE);
    }
  }

  /** Starts a task: the disk knows of it first, so that a process without a record cannot be. */
  async launch(framework: FrameworkFacts, launched: LaunchedTask): Promise<void> {
    const taskId = launched.info.task_id.value;
    if (this.tasks.has(keyOf(framework.id, taskId))) return;
    if (!isFolderName(framework.id) || !isFolderName(taskId)) return;
    if (!this.frameworks.has(framework.id)) {
      await this.setup.checkpoint.saveFramework(framework);
      this.frameworks.set(framework.id, framework);
    }
    const task = this.enter(framework.id, launched);
    await this.save(task);
    const problem = taskUserProblem(launched.info);
    if (problem !== undefined) {
      await this.say(task, 'TASK_FAILED', 'REASON_CONTAINER_LAUNCH_FAILED', problem);
      return;
    }
    await this.say(task, 'TASK_STARTING');
    try {
      const folders = this.foldersOf(task);
      const environment = taskEnvironment(framework.id, launched.info, folders.sandbox);
      task.process = startTask(folders, launched.info, environment, (exit) => this.processEnded(task, exit));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      await this.say(
        task,
        'TASK_FAILED',
        'REASON_CONTAINER_LAUNCH_FAILED',
        `The sandbox cannot be made (${code})`,
      );
      return;
    }
    await this.say(task, 'TASK_RUNNING');
  }

  /** Ends a task, politely at first. */
  async kill(frameworkId: string, taskId: string, graceSeconds: number | undefined): Promise<void> {
    const task = this.tasks.get(keyOf(frameworkId, taskId));
    if (task === undefined || TERMINAL_STATES.has(task.state) || task.intent === 'killing') return;
    const named = task.task.info.kill_policy?.grace_period?.nanoseconds;
    const grace = graceSeconds ?? (named === undefined ? undefined : named / 1e9);
    task.intent = 'killing';
    await this.save(task);
    const capabilities = this.frameworks.get(frameworkId)?.info.capabilities ?? [];
    if (capabilities.some(({ type }) => type === 'TASK_KILLING_STATE')) await this.say(task, 'TASK_KILLING');
    this.terminate(task, grace === undefined ? USUAL_KILL_GRACE : fromSeconds(grace));
  }

  /** A framework has heard of a status; after the last one the task is forgotten. */
  async acknowledge(frameworkId: string, taskId: string, uuid: string): Promise<void> {
    const task = this.tasks.get(keyOf(frameworkId, taskId));
    const status = task?.queue.acknowledge(uuid);
    if (task === undefined || status === undefined) return;
    await this.setup.checkpoint.removeStatus(frameworkId, taskId, task.firstWaiting++);
    if (TERMINAL_STATES.has(status.state)) await this.forget(task);
  }

  /** A framework is gone: its tasks end, and nobody hears of it. */
  async shutdownFramework(frameworkId: string): Promise<void> {
    for (const task of this.tasks.values()) {
      if (task.frameworkId !== frameworkId) continue;
      task.queue.drop();
      if (TERMINAL_STATES.has(task.state)) await this.forget(task);
      else await this.kill(frameworkId, task.task.info.task_id.value, undefined);
    }
    this.frameworks.delete(frameworkId);
    await this.setup.checkpoint.removeFramework(frameworkId);
  }

  /** Sends what waits to be acknowledged. */
  resendAll(): void {
    for (const { queue } of this.tasks.values()) queue.resend();
  }

  /** Takes all timers back; the processes run on. */
  close(): void {
    for (const task of this.tasks.values()) {
      task.queue.drop();
      task.cancelKill();
      task.process?.leave();
    }
  }

  private enter(frameworkId: string, task: LaunchedTask): AgentTask {
    const entry: AgentTask = {
      frameworkId,
      task,
      queue: new StatusQueue(this.setup.clock, (status) => this.setup.send(entry, status)),
      intent: 'run',
      state: 'TASK_STAGING',
      statuses: 0,
      firstWaiting: 0,
      process: undefined,
      cancelKill: () => undefined,
    };
    this.tasks.set(keyOf(frameworkId, task.info.task_id.value), entry);
    return entry;
  }

  private foldersOf({ frameworkId, task }: AgentTask): TaskFolders {
    const taskId = task.info.task_id.value;
    return {
      sandbox: join(this.setup.workDir, 'sandboxes', frameworkId, taskId),
      volumes: join(this.setup.workDir, 'volumes'),
      meta: join(this.setup.workDir, 'meta', frameworkId, taskId),
    };
  }

  private terminate(task: AgentTask, grace: Micros): void {
    task.process?.signal('SIGTERM');
    task.cancelKill();
    task.cancelKill = this.setup.clock.after(grace, () => task.process?.signal('SIGKILL'));
  }

  private processEnded(task: AgentTask, exit: Exit): void {
    task.cancelKill();
    this.setup.enqueue(async () => {
      if (task.intent === 'killing') await this.say(task, 'TASK_KILLED', undefined, 'Command was killed');
      else if (exit === undefined)
        await this.say(task, 'TASK_FAILED', 'REASON_EXECUTOR_TERMINATED', 'Command is gone');
      else if (exit.code === 0)
        await this.say(task, 'TASK_FINISHED', undefined, 'Command exited with status 0');
      else await this.say(task, 'TASK_FAILED', 'REASON_COMMAND_EXECUTOR_FAILED', exitText(exit.code));
      await this.endGroup(task);
    });
  }

  /** The default executor ends a group when one of its tasks fails (Mesos, docs/nested-container-and-task-group.md). */
  private async endGroup({ frameworkId, task, state }: AgentTask): Promise<void> {
    if (task.executor_id === undefined || state === 'TASK_FINISHED') return;
    for (const other of this.tasks.values())
      if (other.frameworkId === frameworkId && other.task.executor_id === task.executor_id)
        await this.kill(frameworkId, other.task.info.task_id.value, undefined);
  }

  private async say(task: AgentTask, state: string, reason?: string, message?: string): Promise<void> {
    task.state = state;
    if (!this.frameworks.has(task.frameworkId)) {
      if (TERMINAL_STATES.has(state)) await this.forget(task);
      return;
    }
    const { info, executor_id } = task.task;
    const status: TaskStatus = {
      task_id: info.task_id,
      agent_id: { value: this.agentId },
      executor_id: { value: executor_id ?? info.task_id.value },
      state,
      source: 'SOURCE_EXECUTOR',
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
      timestamp: toSeconds(this.setup.clock.now()),
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
    };
    const number = task.statuses++;
    await this.setup.checkpoint.saveStatus({ frameworkId: task.frameworkId, number, status });
    await this.save(task);
    task.queue.add(status);
  }

  private save({ frameworkId, task, intent, state }: AgentTask): Promise<void> {
    return this.setup.checkpoint.saveTask({ frameworkId, task, intent, state });
  }

  private async forget(task: AgentTask): Promise<void> {
    const taskId = task.task.info.task_id.value;
    this.tasks.delete(keyOf(task.frameworkId, taskId));
    for (let number = task.firstWaiting; number < task.statuses; number++)
      await this.setup.checkpoint.removeStatus(task.frameworkId, taskId, number);
    await this.setup.checkpoint.removeTask(task.frameworkId, taskId);
  }
}

function keyOf(frameworkId: string, taskId: string): string {
  return `${frameworkId}/${taskId}`;
}

/** A shell says 128 + n of a command that signal n ended. */
function exitText(code: number): string {
  return code > 128 ? `Command terminated with signal ${code - 128}` : `Command exited with status ${code}`;
}
