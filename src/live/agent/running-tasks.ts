import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fromSeconds, type Micros } from '../../model/index.js';
import type { Cancel, Clock } from '../clock.js';
import type { FrameworkFacts, LaunchedTask } from '../wire/agent-messages.js';
import { isFolderName } from '../wire/folder-name.js';
import { type TaskInfo, type TaskStatus, TERMINAL_STATES } from '../wire/messages.js';
import type { AgentTask } from './agent-task.js';
import type { Checkpoint } from './checkpoint.js';
import { type CheckStatus, checkUnknown, type Verdict, watchCheck, watchHealth } from './health.js';
import { confine, type Isolation, release } from './isolation.js';
import { KillTimer, killGrace } from './kill-timer.js';
import type { ProbePlace } from './run-probe.js';
import { sandboxFolder } from './sandbox-files.js';
import { StatusQueue } from './status-queue.js';
import { type Intent, type StatusFacts, taskEnd } from './task-end.js';
import { type Exit, findTask, startTask, type TaskFolders } from './task-process.js';
import { TaskStatuses } from './task-statuses.js';

const NANOSECONDS_PER_SECOND = 1e9;

/** Dependencies of RunningTasks. */
export interface TasksSetup {
  readonly clock: Clock;
  readonly workDir: string;
  readonly checkpoint: Checkpoint;
  readonly isolation: Isolation;
  /** Sends a status to the master. */
  readonly send: (task: AgentTask, status: TaskStatus) => void;
  /** Queues background work; items run one at a time. */
  readonly enqueue: (work: () => Promise<void>) => void;
}

/** The tasks of an agent, from launch to the acknowledgement of the final status. */
export class RunningTasks {
  readonly frameworks = new Map<string, FrameworkFacts>();
  readonly statuses: TaskStatuses;
  private readonly setup: TasksSetup;
  private readonly tasks = new Map<string, AgentTask>();

  constructor(setup: TasksSetup) {
    this.setup = setup;
    this.statuses = new TaskStatuses(setup.clock, setup.checkpoint);
  }

  all(): readonly AgentTask[] {
    return [...this.tasks.values()];
  }

  /** Recovers the state of the previous agent process: running commands and unacknowledged statuses. */
  async recover(): Promise<void> {
    const { checkpoint } = this.setup;
    for (const framework of await checkpoint.frameworks()) this.frameworks.set(framework.id, framework);
    for (const { frameworkId, task, intent, state, started } of await checkpoint.tasks())
      Object.assign(this.enter(frameworkId, task), { intent, state, started });
    for (const { frameworkId, number, status } of await checkpoint.statuses()) {
      const task = this.tasks.get(keyOf(frameworkId, status.task_id.value));
      if (task === undefined) continue;
      if (task.queue.isEmpty) task.firstWaiting = number;
      task.statuses = number + 1;
      task.state = status.state;
      task.queue.add(status);
    }
    for (const task of this.tasks.values()) {
      if (TERMINAL_STATES.has(task.state)) {
        // The final status was acknowledged, but the agent crashed before it removed the task.
        if (task.queue.isEmpty) await this.forget(task);
        continue;
      }
      task.process = findTask(this.setup.clock, this.foldersOf(task), (exit) =>
        this.processEnded(task, exit),
      );
      if (task.intent === 'run') this.watch(task);
      else task.killTimer.kill(killGrace(task.task.info, undefined));
    }
  }

  /** Starts a task. The checkpoint is written first, so that no process exists without a record. */
  async launch(framework: FrameworkFacts, launched: LaunchedTask): Promise<void> {
    const taskId = launched.info.task_id.value;
    if (this.tasks.has(keyOf(framework.id, taskId))) return;
    if (!isFolderName(framework.id) || !isFolderName(taskId)) return;
    if (!this.frameworks.has(framework.id)) {
      await this.setup.checkpoint.saveFramework(framework);
      this.frameworks.set(framework.id, framework);
    }
    const task = this.enter(framework.id, launched);
    await this.statuses.save(task);
    const problem = taskUserProblem(launched.info);
    if (problem !== undefined) {
      await this.notLaunched(task, problem);
      return;
    }
    await this.say(task, { state: 'TASK_STARTING' });
    task.started = this.setup.clock.now();
    try {
      task.process = startTask(
        {
          folders: this.foldersOf(task),
          info: launched.info,
          environment: this.environmentOf(task),
          confinement: confine(this.setup.isolation, framework.id, launched),
        },
        (exit) => this.processEnded(task, exit),
      );
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      await this.notLaunched(task, `Failed to start the command (${code})`);
      return;
    }
    await this.say(task, { state: 'TASK_RUNNING' });
    this.watch(task);
  }

