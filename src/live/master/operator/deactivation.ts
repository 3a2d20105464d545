import { keptEntries } from '../../store.js';
import { HttpError } from '../../wire/http-error.js';
import type { OperatorMembers } from '../../wire/operator-call.js';
import { sendKill } from '../agents/agent-kill.js';
import { offersOf, rescind, withAllocation } from '../offers/offers.js';
import { type AgentRecord, inBackground, type MasterState, type TaskRecord } from '../state.js';
import { isTerminal } from '../tasks/status.js';
import { markAgentGone } from './gone.js';
import { type Deactivation, type Draining, deactivationSchema } from './operator-state.js';

const NANOSECONDS_PER_SECOND = 1e9;
const PREFIX = 'deactivated/';

/** Recovers deactivated agents from the store. */
export async function recoverDeactivations(state: MasterState): Promise<void> {
  for (const [agentId, deactivation] of await keptEntries(state.store, PREFIX, deactivationSchema))
    state.deactivated.set(agentId, deactivation);
}

/** DEACTIVATE_AGENT: stops offers of the agent; its tasks keep running. @throws HttpError 400 */
export async function deactivateAgent(state: MasterState, agentId: string): Promise<void> {
  requireAgent(state, agentId);
  if (!state.deactivated.has(agentId)) await put(state, agentId, { kind: 'deactivated' });
  stopOffering(state, agentId);
}

/** REACTIVATE_AGENT: the agent is offered again, unless it is still being drained. @throws HttpError 400 */
export async function reactivateAgent(state: MasterState, agentId: string): Promise<void> {
  requireAgent(state, agentId);
  if (state.deactivated.get(agentId)?.kind === 'draining')
    throw new HttpError(400, `Agent ${agentId} is still in the DRAINING state`);
  await state.store.remove(`${PREFIX}${agentId}`);
  state.deactivated.delete(agentId);
  const agent = state.agents.get(agentId);
  if (agent?.stream === undefined) return;
  withAllocation(state, () => {
    state.host.setAgentActive(agentId, true);
    state.host.allocateAgent(agentId);
  });
}

/** DRAIN_AGENT: kills its tasks with their grace periods. The agent is drained when the last task has ended. @throws HttpError 400 */
export async function drainAgent(
  state: MasterState,
  { agent_id: { value: agentId }, max_grace_period, mark_gone = false }: OperatorMembers['drain_agent'],
): Promise<void> {
  requireAgent(state, agentId);
  if (max_grace_period !== undefined && !(max_grace_period.nanoseconds >= 0))
    throw new HttpError(400, 'Invalid max_grace_period: it must not be negative');
  await put(state, agentId, {
    kind: 'draining',
    ...(max_grace_period !== undefined && { maxGraceNanoseconds: max_grace_period.nanoseconds }),
    markGone: mark_gone,
  });
  stopOffering(state, agentId);
  const agent = state.agents.get(agentId);
  if (agent !== undefined) drainTasks(state, agent);
}

/** Kills the tasks of a draining agent, also after a reconnect. */
export function drainTasks(state: MasterState, agent: AgentRecord): void {
  const deactivation = state.deactivated.get(agent.id);
  if (deactivation === undefined || deactivation.kind !== 'draining') return;
  const { maxGraceNanoseconds } = deactivation;
  for (const task of state.tasks.values()) {
    if (task.agentId !== agent.id || isTerminal(task.state)) continue;
    sendKill(agent, task.frameworkId, task.info.task_id.value, graceSeconds(task, maxGraceNanoseconds));
  }
}

/** Marks draining agents as drained when their last task has ended and is acknowledged. */
export function finishDraining(state: MasterState): void {
  for (const [agentId, deactivation] of state.deactivated)
    if (deactivation.kind === 'draining' && isEmpty(state, agentId)) drained(state, agentId, deactivation);
}

function isEmpty(state: MasterState, agentId: string): boolean {
  if (state.agents.get(agentId)?.stream === undefined) return false;
  return ![...state.tasks.values()].some((task) => task.agentId === agentId);
}

function drained(state: MasterState, agentId: string, { maxGraceNanoseconds, markGone }: Draining): void {
  const now: Draining = {
    kind: 'drained',
    ...(maxGraceNanoseconds !== undefined && { maxGraceNanoseconds }),
    markGone,
  };
  // Set immediately, so that it is found only once. After a crash before the write, the new master finds the agent empty again.
  state.deactivated.set(agentId, now);
  const write = async () => {
    await put(state, agentId, now);
    if (markGone) await markAgentGone(state, agentId);
  };
  inBackground(state, state.registrar.take(write));
}

function requireAgent(state: MasterState, agentId: string): void {
  const isKnown =
    state.agents.has(agentId) || state.recovering.has(agentId) || state.unreachable.has(agentId);
  if (!isKnown) throw new HttpError(400, 'Unknown agent');
}

async function put(state: MasterState, agentId: string, deactivation: Deactivation): Promise<void> {
  await state.store.put(`${PREFIX}${agentId}`, deactivation);
  state.deactivated.set(agentId, deactivation);
}

function stopOffering(state: MasterState, agentId: string): void {
  if (!state.agents.has(agentId)) return;
  withAllocation(state, () => {
    state.host.setAgentActive(agentId, false);
    for (const offer of offersOf(state, { agentId })) rescind(state, offer);
  });
}

function graceSeconds({ info }: TaskRecord, most: number | undefined): number | undefined {
  const own = info.kill_policy?.grace_period?.nanoseconds;
  const nanoseconds = own === undefined || most === undefined ? (own ?? most) : Math.min(own, most);
  return nanoseconds === undefined ? undefined : nanoseconds / NANOSECONDS_PER_SECOND;
}
