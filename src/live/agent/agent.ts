import { join } from 'node:path';
import { fromSeconds, type InputError, toSeconds } from '../../model/index.js';
import type { Clock } from '../clock.js';
import type { AgentEvent } from '../wire/agent-messages.js';
import type { ContainerUsage } from '../wire/container-usage.js';
import type { ResourceMessage } from '../wire/messages.js';
import type { Checkpoint, KeptAgent } from './checkpoint.js';
import type { Isolation } from './isolation.js';
import { MasterLink } from './master-link.js';
import { RunningTasks } from './running-tasks.js';
import { usageOfSessions } from './session-usage.js';
import { syncVolumes } from './volumes.js';

/** Settings and dependencies of an agent. */
export interface AgentSetup {
  readonly clock: Clock;
  readonly master: URL;
  readonly authorization: string | undefined;
  readonly hostname: string;
  /** Address of the endpoint that serves its sandboxes. */
  readonly address: { readonly ip: string; readonly port: number };
  readonly isolation: Isolation;
  readonly attributes: readonly object[];
  readonly resources: readonly ResourceMessage[];
  readonly workDir: string;
  readonly checkpoint: Checkpoint;
  /** Called when a master has registered the agent under this id. */
  readonly admitted: (agentId: string) => void;
  /** Called when the agent cannot continue: the master refused it, or its store cannot be written. */
  readonly failed: (error: Error) => void;
  readonly report: (problem: string) => void;
}

/** The daemon of one machine: it runs the commands of frameworks on behalf of its master, and survives restarts of both. */
export class Agent {
  private readonly setup: AgentSetup;
  private readonly tasks: RunningTasks;
  private readonly link: MasterLink;
  private kept: KeptAgent;
  private resources: readonly ResourceMessage[];
  /** Serial queue of events: they are handled in the order of arrival. */
  private work: Promise<void> = Promise.resolve();

  private constructor(setup: AgentSetup, kept: KeptAgent, resources: readonly ResourceMessage[]) {
    this.setup = setup;
    this.kept = kept;
    this.resources = resources;
    this.link = new MasterLink({
      clock: setup.clock,
      master: setup.master,
      authorization: setup.authorization,
      registration: () => this.registration(),
      received: (event) => this.enqueue(() => this.receive(event)),
      refused: (error: InputError) => setup.failed(error),
      report: setup.report,
    });
    this.tasks = new RunningTasks({
      clock: setup.clock,
      workDir: setup.workDir,
      checkpoint: setup.checkpoint,
      isolation: setup.isolation,
      enqueue: (work) => this.enqueue(work),
      send: ({ frameworkId, state }, status) =>
        this.link.send({
          type: 'UPDATE',
          agent_id: this.kept.id,
          framework_id: frameworkId,
          status,
          latest_state: state,
        }),
    });
  }

  /** Recovers its checkpoint and connects to the master. @throws InputError when its resources have changed. */
  static async start(setup: AgentSetup): Promise<Agent> {
    const kept = await setup.checkpoint.agent(setup.resources);
    const resources = (await setup.checkpoint.resources()) ?? setup.resources;
    const agent = new Agent(setup, kept, resources);
    agent.tasks.statuses.agentId = kept.id ?? '';
    await agent.tasks.recover();
    agent.link.connect();
    return agent;
  }

  /** Disconnects and closes the store. Commands keep running: the next agent of this work-dir recovers them. */
  async close(): Promise<void> {
    this.link.close();
    this.tasks.close();
    await this.work;
    await this.setup.checkpoint.close();
  }

  /** Measured usage of the running tasks (Mesos, docs/endpoints/slave/containers). */
  containers(): ContainerUsage {
    const running = this.tasks.all().filter(({ process }) => process?.pid !== undefined);
    const usage = usageOfSessions(new Set(running.map(({ process }) => process?.pid as number)));
    const timestamp = toSeconds(this.setup.clock.now());
    return running.flatMap(({ frameworkId, task: { info }, process }) => {
      const used = usage.get(process?.pid as number);
      if (used === undefined) return [];
      const id = info.task_id.value;
      const statistics = {
        timestamp,
        cpus_user_time_secs: used.userSeconds,
        cpus_system_time_secs: used.systemSeconds,
        mem_rss_bytes: used.memoryBytes,
      };
      return [{ container_id: id, executor_id: id, framework_id: frameworkId, source: id, statistics }];
    });
  }

  private enqueue(work: () => Promise<void>): void {
    this.work = this.work.then(work).catch((error: Error) => this.setup.failed(error));
  }

  private registration(): object {
    const { hostname, attributes, address } = this.setup;
    return {
      type: 'SUBSCRIBE',
      ...(this.kept.id !== undefined && { agent_id: this.kept.id }),
      hostname,
      attributes,
      ...address,
      configured: this.kept.resources,
      resources: this.resources,
      frameworks: [...this.tasks.frameworks.values()],
      tasks: this.tasks
        .all()
        .map(({ frameworkId, task, state }) => ({ ...task, framework_id: frameworkId, state })),
    };
  }

  private async receive(event: AgentEvent): Promise<void> {
    switch (event.type) {
      case 'SUBSCRIBED':
        await this.admitted(event.agent_id, event.ping_timeout_seconds);
        return;
      case 'PING':
        this.link.send({ type: 'PONG', agent_id: this.kept.id });
        return;
      case 'LAUNCH':
        for (const task of event.tasks) await this.tasks.launch(event.framework, task);
        return;
      case 'KILL':
        await this.tasks.kill(event.framework_id, event.task_id, event.grace_seconds);
        return;
      case 'ACKNOWLEDGE':
        await this.tasks.acknowledge(event.framework_id.value, event.task_id.value, event.uuid);
        return;
      case 'RESEND':
        this.tasks.resend(event.framework_id);
        return;
      case 'SHUTDOWN_FRAMEWORK':
        await this.tasks.shutdownFramework(event.framework_id);
        return;
      case 'CHECKPOINT_RESOURCES':
        this.resources = event.resources;
        await this.setup.checkpoint.saveResources(event.resources);
        syncVolumes(join(this.setup.workDir, 'volumes'), event.resources);
        return;
      case 'ERROR':
        this.setup.report(`the master sent an error: ${event.message}`);
    }
  }

  private async admitted(agentId: string, silenceSeconds: number): Promise<void> {
    if (this.kept.id !== agentId) {
      this.kept = { ...this.kept, id: agentId };
      await this.setup.checkpoint.saveAgent(this.kept);
    }
    this.tasks.statuses.agentId = agentId;
    this.link.expectEvery(fromSeconds(silenceSeconds));
    this.tasks.resend();
    this.setup.admitted(agentId);
  }
}
