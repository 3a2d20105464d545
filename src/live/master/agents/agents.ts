import { MACHINE_CAPABILITIES, type Parcels, toSeconds } from '../../../model/index.js';
import type { EventStream } from '../../event-stream.js';
import type { AgentRegistration } from '../../wire/agent-messages.js';
import { HttpError } from '../../wire/http-error.js';
import { parcelsOfMessages } from '../../wire/resources.js';
import { recoverFramework } from '../frameworks/frameworks.js';
import { withAllocation } from '../offers/offers.js';
import { isDown } from '../offers/unavailability.js';
import { drainTasks } from '../operator/deactivation.js';
import { agentMessage } from '../operator/descriptions.js';
import {
  type AgentRecord,
  type FrameworkRecord,
  type MasterState,
  type TaskGroup,
  type TaskRecord,
  taskKey,
} from '../state.js';
import { endByMaster, isTerminal } from '../tasks/status.js';
import { publishTask } from '../tasks/task-events.js';
import { logTask } from '../tasks/task-log.js';
import { startPinging } from './agent-health.js';
import { sendKill } from './agent-kill.js';

/** Resources of a registration, parsed before any change. */
interface Joining {
  readonly total: Parcels;
  readonly configured: Parcels;
}

/**
 * Registers or reregisters an agent. The store is written before the agent is informed.
 * @throws HttpError 400 when its resources are invalid.
 */
export async function subscribeAgent(
  state: MasterState,
  registration: AgentRegistration,
  openStream: () => EventStream,
): Promise<void> {
  const joining: Joining = {
    total: parcelsOfMessages(registration.resources),
    configured: parcelsOfMessages(registration.configured),
  };
  for (const { info, executor_resources = [] } of registration.tasks) {
    parcelsOfMessages(info.resources ?? []);
    parcelsOfMessages(executor_resources);
  }
  if (isUnwanted(state, registration)) {
    dismissNewcomer(registration, openStream);
    return;
  }
  const id = registration.agent_id ?? `${state.id}-S${state.next.agent++}`;
  await state.store.put(`agent/${id}`, { hostname: registration.hostname, state: 'admitted' });
  const stream = openStream();
  const agent = enter(state, id, registration, joining, stream);
  stream.send({
    type: 'SUBSCRIBED',
    agent_id: id,
    ping_timeout_seconds: toSeconds(state.flags.agentPingTimeout) * state.flags.maxAgentPingTimeouts,
  });
  withAllocation(state, () => admit(state, agent, registration, joining));
  state.subscribers.publish(
    () => ({ type: 'AGENT_ADDED', agent_added: { agent: agentMessage(state, agent) } }),
    () => true,
  );
}

/** Whether the agent is marked gone, or its machine is down for maintenance. */
function isUnwanted(state: MasterState, { agent_id, hostname, ip }: AgentRegistration): boolean {
  return state.gone.has(agent_id ?? '') || isDown(state, { hostname, ip });
}

/** Shuts down the tasks of an unwanted agent; without running tasks it is refused. @throws HttpError 403 */
function dismissNewcomer({ tasks, frameworks }: AgentRegistration, openStream: () => EventStream): void {
  if (tasks.every(({ state }) => isTerminal(state)))
    throw new HttpError(403, 'This agent is marked gone, or an operator has taken its machine down');
  const stream = openStream();
  for (const { id } of frameworks) stream.send({ type: 'SHUTDOWN_FRAMEWORK', framework_id: id });
  stream.close();
}

function enter(
  state: MasterState,
  id: string,
  { hostname, attributes, ip, port }: AgentRegistration,
  { configured }: Joining,
  stream: EventStream,
): AgentRecord {
  const before = state.agents.get(id);
  before?.cancelTimer();
  before?.stream?.close();
  const agent: AgentRecord = {
    id,
    hostname,
    attributes,
    configured,
    address: { ip, port },
    stream,
    registered: before?.registered ?? state.clock.now(),
    missedPings: 0,
    cancelTimer: () => undefined,
  };
  startPinging(state, agent);
  state.agents.set(id, agent);
  state.counters.add(before === undefined ? 'slave_registrations' : 'slave_reregistrations');
  return agent;
}

