import { ownerOf, type Parcels, parcelsContain } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { ResourceMessage } from '../../wire/messages.js';
import type { OperatorMembers } from '../../wire/operator-call.js';
import { parcelsOfMessages } from '../../wire/resources.js';
import { convertResources } from '../agents/agent-resources.js';
import { offersOf, rescind, withAllocation } from '../offers/offers.js';
import { type Conversion, reservation, unreservation } from '../offers/reservation.js';
import { volumeCreation, volumeDestruction } from '../offers/volumes.js';
import type { AgentRecord, MasterState } from '../state.js';

/** RESERVE_RESOURCES: free resources of an agent become reserved. @throws HttpError 400; 409 when they are not free. */
export function reserveResources(
  state: MasterState,
  { agent_id, resources }: OperatorMembers['reserve_resources'],
): void {
  operate(state, agent_id.value, resources, (wanted, free) => {
    if (wanted.some((parcel) => ownerOf(parcel) === undefined))
      throw new HttpError(400, 'Invalid RESERVE operation: the resources have no reservation role');
    return reservation(wanted, free);
  });
}

/** UNRESERVE_RESOURCES: the last reservation of free resources ends. @throws HttpError 400; 409 when they are not free. */
export function unreserveResources(
  state: MasterState,
  { agent_id, resources }: OperatorMembers['unreserve_resources'],
): void {
  operate(state, agent_id.value, resources, (wanted, free, agent) =>
    unreservation(state, agent, wanted, free),
  );
}

/** CREATE_VOLUMES: free reserved disk of an agent becomes persistent volumes. @throws HttpError 400; 409 when it is not free. */
export function createVolumes(
  state: MasterState,
  { agent_id, volumes }: OperatorMembers['create_volumes'],
): void {
  operate(state, agent_id.value, volumes, (wanted, free, agent) =>
    volumeCreation(wanted, free, state.host.totalOf(agent.id)),
  );
}

/** DESTROY_VOLUMES: free volumes become reserved disk again. @throws HttpError 400; 409 when they are in use. */
export function destroyVolumes(
  state: MasterState,
  { agent_id, volumes }: OperatorMembers['destroy_volumes'],
): void {
  operate(state, agent_id.value, volumes, (wanted, free) => volumeDestruction(wanted, free));
}

/** Rescinds offers until enough resources are free (Mesos, Master::Http::_operation). */
function operate(
  state: MasterState,
  agentId: string,
  resources: readonly ResourceMessage[],
  conversionOf: (wanted: Parcels, free: Parcels, agent: AgentRecord) => Conversion,
): void {
  const agent = state.agents.get(agentId);
  if (agent === undefined) throw new HttpError(400, 'No agent found with specified ID');
  const wanted = parcelsOfMessages(resources);
  // First check against all resources: an invalid operation rescinds no offers.
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
