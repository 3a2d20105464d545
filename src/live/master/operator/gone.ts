import { toSeconds } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import { dismissAgent } from '../agents/agent-removal.js';
import type { AdmittedAgent, MasterState } from '../state.js';
import { type MasterVerdict, tell } from '../tasks/status.js';

const VERDICT: MasterVerdict = {
  state: 'TASK_GONE_BY_OPERATOR',
  reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
  message: 'Agent has been marked gone',
};

/**
 * MARK_AGENT_GONE: the operator declares that an agent never returns. Its tasks are gone, and it cannot reregister
 * (Mesos, Master::markGone).
 * @throws HttpError 404 when the agent is unknown.
 */
export async function markAgentGone(state: MasterState, agentId: string): Promise<void> {
  if (state.gone.has(agentId)) return;
  const known: { readonly hostname: string } | undefined =
    state.agents.get(agentId) ?? state.recovering.get(agentId) ?? state.unreachable.get(agentId);
  if (known === undefined) throw new HttpError(404, `Unknown agent ${agentId}`);
  const record: AdmittedAgent = {
    hostname: known.hostname,
    state: 'gone',
    since: toSeconds(state.clock.now()),
  };
  await state.store.put(`agent/${agentId}`, record);
  await state.store.remove(`deactivated/${agentId}`);
  const wasUnreachable = state.unreachable.delete(agentId);
  state.gone.set(agentId, record);
  state.recovering.delete(agentId);
  state.deactivated.delete(agentId);
  const agent = state.agents.get(agentId);
  if (agent !== undefined) dismissAgent(state, agent, VERDICT);
  else if (wasUnreachable) tellOfUnreachable(state, agentId);
}

/** Marks the unreachable tasks of the agent as gone, so that frameworks stop waiting for them. */
function tellOfUnreachable(state: MasterState, agentId: string): void {
  for (const task of state.completedTasks) {
    if (task.agentId !== agentId || task.state !== 'TASK_UNREACHABLE') continue;
    task.state = VERDICT.state;
    const framework = state.frameworks.get(task.frameworkId);
    if (framework !== undefined)
      tell(state, framework, { taskId: task.info.task_id.value, agentId }, VERDICT);
  }
}
