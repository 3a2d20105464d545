import { rescindInverseOffers } from '../offers/inverse-offers.js';
import { offersOf, rescind, withAllocation } from '../offers/offers.js';
import type { AgentRecord, MasterState } from '../state.js';
import { endByMaster, type MasterVerdict } from '../tasks/status.js';

/** Removes an agent and its tasks from the state and informs its frameworks. The caller closes the stream. */
export function takeOutAgent(state: MasterState, agent: AgentRecord, verdict: MasterVerdict): void {
  agent.cancelTimer();
  rescindInverseOffers(state, { agentId: agent.id });
  withAllocation(state, () => {
    for (const offer of offersOf(state, { agentId: agent.id })) rescind(state, offer);
    for (const task of [...state.tasks.values()])
      if (task.agentId === agent.id) endByMaster(state, task, verdict);
    state.host.removeAgent(agent.id);
    state.agents.delete(agent.id);
  });
  state.subscribers.publish(
    () => ({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: agent.id } } }),
    () => true,
  );
}

/** Removes an agent permanently: it must kill its tasks and is disconnected (Mesos: ShutdownMessage). */
export function dismissAgent(state: MasterState, agent: AgentRecord, verdict: MasterVerdict): void {
  const { stream } = agent;
  const frameworks = new Set(
    [...state.tasks.values()]
      .filter(({ agentId }) => agentId === agent.id)
      .map(({ frameworkId }) => frameworkId),
  );
  takeOutAgent(state, agent, verdict);
  for (const framework_id of frameworks) stream?.send({ type: 'SHUTDOWN_FRAMEWORK', framework_id });
  agent.stream = undefined;
  stream?.close();
}
