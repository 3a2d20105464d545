import type { OfferNumber } from '../../../policies/hosting/open-offers.js';
import type { MadeOffer } from '../../allocation/allocator-host.js';
import { resourceMessages } from '../../wire/resources.js';
import { keepMemory } from '../allocator-memory.js';
import type { AgentRecord, MasterState, OfferRecord } from '../state.js';
import { placeOf, unavailabilityOf } from './unavailability.js';

/** Applies a change to the allocator at the current time and sends the resulting offers. */
export function withAllocation(state: MasterState, change: () => void): void {
  state.host.now = state.clock.now();
  change();
  sendOffers(state);
  rescindTakenBack(state);
  keepMemory(state);
}

/** Rescinds the offers that the allocator has taken back. Without an interval, that is followed by an allocation. */
function rescindTakenBack(state: MasterState): void {
  const takenBack = state.host.collectRescinded();
  if (takenBack.length === 0) return;
  for (const { framework, role, agent } of takenBack)
    for (const offer of offersOf(state, { agentId: agent }))
      if (offer.frameworkId === framework && offer.role === role) rescind(state, offer);
  sendOffers(state);
}

/** Sends the new offers of the allocator: one per framework, agent and role. */
function sendOffers(state: MasterState): void {
  const byFramework = new Map<string, MadeOffer[]>();
  for (const offer of state.host.collectOffers()) {
    const made = byFramework.get(offer.framework);
    if (made === undefined) byFramework.set(offer.framework, [offer]);
    else made.push(offer);
  }
  for (const [frameworkId, made] of byFramework) {
    const offers = made.map((offer) => recordOffer(state, offer));
    state.counters.add('offers_sent', offers.length);
    state.frameworks.get(frameworkId)?.stream?.send({
      type: 'OFFERS',
      offers: { offers: offers.map((offer) => offerMessage(state, offer)) },
    });
  }
}

function recordOffer(state: MasterState, { framework, role, agent, parcels }: MadeOffer): OfferRecord {
  const id = `${state.id}-O${state.next.offer++}`;
  const number = state.host.offerOpened(framework, role, agent);
  const offer: OfferRecord = { id, number, frameworkId: framework, role, agentId: agent, parcels };
  state.offers.set(id, offer);
  return offer;
}

/** The Offer message (v1 mesos.proto). */
export function offerMessage(
  state: MasterState,
  { id, frameworkId, role, agentId, parcels }: OfferRecord,
): object {
  const agent = state.agents.get(agentId) as AgentRecord;
  const unavailability = unavailabilityOf(state.maintenance.windows, placeOf(agent));
  return {
    id: { value: id },
    framework_id: { value: frameworkId },
    agent_id: { value: agentId },
    hostname: agent.hostname,
    url: agentUrl(agent),
    allocation_info: { role },
    resources: resourceMessages(parcels, role),
    attributes: agent.attributes,
    executor_ids: [],
    ...(unavailability !== undefined && { unavailability }),
  };
}

/** The URL of an agent. */
export function agentUrl({ hostname, address: { ip, port } }: AgentRecord): object {
  return { scheme: 'http', address: { hostname, ip, port }, path: '/agent', query: [] };
}

/** Closes an offer after use, decline or rescind. Its resources stay held. */
export function closeOffer(state: MasterState, offer: OfferRecord): void {
  state.host.offerClosed(offer.number);
  state.offers.delete(offer.id);
}

/** Returns all resources of an offer without a filter. */
export function returnOffer(state: MasterState, offer: OfferRecord): void {
  closeOffer(state, offer);
  state.host.recover(offer.frameworkId, offer.role, offer.agentId, offer.parcels, undefined);
}

/** Rescinds an offer that was not answered in time. */
export function rescindOverdue(state: MasterState, number: OfferNumber): void {
  for (const offer of state.offers.values())
    if (offer.number === number) {
      rescind(state, offer);
      return;
    }
}

/** Rescinds an offer. */
export function rescind(state: MasterState, offer: OfferRecord): void {
  returnOffer(state, offer);
  state.counters.add('offers_rescinded');
  state.frameworks
    .get(offer.frameworkId)
    ?.stream?.send({ type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
}

/** The outstanding offers of an agent, or of a framework. */
export function offersOf(
  state: MasterState,
  whose: Partial<Pick<OfferRecord, 'agentId' | 'frameworkId'>>,
): readonly OfferRecord[] {
  return [...state.offers.values()].filter(
    ({ agentId, frameworkId }) => agentId === whose.agentId || frameworkId === whose.frameworkId,
  );
}
