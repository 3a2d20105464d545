import { fromSeconds, type Micros, toSeconds } from '../../../model/index.js';
import { every } from '../../clock.js';
import type { EventStream } from '../../event-stream.js';
import { rescindInverseOffers } from '../offers/inverse-offers.js';
import { offersOf, rescind, withAllocation } from '../offers/offers.js';
import { type AdmittedAgent, type AgentRecord, inBackground, type MasterState } from '../state.js';
import { endByMaster } from '../tasks/status.js';
import { takeOutAgent } from './agent-removal.js';

/** Retry interval after a failed write, for example on a full disk. A proposal: Mesos's master exits instead. */
export const STORE_RETRY: Micros = fromSeconds(5);

/** Pings an agent periodically (Mesos: --agent_ping_timeout, --max_agent_ping_timeouts). */
export function startPinging(state: MasterState, agent: AgentRecord): void {
  agent.cancelTimer = every(state.clock, state.flags.agentPingTimeout, () => ping(state, agent));
}

function ping(state: MasterState, agent: AgentRecord): void {
  if (agent.missedPings >= state.flags.maxAgentPingTimeouts) {
    inBackground(state, markUnreachable(state, agent, 'health check timed out'));
    return;
  }
  agent.missedPings++;
  agent.stream?.send({ type: 'PING' });
}

/** Handles a PONG. */
export function pongArrived(agent: AgentRecord): void {
  agent.missedPings = 0;
}

/** Handles a lost agent connection: its offers stop, and it has a timeout to reconnect. */
export function agentDisconnected(state: MasterState, agent: AgentRecord, stream: EventStream): void {
  if (agent.stream !== stream) return;
  agent.stream = undefined;
  agent.cancelTimer();
  agent.cancelTimer = state.clock.after(state.flags.agentReregisterTimeout, () => {
    inBackground(state, markUnreachable(state, agent, 'agent did not re-register in time'));
  });
  rescindInverseOffers(state, { agentId: agent.id });
  withAllocation(state, () => {
    state.host.setAgentActive(agent.id, false);
    for (const offer of offersOf(state, { agentId: agent.id })) rescind(state, offer);
    for (const task of [...state.tasks.values()])
      if (task.agentId === agent.id && state.frameworks.get(task.frameworkId)?.info.checkpoint !== true)
        endByMaster(state, task, {
          state: 'TASK_LOST',
          reason: 'REASON_AGENT_DISCONNECTED',
          message: 'Agent disconnected, and the framework has checkpointing disabled',
        });
  });
}

/** Marks an agent unreachable: first in the store, then in the state, then for its frameworks (Mesos, Master::markUnreachable). */
async function markUnreachable(state: MasterState, agent: AgentRecord, why: string): Promise<void> {
  agent.cancelTimer();
  state.counters.add('slave_unreachable_scheduled');
  const since = toSeconds(state.clock.now());
  const record = { hostname: agent.hostname, state: 'unreachable' as const, since };
  try {
    await state.store.put(`agent/${agent.id}`, record);
  } catch (error) {
    agent.cancelTimer = state.clock.after(STORE_RETRY, () => {
      inBackground(state, markUnreachable(state, agent, why));
    });
    throw error;
  }
  if (state.gone.has(agent.id)) return;
  if (state.agents.get(agent.id) !== agent) {
    // It reconnected during the write.
    await state.store.put(`agent/${agent.id}`, { hostname: agent.hostname, state: 'admitted' });
    state.counters.add('slave_unreachable_canceled');
    return;
  }
  state.counters.add('slave_unreachable_completed');
  state.unreachable.set(agent.id, record);
  takeOutAgent(state, agent, {
    state: 'TASK_UNREACHABLE',
    reason: 'REASON_AGENT_REMOVED',
    message: `Agent ${agent.hostname} is unreachable: ${why}`,
  });
  agent.stream?.close();
}

/** An agent from before a master restart did not reregister in time. */
export async function markUnreachableById(
  state: MasterState,
  id: string,
  { hostname }: AdmittedAgent,
): Promise<void> {
  const record = { hostname, state: 'unreachable' as const, since: toSeconds(state.clock.now()) };
  await state.store.put(`agent/${id}`, record);
  if (!state.recovering.delete(id)) {
    await state.store.put(`agent/${id}`, { hostname, state: 'admitted' });
    return;
  }
  state.unreachable.set(id, record);
}
