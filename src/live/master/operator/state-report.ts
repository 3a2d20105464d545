import { type Parcels, parcelsPlus, resourceKind, toSeconds } from '../../../model/index.js';
import { LEDGER_NAMES } from '../../wire/resources.js';
import type { View } from '../authorization/view.js';
import type { Master } from '../master.js';
import type { AgentRecord, FrameworkRecord, MasterState, TaskRecord } from '../state.js';
import { isTerminal } from '../tasks/status.js';
import { MESOS_VERSION } from './descriptions.js';

/** The answer to `/state`, with Mesos's names (src/master/readonly_handler.cpp). */
export function stateReport(master: Master, view: View): object {
  const { state } = master;
  const agents = [...state.agents.values()];
  return {
    version: MESOS_VERSION,
    start_time: toSeconds(state.started),
    elected_time: toSeconds(state.started),
    id: state.id,
    pid: `master@127.0.0.1:${master.port}`,
    hostname: 'localhost',
    capabilities: [],
    activated_slaves: agents.filter(({ stream }) => stream !== undefined).length,
    deactivated_slaves: agents.filter(({ stream }) => stream === undefined).length,
    unreachable_slaves: state.unreachable.size,
    leader_info: master.info(),
    flags: flagTexts(state),
    // Not in Mesos.
    policy: { name: state.policy.name, digest: state.policy.digest },
    slaves: agents.map((agent) => agentReport(state, agent)),
    recovered_slaves: [...state.recovering].map(([id, { hostname }]) => ({ id, hostname })),
    frameworks: [...state.frameworks.values()]
      .filter((framework) => view.framework(framework))
      .map((framework) => frameworkReport(state, framework, view)),
    completed_frameworks: [...state.completedFrameworks]
      .filter(([, info]) => view.framework({ info }))
      .map(([id, { name }]) => ({ id, name })),
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

/** The flags as text, in the Mesos format. */
export function flagTexts({ flags }: MasterState): Record<string, string> {
  const seconds = (time: number) => (Number.isFinite(time) ? `${toSeconds(time)}secs` : 'never');
  return {
    allocation_interval: seconds(flags.allocationInterval),
    offer_timeout: seconds(flags.offerTimeout),
    agent_ping_timeout: seconds(flags.agentPingTimeout),
    max_agent_ping_timeouts: String(flags.maxAgentPingTimeouts),
    agent_reregister_timeout: seconds(flags.agentReregisterTimeout),
    heartbeat_interval: seconds(flags.heartbeatInterval),
  };
}

function agentReport(state: MasterState, agent: AgentRecord): object {
  const tasks = [...state.tasks.values()].filter(
    ({ agentId, state: taskState }) => agentId === agent.id && !isTerminal(taskState),
  );
  const offered = [...state.offers.values()].filter(({ agentId }) => agentId === agent.id);
  return {
    id: agent.id,
    hostname: agent.hostname,
    port: agent.address.port,
    pid: `slave(1)@${agent.address.ip}:${agent.address.port}`,
    active: agent.stream !== undefined,
    registered_time: toSeconds(agent.registered),
    attributes: agent.attributes,
    resources: resourceReport(state.host.totalOf(agent.id)),
    used_resources: resourceReport(sum(tasks)),
    offered_resources: resourceReport(sum(offered)),
  };
}

function frameworkReport(state: MasterState, framework: FrameworkRecord, view: View): object {
  const { id, info, roles, capabilities, stream } = framework;
  const live = [...state.tasks.values()].filter(({ frameworkId }) => frameworkId === id);
  const ended = state.completedTasks.filter(({ frameworkId }) => frameworkId === id);
  const offered = [...state.offers.values()].filter(({ frameworkId }) => frameworkId === id);
  return {
    id,
    name: info.name,
    user: info.user,
    principal: framework.principal,
    roles,
    capabilities: [...capabilities],
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    active: stream !== undefined,
    connected: stream !== undefined,
    registered_time: toSeconds(framework.registered),
    used_resources: resourceReport(sum(live.filter((task) => !isTerminal(task.state)))),
    offered_resources: resourceReport(sum(offered)),
    tasks: live.filter((task) => view.task(task)).map(taskReport),
    completed_tasks: ended.filter((task) => view.task(task)).map(taskReport),
  };
}

function taskReport({ frameworkId, agentId, role, info, parcels, state }: TaskRecord): object {
  return {
    id: info.task_id.value,
    name: info.name,
    framework_id: frameworkId,
    slave_id: agentId,
    role,
    state,
    resources: resourceReport(parcels),
  };
}

function sum(records: readonly { readonly parcels: Parcels }[]): Parcels {
  return records.reduce<Parcels>((total, { parcels }) => parcelsPlus(total, parcels), []);
}

/** Resources in the format of `/state`: scalars as numbers by name, ranges as text. The standard names are always present. */
export function resourceReport(parcels: Parcels): Record<string, number | string> {
  const report: Record<string, number | string> = { cpus: 0, gpus: 0, mem: 0, disk: 0 };
  for (const { dimension, amount, form, ranges } of parcels) {
    const name = LEDGER_NAMES[dimension] as string;
    if (form === 'ranges') report[name] = `[${ranges.map(([begin, end]) => `${begin}-${end}`).join(', ')}]`;
    else report[name] = Number(report[name] ?? 0) + amount / (resourceKind(name)?.quantaPerUnit ?? 1);
  }
  return report;
}