function admit(
  state: MasterState,
  agent: AgentRecord,
  registration: AgentRegistration,
  { total }: Joining,
): void {
  const { host } = state;
  const wasUnreachable = state.unreachable.delete(agent.id);
  state.recovering.delete(agent.id);
  for (const facts of registration.frameworks) recoverFramework(state, facts);
  for (const { framework_id } of registration.tasks)
    if (!state.frameworks.has(framework_id)) agent.stream?.send({ type: 'SHUTDOWN_FRAMEWORK', framework_id });
  if (!host.hasAgent(agent.id)) {
    host.addAgent(agent.id, { total, capabilities: new Set(MACHINE_CAPABILITIES), region: 'local' });
  } else {
    host.setTotal(agent.id, total);
  }
  dropUnreported(state, agent, registration);
  adoptTasks(state, agent, registration, wasUnreachable);
  // Only now: an allocation before its tasks are recorded would offer their resources.
  host.setAgentActive(agent.id, !state.deactivated.has(agent.id));
  drainTasks(state, agent);
  host.setAttributes(agent.id, JSON.stringify(agent.attributes));
  host.allocateAgent(agent.id);
}

/** Drops tasks that the agent never received or lost with its disk (Mesos, reconcileKnownAgent). */
function dropUnreported(state: MasterState, agent: AgentRecord, { tasks }: AgentRegistration): void {
  const reported = new Set(tasks.map(({ framework_id, info }) => taskKey(framework_id, info.task_id.value)));
  for (const [key, task] of [...state.tasks])
    if (task.agentId === agent.id && !reported.has(key))
      endByMaster(state, task, {
        state: 'TASK_DROPPED',
        reason: 'REASON_RECONCILIATION',
        message: 'Task is unknown to the agent',
      });
}

/**
 * Records the tasks that an agent reports. Tasks already reported lost to their framework are killed: it is not
 * partition-aware, or it has checkpointing disabled.
 */
function adoptTasks(
  state: MasterState,
  agent: AgentRecord,
  { tasks }: AgentRegistration,
  wasUnreachable: boolean,
): void {
  const groups = new Map<string, TaskGroup>();
  for (const { framework_id, info, role, state: taskState, executor_id, executor_resources = [] } of tasks) {
    const framework = state.frameworks.get(framework_id);
    const key = taskKey(framework_id, info.task_id.value);
    const known = state.tasks.get(key);
    if (framework === undefined) continue;
    if (known !== undefined) continue;
    const wasLost = wasLostFor(state, framework, agent, info.task_id.value, wasUnreachable);
    const parcels = parcelsOfMessages(info.resources ?? []);
    let group: TaskGroup | undefined;
    if (executor_id !== undefined) {
      const groupKey = taskKey(framework_id, executor_id);
      const isNew = !groups.has(groupKey);
      group = groups.get(groupKey) ?? {
        executorId: executor_id,
        parcels: parcelsOfMessages(executor_resources),
        alive: 0,
      };
      groups.set(groupKey, group);
      if (isNew && !isTerminal(taskState)) state.host.useAgent(agent.id, framework_id, role, group.parcels);
      if (!isTerminal(taskState)) group.alive++;
    }
    if (!isTerminal(taskState)) state.host.useAgent(agent.id, framework_id, role, parcels);
    const task: TaskRecord = {
      frameworkId: framework_id,
      agentId: agent.id,
      role,
      info,
      parcels,
      group,
      state: taskState,
      status: undefined,
    };
    state.tasks.set(key, task);
    if (!isTerminal(taskState)) logTask(state, 'launched', task);
    publishTask(state, task);
    if (wasLost) sendKill(agent, framework_id, info.task_id.value, undefined);
  }
}

function wasLostFor(
  state: MasterState,
  framework: FrameworkRecord,
  agent: AgentRecord,
  taskId: string,
  wasUnreachable: boolean,
): boolean {
  if (wasUnreachable && !framework.capabilities.has('PARTITION_AWARE')) return true;
  return state.completedTasks.some(
    (task) =>
      task.frameworkId === framework.id && task.agentId === agent.id && task.info.task_id.value === taskId,
  );
}
