import { toSeconds } from '../../model/index.js';
import { readMessage } from '../http/request-body.js';
import { type Exchange, sendJson } from '../http/server.js';
import { HttpError } from '../wire/http-error.js';
import { resourceMessages } from '../wire/resources.js';
import type { Master } from './master.js';
import { metricsSnapshot } from './metrics.js';
import type { AgentRecord, FrameworkRecord, MasterState, TaskRecord } from './state.js';
import { flagTexts, MESOS_VERSION } from './state-report.js';
import { isTerminal } from './status.js';

/** What can be asked of POST /api/v1, and the member that answers (v1 master.proto, Response). */
const ANSWERS: Readonly<Record<string, (master: Master) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_FLAGS: ({ state }) => ({
    flags: Object.entries(flagTexts(state)).map(([name, value]) => ({ name, value })),
  }),
  GET_VERSION: () => ({ version_info: { version: MESOS_VERSION } }),
  GET_METRICS: (master) => ({
    metrics: Object.entries(metricsSnapshot(master)).map(([name, value]) => ({ name, value })),
  }),
  GET_STATE: ({ state }) => ({
    get_tasks: tasksAnswer(state),
    get_executors: {},
    get_frameworks: frameworksAnswer(state),
    get_agents: agentsAnswer(state),
  }),
  GET_AGENTS: ({ state }) => agentsAnswer(state),
  GET_FRAMEWORKS: ({ state }) => frameworksAnswer(state),
  GET_TASKS: ({ state }) => tasksAnswer(state),
  GET_ROLES: ({ state }) => rolesAnswer(state),
  GET_MASTER: (master) => ({ master_info: master.info() }),
};

/** Answers one call of the operator API. @throws HttpError */
export async function operatorEndpoint(master: Master, { request, response }: Exchange): Promise<void> {
  const message = (await readMessage(request)) as { readonly type?: unknown } | undefined;
  const type = message?.type;
  if (typeof type !== 'string')
    throw new HttpError(400, "Failed to validate master::Call: Expecting 'type' to be present");
  if (!Object.hasOwn(ANSWERS, type)) throw new HttpError(501, `${type.slice(0, 60)} is not implemented`);
  const answer = ANSWERS[type] as (master: Master) => object;
  sendJson(response, { type, [type.toLowerCase()]: answer(master) });
}

function agentsAnswer(state: MasterState): object {
  return {
    agents: [...state.agents.values()].map((agent) => agentAnswer(state, agent)),
    recovered_agents: [...state.recovering].map(([id, { hostname }]) => ({ id: { value: id }, hostname })),
  };
}

function agentAnswer(state: MasterState, agent: AgentRecord): object {
  const { id, hostname, address, attributes, stream, registered } = agent;
  const offered = [...state.offers.values()].filter(({ agentId }) => agentId === id);
  const tasks = [...state.tasks.values()].filter((task) => task.agentId === id && !isTerminal(task.state));
  return {
    agent_info: {
      id: { value: id },
      hostname,
      port: address.port,
      attributes,
      resources: resourceMessages(state.host.totalOf(id)),
    },
    active: stream !== undefined,
    version: MESOS_VERSION,
    registered_time: { nanoseconds: toSeconds(registered) * 1e9 },
    total_resources: resourceMessages(state.host.totalOf(id)),
    allocated_resources: tasks.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
    offered_resources: offered.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
  };
}

function frameworksAnswer(state: MasterState): object {
  return {
    frameworks: [...state.frameworks.values()].map((framework) => frameworkAnswer(state, framework)),
    completed_frameworks: [...state.completedFrameworks.values()].map((info) => ({ framework_info: info })),
  };
}

function frameworkAnswer(state: MasterState, framework: FrameworkRecord): object {
  const { id, info, stream, registered } = framework;
  const offers = [...state.offers.values()].filter(({ frameworkId }) => frameworkId === id);
  const isConnected = stream !== undefined;
  return {
    framework_info: { ...info, id: { value: id } },
    active: isConnected,
    connected: isConnected,
    recovered: false,
    registered_time: { nanoseconds: toSeconds(registered) * 1e9 },
    offered_resources: offers.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
  };
}

function tasksAnswer(state: MasterState): object {
  return {
    tasks: [...state.tasks.values()].map(taskAnswer),
    completed_tasks: state.completedTasks.map(taskAnswer),
  };
}

function taskAnswer({ frameworkId, agentId, role, info, parcels, state }: TaskRecord): object {
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    state,
    resources: resourceMessages(parcels, role),
  };
}

function rolesAnswer(state: MasterState): object {
  const byRole = new Map<string, FrameworkRecord[]>();
  for (const framework of state.frameworks.values())
    for (const role of framework.roles) byRole.set(role, [...(byRole.get(role) ?? []), framework]);
  return {
    roles: [...byRole].map(([name, frameworks]) => ({
      name,
      weight: 1,
      frameworks: frameworks.map(({ id }) => ({ value: id })),
      resources: [
        ...state.offers.values(),
        ...[...state.tasks.values()].filter((task) => !isTerminal(task.state)),
      ]
        .filter(({ role }) => role === name)
        .flatMap(({ parcels }) => resourceMessages(parcels, name)),
    })),
  };
}
