import { FOREVER, type Micros, toSeconds } from '../../../model/index.js';
import type { Unavailability } from '../../wire/operator-call.js';
import type { InverseOfferAnswer, InverseOfferRecord } from '../operator/operator-state.js';
import type { AgentRecord, FrameworkRecord, MasterState } from '../state.js';
import { isTerminal } from '../tasks/status.js';
import { agentUrl } from './offers.js';
import { placeOf, unavailabilityOf } from './unavailability.js';

/** Sends inverse offers to frameworks that hold resources of agents under maintenance. After an answer it repeats them later. */
export function sendInverseOffers(state: MasterState): void {
  if (state.maintenance.windows.length === 0) return;
  for (const agent of state.agents.values()) {
    const unavailability = unavailabilityOf(state.maintenance.windows, placeOf(agent));
    if (unavailability === undefined || agent.stream === undefined) continue;
    for (const framework of holdersOf(state, agent)) ask(state, framework, agent, unavailability);
  }
}

/** Handles answers to inverse offers. Unknown ids are ignored: those offers were rescinded. */
export function answerInverseOffers(
  state: MasterState,
  framework: FrameworkRecord,
  ids: readonly string[],
  answer: Pick<InverseOfferAnswer, 'status'> & { readonly refuseFor: Micros },
): void {
  const { inverseOffers, answers, refusedUntil } = state.maintenance;
  const now = state.clock.now();
  for (const id of ids) {
    const offer = inverseOffers.get(id);
    if (offer === undefined || offer.frameworkId !== framework.id) continue;
    close(state, offer);
    const { frameworkId, agentId } = offer;
    const key = keyOf(frameworkId, agentId);
    answers.set(key, { frameworkId, agentId, status: answer.status, at: now });
    if (answer.refuseFor > 0)
      refusedUntil.set(key, now + Math.max(state.flags.allocationInterval, answer.refuseFor));
  }
}

/** Rescinds the inverse offers of an agent or to a framework, and drops their answers. */
export function rescindInverseOffers(
  state: MasterState,
  whose: Partial<Pick<InverseOfferRecord, 'agentId' | 'frameworkId'>>,
): void {
  const { inverseOffers, answers, refusedUntil } = state.maintenance;
  const isMeant = (offer: Pick<InverseOfferRecord, 'agentId' | 'frameworkId'>) =>
    offer.agentId === whose.agentId || offer.frameworkId === whose.frameworkId;
  for (const offer of [...inverseOffers.values()]) if (isMeant(offer)) rescind(state, offer);
  for (const [key, answer] of answers) {
    if (!isMeant(answer)) continue;
    answers.delete(key);
    refusedUntil.delete(key);
  }
}

/** REVIVE also removes the filters of inverse offers. */
export function dropInverseFilters({ maintenance }: MasterState, frameworkId: string): void {
  for (const [key, answer] of maintenance.answers)
    if (answer.frameworkId === frameworkId) maintenance.refusedUntil.delete(key);
}

/** The InverseOffer message. */
export function inverseOfferMessage(state: MasterState, offer: InverseOfferRecord): object {
  const agent = state.agents.get(offer.agentId);
  return {
    id: { value: offer.id },
    ...(agent !== undefined && { url: agentUrl(agent) }),
    framework_id: { value: offer.frameworkId },
    agent_id: { value: offer.agentId },
    unavailability: offer.unavailability,
    resources: [],
  };
}

/** The answers for an agent (allocator.proto, InverseOfferStatus). */
export function answersFor({ maintenance }: MasterState, agentId: string): readonly object[] {
  return [...maintenance.answers.values()]
    .filter((answer) => answer.agentId === agentId)
    .map(({ status, frameworkId, at }) => ({
      status,
      framework_id: { value: frameworkId },
      timestamp: { nanoseconds: toSeconds(at) * 1e9 },
    }));
}

function holdersOf(state: MasterState, agent: AgentRecord): readonly FrameworkRecord[] {
  const ids = new Set<string>();
  for (const task of state.tasks.values())
    if (task.agentId === agent.id && !isTerminal(task.state)) ids.add(task.frameworkId);
  for (const offer of state.offers.values()) if (offer.agentId === agent.id) ids.add(offer.frameworkId);
  return [...ids].flatMap((id) => state.frameworks.get(id) ?? []);
}

function ask(
  state: MasterState,
  framework: FrameworkRecord,
  agent: AgentRecord,
  unavailability: Unavailability,
): void {
  const { inverseOffers, refusedUntil } = state.maintenance;
  if (framework.stream === undefined) return;
  if ((refusedUntil.get(keyOf(framework.id, agent.id)) ?? 0) > state.clock.now()) return;
  const isAsked = [...inverseOffers.values()].some(
    ({ frameworkId, agentId }) => frameworkId === framework.id && agentId === agent.id,
  );
  if (isAsked) return;
  const { offerTimeout } = state.flags;
  const offer: InverseOfferRecord = {
    id: `${state.id}-O${state.next.offer++}`,
    frameworkId: framework.id,
    agentId: agent.id,
    unavailability,
    cancelTimeout:
      offerTimeout === FOREVER
        ? () => undefined
        : state.clock.after(offerTimeout, () => rescind(state, offer)),
  };
  inverseOffers.set(offer.id, offer);
  framework.stream.send({
    type: 'INVERSE_OFFERS',
    inverse_offers: { inverse_offers: [inverseOfferMessage(state, offer)] },
  });
}

function rescind(state: MasterState, offer: InverseOfferRecord): void {
  close(state, offer);
  state.frameworks.get(offer.frameworkId)?.stream?.send({
    type: 'RESCIND_INVERSE_OFFER',
    rescind_inverse_offer: { inverse_offer_id: { value: offer.id } },
  });
}

function close({ maintenance }: MasterState, offer: InverseOfferRecord): void {
  offer.cancelTimeout();
  maintenance.inverseOffers.delete(offer.id);
}

function keyOf(frameworkId: string, agentId: string): string {
  return `${frameworkId} ${agentId}`;
}
