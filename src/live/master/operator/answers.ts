import type { PlainCall } from '../../wire/operator-call.js';
import { resourceMessages } from '../../wire/resources.js';
import { agentMessage, frameworkMessage, MESOS_VERSION, taskMessage } from '../descriptions.js';
import type { Master } from '../master.js';
import { metricsSnapshot } from '../metrics.js';
import type { FrameworkRecord, MasterState, TaskRecord } from '../state.js';
import { flagTexts } from '../state-report.js';
import { isTerminal } from '../status.js';
import { maintenanceStatusAnswer, scheduleAnswer } from './maintenance.js';
import { quotaAnswer } from './quota.js';
import { weightsAnswer } from './weights.js';

/** What the master answers to each question: the member of the answer that bears its name (master.proto, Response). */
export const ANSWERS: Readonly<Record<Exclude<PlainCall, 'SUBSCRIBE'>, (master: Master) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_FLAGS: ({ state }) => ({
    flags: Object.entries(flagTexts(state)).map(([name, value]) => ({ name, value })),
  }),
  GET_VERSION: () => ({ version_info: { version: MESOS_VERSION } }),
  GET_METRICS: (master) => ({
    metrics: Object.entries(metricsSnapshot(master)).map(([name, value]) => ({ name, value })),
  }),
  GET_STATE: ({ state }) => stateAnswer(state),
  GET_AGENTS: ({ state }) => agentsAnswer(state),
  GET_FRAMEWORKS: ({ state }) => frameworksAnswer(state),
  GET_EXECUTORS: () => executorsAnswer(),
  GET_TASKS: ({ state }) => tasksAnswer(state),
  GET_ROLES: ({ state }) => rolesAnswer(state),
  GET_WEIGHTS: ({ state }) => weightsAnswer(state),
  GET_MASTER: (master) => ({ master_info: master.info() }),
  GET_MAINTENANCE_STATUS: ({ state }) => maintenanceStatusAnswer(state),
  GET_MAINTENANCE_SCHEDULE: ({ state }) => scheduleAnswer(state),
  GET_QUOTA: ({ state }) => quotaAnswer(state),
};

/** All that the master knows, as GET_STATE and the first event of SUBSCRIBE tell it. */
export function stateAnswer(state: MasterState): object {
  return {
    get_tasks: tasksAnswer(state),
    get_executors: executorsAnswer(),
    get_frameworks: frameworksAnswer(state),
    get_agents: agentsAnswer(state),
  };
}

/** Only custom executors are reported, and they are not run here. */
function executorsAnswer(): object {
  return { executors: [] };
}

function agentsAnswer(state: MasterState): object {
  return {
    agents: [...state.agents.values()].map((agent) => agentMessage(state, agent)),
    recovered_agents: [...state.recovering].map(([id, { hostname }]) => ({ id: { value: id }, hostname })),
  };
}

function frameworksAnswer(state: MasterState): object {
  return {
    frameworks: [...state.frameworks.values()].map((framework) => frameworkMessage(state, framework)),
    completed_frameworks: [...state.completedFrameworks.values()].map((info) => ({
      framework_info: info,
      active: false,
      connected: false,
      recovered: false,
    })),
  };
}

function tasksAnswer(state: MasterState): object {
  const ended = state.completedTasks;
  const isUnreachable = (task: TaskRecord) => task.state === 'TASK_UNREACHABLE';
  return {
    tasks: [...state.tasks.values()].map(taskMessage),
    unreachable_tasks: ended.filter(isUnreachable).map(taskMessage),
    completed_tasks: ended.filter((task) => !isUnreachable(task)).map(taskMessage),
  };
}

/** The roles that have a framework, a weight or quota (master.proto, Response.GetRoles). */
function rolesAnswer(state: MasterState): object {
  const byRole = new Map<string, FrameworkRecord[]>();
  for (const role of [...state.weights.keys(), ...state.quotas.keys()]) byRole.set(role, []);
  for (const framework of state.frameworks.values())
    for (const role of framework.roles) byRole.set(role, [...(byRole.get(role) ?? []), framework]);
  return {
    roles: [...byRole].map(([name, frameworks]) => ({
      name,
      weight: state.weights.get(name) ?? 1,
      frameworks: frameworks.map(({ id }) => ({ value: id })),
      resources: heldInRole(state, name),
    })),
  };
}

function heldInRole(state: MasterState, name: string): readonly object[] {
  const tasks = [...state.tasks.values()].filter((task) => !isTerminal(task.state));
  return [...state.offers.values(), ...tasks]
    .filter(({ role }) => role === name)
    .flatMap(({ parcels }) => resourceMessages(parcels, name));
}
