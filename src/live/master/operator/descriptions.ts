import { toSeconds } from '../../../model/index.js';
import { resourceMessages } from '../../wire/resources.js';
import { inverseOfferMessage } from '../offers/inverse-offers.js';
import { offerMessage } from '../offers/offers.js';
import type { AgentRecord, FrameworkRecord, MasterState } from '../state.js';
import { isTerminal } from '../tasks/status.js';
import type { Deactivation } from './operator-state.js';

/** Version of the protocol, not of this program: clients check it. */
export const MESOS_VERSION = '1.11.0';

/** An agent as the operator API describes it (master.proto, Response.GetAgents.Agent). */
export function agentMessage(state: MasterState, agent: AgentRecord): object {
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
    active: stream !== undefined && !state.deactivated.has(id),
    version: MESOS_VERSION,
    registered_time: { nanoseconds: toSeconds(registered) * 1e9 },
    total_resources: resourceMessages(state.host.totalOf(id)),
    allocated_resources: tasks.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
    offered_resources: offered.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
    ...deactivationMembers(state.deactivated.get(id)),
  };
}

/** A framework as the operator API describes it (master.proto, Response.GetFrameworks.Framework). */
export function frameworkMessage(state: MasterState, framework: FrameworkRecord): object {
  const { id, info, stream, registered } = framework;
  const offers = [...state.offers.values()].filter(({ frameworkId }) => frameworkId === id);
  const tasks = [...state.tasks.values()].filter(
    (task) => task.frameworkId === id && !isTerminal(task.state),
  );
  const isConnected = stream !== undefined;
  return {
    framework_info: { ...info, id: { value: id } },
    active: isConnected,
    connected: isConnected,
    recovered: false,
    registered_time: { nanoseconds: toSeconds(registered) * 1e9 },
    offers: offers.map((offer) => offerMessage(state, offer)),
    inverse_offers: [...state.maintenance.inverseOffers.values()]
      .filter(({ frameworkId }) => frameworkId === id)
      .map((offer) => inverseOfferMessage(state, offer)),
    allocated_resources: tasks.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
    offered_resources: offers.flatMap(({ parcels, role }) => resourceMessages(parcels, role)),
  };
}

function deactivationMembers(deactivation: Deactivation | undefined): object {
  if (deactivation === undefined) return { deactivated: false };
  if (deactivation.kind === 'deactivated') return { deactivated: true };
  const { kind, maxGraceNanoseconds, markGone } = deactivation;
  return {
    deactivated: true,
    drain_info: {
      state: kind === 'draining' ? 'DRAINING' : 'DRAINED',
      config: {
        ...(maxGraceNanoseconds !== undefined && { max_grace_period: { nanoseconds: maxGraceNanoseconds } }),
        mark_gone: markGone,
      },
    },
  };
}
