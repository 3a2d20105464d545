import { ownerOf, type Parcels, parcelsContain, parcelsMinus, parcelsPlus } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { AgentRecord, MasterState } from '../state.js';

/** Resources that become others of the same amounts. */
export interface Conversion {
  readonly consumed: Parcels;
  readonly converted: Parcels;
}

/** What RESERVE of a framework does: the reservation is for the role that the resources were offered to. @throws HttpError */
export function reservationFor(role: string, wanted: Parcels, left: Parcels): Conversion {
  if (wanted.some((parcel) => ownerOf(parcel) !== role))
    throw new HttpError(400, `resources may be reserved for the offer's role, ${role}, alone`);
  return reservation(wanted, left);
}

/** What RESERVE does: resources get one more reservation. @throws HttpError when they are not among those left. */
export function reservation(wanted: Parcels, left: Parcels): Conversion {
  requireNoVolume(wanted);
  if (wanted.some(({ supply }) => supply === 'revocable'))
    throw new HttpError(400, 'revocable resources may not be reserved');
  const consumed = withoutLast(wanted);
  if (!parcelsContain(left, consumed)) throw new HttpError(400, 'there are no such resources');
  return { consumed, converted: wanted };
}

/** What UNRESERVE does. What the agent was started with stays reserved. @throws HttpError */
export function unreservation(
  state: MasterState,
  agent: AgentRecord,
  wanted: Parcels,
  left: Parcels,
): Conversion {
  requireNoVolume(wanted);
  if (wanted.some((parcel) => ownerOf(parcel) === undefined))
    throw new HttpError(400, 'resources are not reserved');
  if (!parcelsContain(left, wanted)) throw new HttpError(400, 'there are no such resources');
  const converted = withoutLast(wanted);
  const total = parcelsPlus(parcelsMinus(state.host.totalOf(agent.id), wanted), converted);
  const fixed = agent.configured.filter((parcel) => ownerOf(parcel) !== undefined);
  if (!parcelsContain(total, fixed)) throw new HttpError(400, 'static reservations stay');
  return { consumed: wanted, converted };
}

function requireNoVolume(wanted: Parcels): void {
  if (wanted.some(({ volume }) => volume !== undefined))
    throw new HttpError(400, 'resources of a persistent volume keep their reservation until it is destroyed');
}

function withoutLast(parcels: Parcels): Parcels {
  return parcelsPlus(
    [],
    parcels.map((parcel) => ({ ...parcel, reservations: parcel.reservations.slice(0, -1) })),
  );
}
