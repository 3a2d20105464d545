import { ownerOf, type Parcels, parcelsContain } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { OperatorMembers } from '../../wire/operator-call.js';
import { parcelsOfMessages } from '../../wire/resources.js';
import { convertResources } from '../agent-resources.js';
import { offersOf, rescind, withAllocation } from '../offers.js';
import { type Conversion, reservation, unreservation } from '../reservation.js';
import type { AgentRecord, MasterState } from '../state.js';

type Said = OperatorMembers['reserve_resources'];

/** RESERVE_RESOURCES: free resources of an agent become reserved. @throws HttpError 400; 409 when they are not free. */
export function reserveResources(state: MasterState, said: Said): void {
  operate(state, said, (wanted, free) => {
    if (wanted.some((parcel) => ownerOf(parcel) === undefined))
      throw new HttpError(400, 'Invalid RESERVE operation: resources name no role that they are for');
    return reservation(wanted, free);
  });
}

/** UNRESERVE_RESOURCES: the last reservation of free resources ends. @throws HttpError 400; 409 when they are not free. */
export function unreserveResources(state: MasterState, said: Said): void {
  operate(state, said, (wanted, free, agent) => unreservation(state, agent, wanted, free));
}

/** Offers come back until what is free suffices (Mesos, Master::Http::_operation). */
function operate(
  state: MasterState,
  { agent_id, resources }: Said,
  conversionOf: (wanted: Parcels, free: Parcels, agent: AgentRecord) => Conversion,
): void {
  const agent = state.agents.get(agent_id.value);
  if (agent === undefined) throw new HttpError(400, 'No agent found with specified ID');
  const wanted = parcelsOfMessages(resources);
  // Checked first with all that there is: what is wrong in itself takes no offer back.
  const { consumed, converted } = conversionOf(wanted, state.host.totalOf(agent.id), agent);
  withAllocation(state, () => {
    for (const offer of offersOf(state, { agentId: agent.id })) {
      if (parcelsContain(state.host.freeOf(agent.id), consumed)) break;
      rescind(state, offer);
    }
    if (!parcelsContain(state.host.freeOf(agent.id), consumed))
      throw new HttpError(409, 'Resources are in use');
    convertResources(state, agent, undefined, { consumed, converted });
  });
}
