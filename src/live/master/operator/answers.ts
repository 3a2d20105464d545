import { HttpError } from '../../wire/http-error.js';
import type { PlainCall } from '../../wire/operator-call.js';
import { resourceMessages } from '../../wire/resources.js';
import { type Action, isAllowed } from '../authorization/acls.js';
import type { View } from '../authorization/view.js';
import type { Master } from '../master.js';
import type { FrameworkRecord, MasterState, TaskRecord } from '../state.js';
import { isTerminal } from '../tasks/status.js';
import { taskMessage } from '../tasks/task-events.js';
import { agentMessage, frameworkMessage, MESOS_VERSION } from './descriptions.js';
import { maintenanceStatusAnswer, scheduleAnswer } from './maintenance.js';
import { metricsSnapshot } from './metrics.js';
import { quotaAnswer } from './quota.js';
import { flagTexts } from './state-report.js';
import { weightsAnswer } from './weights.js';

/** Answers by call type: the member of the Response with the same name (master.proto, Response). */
export const ANSWERS: Readonly<
  Record<Exclude<PlainCall, 'SUBSCRIBE'>, (master: Master, view: View) => object>
> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_FLAGS: ({ state }) => ({
    flags: Object.entries(flagTexts(state)).map(([name, value]) => ({ name, value })),
  }),
  GET_VERSION: () => ({ version_info: { version: MESOS_VERSION } }),
  GET_METRICS: (master) => ({
    metrics: Object.entries(metricsSnapshot(master)).map(([name, value]) => ({ name, value })),
  }),
  GET_STATE: ({ state }, view) => stateAnswer(state, view),
  GET_AGENTS: ({ state }) => agentsAnswer(state),
  GET_FRAMEWORKS: ({ state }, view) => frameworksAnswer(state, view),
  GET_EXECUTORS: () => executorsAnswer(),
  GET_TASKS: ({ state }, view) => tasksAnswer(state, view),
  GET_ROLES: ({ state }, view) => rolesAnswer(state, view),
  GET_WEIGHTS: ({ state }, view) => weightsAnswer(state, view),
  GET_MASTER: (master) => ({ master_info: master.info() }),
  GET_MAINTENANCE_STATUS: ({ state }, { principal }) => {
    requireAllowed(state, 'get_maintenance_statuses', principal);
    return maintenanceStatusAnswer(state);
  },
  GET_MAINTENANCE_SCHEDULE: ({ state }, { principal }) => {
    requireAllowed(state, 'get_maintenance_schedules', principal);
    return scheduleAnswer(state);
  },
  GET_QUOTA: ({ state }, view) => quotaAnswer(state, view),
};

function requireAllowed(state: MasterState, action: Action, principal: string | undefined): void {
  if (!isAllowed(state.acls, action, principal, undefined))
    throw new HttpError(403, `Not authorized: ${action}`);
}

/** The full state, for GET_STATE and for the first event of SUBSCRIBE. */
export function stateAnswer(state: MasterState, view: View): object {
  return {
    get_tasks: tasksAnswer(state, view),
    get_executors: executorsAnswer(),
    get_frameworks: frameworksAnswer(state, view),
    get_agents: agentsAnswer(state),
  };
}

/** Only custom executors are reported, and this master does not support them. */
function executorsAnswer(): object {
  return { executors: [] };
}

function agentsAnswer(state: MasterState): object {
  return {
    agents: [...state.agents.values()].map((agent) => agentMessage(state, agent)),
    recovered_agents: [...state.recovering].map(([id, { hostname }]) => ({ id: { value: id }, hostname })),
  };
}

function frameworksAnswer(state: MasterState, view: View): object {
  return {
    frameworks: [...state.frameworks.values()]
      .filter((framework) => view.framework(framework))
      .map((framework) => frameworkMessage(state, framework)),
    completed_frameworks: [...state.completedFrameworks.values()]
      .filter((info) => view.framework({ info }))
      .map((info) => ({
        framework_info: info,
        active: false,
        connected: false,
        recovered: false,
      })),
  };
}

function tasksAnswer(state: MasterState, view: View): object {
  const ended = state.completedTasks.filter((task) => view.task(task));
  const isUnreachable = (task: TaskRecord) => task.state === 'TASK_UNREACHABLE';
  return {
    tasks: [...state.tasks.values()].filter((task) => view.task(task)).map(taskMessage),
    unreachable_tasks: ended.filter(isUnreachable).map(taskMessage),
    completed_tasks: ended.filter((task) => !isUnreachable(task)).map(taskMessage),
  };
}

/** The roles that have a framework, a weight or quota (master.proto, Response.GetRoles). */
function rolesAnswer(state: MasterState, view: View): object {
  const byRole = new Map<string, FrameworkRecord[]>();
  for (const role of [...state.weights.keys(), ...state.quotas.keys()]) byRole.set(role, []);
  for (const framework of state.frameworks.values())
    for (const role of framework.roles) byRole.set(role, [...(byRole.get(role) ?? []), framework]);
  return {
    roles: [...byRole]
      .filter(([name]) => view.role(name))
      .map(([name, frameworks]) => ({
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