  private async say(task: AgentTask, facts: StatusFacts): Promise<void> {
    if (this.frameworks.has(task.frameworkId)) await this.statuses.say(task, facts);
    // The framework is removed: no status is sent.
    else if (TERMINAL_STATES.has(facts.state)) await this.forget(task);
  }

  private async forget(task: AgentTask): Promise<void> {
    this.tasks.delete(keyOf(task.frameworkId, task.task.info.task_id.value));
    await this.statuses.forget(task);
  }

  private notLaunched(task: AgentTask, message: string): Promise<void> {
    return this.say(task, { state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED', message });
  }

  /** Kills a task, first with SIGTERM. */
  async kill(frameworkId: string, taskId: string, graceSeconds: number | undefined): Promise<void> {
    const task = this.tasks.get(keyOf(frameworkId, taskId));
    if (task === undefined || TERMINAL_STATES.has(task.state)) return;
    if (task.intent === 'run') await this.end(task, 'killing', killGrace(task.task.info, graceSeconds));
    else if (graceSeconds !== undefined) task.killTimer.kill(fromSeconds(graceSeconds));
  }

  private async end(task: AgentTask, intent: Intent, grace: Micros): Promise<void> {
    if (task.intent !== 'run' || TERMINAL_STATES.has(task.state)) return;
    task.cancelWatch();
    task.intent = intent;
    await this.statuses.save(task);
    const capabilities = this.frameworks.get(task.frameworkId)?.info.capabilities ?? [];
    if (capabilities.some(({ type }) => type === 'TASK_KILLING_STATE'))
      await this.say(task, { state: 'TASK_KILLING' });
    task.killTimer.kill(grace);
  }

  /** The grace period of a health check restarts when a new agent recovers a running task. */
  private watch(task: AgentTask): void {
    const { info } = task.task;
    const { clock } = this.setup;
    const longest = info.max_completion_time?.nanoseconds;
    const started = task.started ?? clock.now();
    task.cancelWatch = watchTask(info, {
      clock,
      place: { sandbox: this.foldersOf(task).sandbox, environment: this.environmentOf(task) },
      deadline:
        longest === undefined
          ? Number.POSITIVE_INFINITY
          : started + fromSeconds(longest / NANOSECONDS_PER_SECOND),
      health: (verdict) => this.setup.enqueue(() => this.healthTold(task, verdict)),
      check: (status) =>
        this.setup.enqueue(async () => {
          task.checkStatus = status;
          await this.checkTold(task, 'REASON_TASK_CHECK_STATUS_UPDATED');
        }),
      overdue: () => this.setup.enqueue(() => this.end(task, 'overdue', 0)),
    });
  }

  private async healthTold(task: AgentTask, verdict: Verdict): Promise<void> {
    task.healthy = verdict === 'healthy';
    await this.checkTold(task, 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED');
    if (verdict === 'to be killed') await this.end(task, 'unhealthy', killGrace(task.task.info, undefined));
  }

  private async checkTold(task: AgentTask, reason: string): Promise<void> {
    if (task.intent === 'run' && !TERMINAL_STATES.has(task.state))
      await this.say(task, { state: 'TASK_RUNNING', reason });
  }

  /** Handles an acknowledgement. After the final status the task is removed. */
  async acknowledge(frameworkId: string, taskId: string, uuid: string): Promise<void> {
    const task = this.tasks.get(keyOf(frameworkId, taskId));
    if (task !== undefined && (await this.statuses.acknowledge(task, uuid)))
      this.tasks.delete(keyOf(frameworkId, taskId));
  }

  /** Kills all tasks of a removed framework without sending statuses. */
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

  /** Resends unacknowledged statuses, of one framework or of all. */
  resend(frameworkId?: string): void {
    for (const task of this.tasks.values())
      if (frameworkId === undefined || task.frameworkId === frameworkId) task.queue.resend();
  }

  /** Cancels all timers; processes keep running. */
  close(): void {
    for (const task of this.tasks.values()) {
      task.queue.drop();
      task.killTimer.cancel();
      task.cancelWatch();
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
      started: undefined,
      checkStatus: task.info.check === undefined ? undefined : checkUnknown(task.info.check),
      healthy: undefined,
      statuses: 0,
      firstWaiting: 0,
      process: undefined,
      killTimer: new KillTimer(this.setup.clock, (name) => entry.process?.signal(name)),
      cancelWatch: () => undefined,
    };
    this.tasks.set(keyOf(frameworkId, task.info.task_id.value), entry);
    return entry;
  }

  private foldersOf({ frameworkId, task }: AgentTask): TaskFolders {
    const taskId = task.info.task_id.value;
    return {
      sandbox: sandboxFolder(this.setup.workDir, frameworkId, taskId),
      volumes: join(this.setup.workDir, 'volumes'),
      meta: join(this.setup.workDir, 'meta', frameworkId, taskId),
    };
  }

  private environmentOf(task: AgentTask): Readonly<Record<string, string>> {
    return taskEnvironment(task.frameworkId, task.task.info, this.foldersOf(task).sandbox);
  }

  private processEnded(task: AgentTask, exit: Exit): void {
    task.killTimer.cancel();
    task.cancelWatch();
    this.setup.enqueue(async () => {
      release(this.setup.isolation, task.frameworkId, task.task);
      await this.say(task, taskEnd(task.intent, exit));
      await this.endGroup(task);
    });
  }

  /** If one task fails, the whole group is killed, as by the default executor (Mesos, docs/nested-container-and-task-group.md). */
  private async endGroup({ frameworkId, task, state }: AgentTask): Promise<void> {
    if (task.executor_id === undefined || state === 'TASK_FINISHED') return;
    for (const other of this.tasks.values())
      if (other.frameworkId === frameworkId && other.task.executor_id === task.executor_id)
        await this.kill(frameworkId, other.task.info.task_id.value, undefined);
  }
}

function keyOf(frameworkId: string, taskId: string): string {
  return `${frameworkId}/${taskId}`;
}

/** Monitors of a running task besides its process. */
export interface TaskWatch {
  readonly clock: Clock;
  readonly place: ProbePlace;
  /** Maximum completion time as a deadline; infinite for none. */
  readonly deadline: number;
  readonly health: (verdict: Verdict) => void;
  readonly check: (status: CheckStatus) => void;
  readonly overdue: () => void;
}

/** Watches the health check, the check and the deadline of a task until cancelled. */
function watchTask({ health_check, check }: TaskInfo, watch: TaskWatch): Cancel {
  const { clock, deadline } = watch;
  const cancels: readonly Cancel[] = [
    clock.after(Math.max(0, deadline - clock.now()), watch.overdue),
    ...(health_check === undefined ? [] : [watchHealth(health_check, watch, watch.health)]),
    ...(check === undefined ? [] : [watchCheck(check, watch, watch.check)]),
  ];
  return () => {
    for (const cancel of cancels) cancel();
  };
}

/** Tasks do not inherit the environment of the agent, except PATH. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of a task: variables of its TaskInfo, sandbox and ids (Mesos, docs/sandbox.md). */
function taskEnvironment(
  frameworkId: string,
  { command, task_id }: TaskInfo,
  sandbox: string,
): Readonly<Record<string, string>> {
  const variables = command?.environment?.variables ?? [];
  return {
    PATH: process.env.PATH ?? PATH,
    ...Object.fromEntries(variables.map(({ name, value }) => [name, value ?? ''])),
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_TASK_ID: task_id.value,
  };
}

/** Commands run as the user of the agent. A task with another user is refused, not run as the wrong user. */
function taskUserProblem({ command }: TaskInfo): string | undefined {
  const { username } = userInfo();
  return command?.user === undefined || command.user === username
    ? undefined
    : `This agent runs commands as ${username}, not as ${command.user.slice(0, 60)}`;
}
