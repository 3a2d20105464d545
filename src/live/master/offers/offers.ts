import { FOREVER } from '../../../model/index.js';
import type { MadeOffer } from '../../allocation/allocator-host.js';
import { resourceMessages } from '../../wire/resources.js';
import type { AgentRecord, MasterState, OfferRecord } from '../state.js';
import { placeOf, unavailabilityOf } from './unavailability.js';

/** Changes something that the allocator looks at, at the time it is, and sends what is offered because of it. */
export function withAllocation(state: MasterState, change: () => void): void {
  state.host.now = state.clock.now();
  change();
  sendOffers(state);
}

/** Sends each framework what the allocator has decided since the last time: one offer per agent and role. */
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
  const { offerTimeout } = state.flags;
  const offer: OfferRecord = {
    id,
    frameworkId: framework,
    role,
    agentId: agent,
    parcels,
    cancelTimeout:
      offerTimeout === FOREVER
        ? () => undefined
        : state.clock.after(offerTimeout, () => withAllocation(state, () => rescind(state, offer))),
  };
  state.offers.set(id, offer);
  return offer;
}

/** An offer as a framework reads it (v1 mesos.proto, Offer). */
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

/** Where an agent can be reached. */
export function agentUrl({ hostname, address: { ip, port } }: AgentRecord): object {
  return { scheme: 'http', address: { hostname, ip, port }, path: '/agent', query: [] };
}

/** An offer is used, declined or taken back: it can be used no more. What it held stays held. */
export function closeOffer(state: MasterState, offer: OfferRecord): void {
  offer.cancelTimeout();
  state.offers.delete(offer.id);
}

/** Gives back all that an offer held, without a filter. */
export function returnOffer(state: MasterState, offer: OfferRecord): void {
  closeOffer(state, offer);
  state.host.recover(offer.frameworkId, offer.role, offer.agentId, offer.parcels, undefined);
}

/** Takes an offer back and tells the framework. */
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
