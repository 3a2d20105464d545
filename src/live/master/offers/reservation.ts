import { ownerOf, type Parcels, parcelsContain, parcelsMinus, parcelsPlus } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { AgentRecord, MasterState } from '../state.js';

/** A conversion of resources with equal amounts. */
export interface Conversion {
  readonly consumed: Parcels;
  readonly converted: Parcels;
}

/** RESERVE by a framework: only for the role of the offer. @throws HttpError */
export function reservationFor(role: string, wanted: Parcels, left: Parcels): Conversion {
  if (wanted.some((parcel) => ownerOf(parcel) !== role))
    throw new HttpError(400, `resources can only be reserved for the role of the offer, ${role}`);
  return reservation(wanted, left);
}

/** RESERVE: adds a reservation to resources. @throws HttpError when they are not available. */
export function reservation(wanted: Parcels, left: Parcels): Conversion {
  requireNoVolume(wanted);
  if (wanted.some(({ supply }) => supply === 'revocable'))
    throw new HttpError(400, 'revocable resources cannot be reserved');
  const consumed = withoutLast(wanted);
  if (!parcelsContain(left, consumed)) throw new HttpError(400, 'the resources are not available');
  return { consumed, converted: wanted };
}

/** UNRESERVE: removes a reservation. Static reservations cannot be removed. @throws HttpError */
export function unreservation(
  state: MasterState,
  agent: AgentRecord,
  wanted: Parcels,
  left: Parcels,
): Conversion {
  requireNoVolume(wanted);
  if (wanted.some((parcel) => ownerOf(parcel) === undefined))
    throw new HttpError(400, 'resources are not reserved');
  if (!parcelsContain(left, wanted)) throw new HttpError(400, 'the resources are not available');
  const converted = withoutLast(wanted);
  const total = parcelsPlus(parcelsMinus(state.host.totalOf(agent.id), wanted), converted);
  const fixed = agent.configured.filter((parcel) => ownerOf(parcel) !== undefined);
  if (!parcelsContain(total, fixed)) throw new HttpError(400, 'static reservations cannot be removed');
  return { consumed: wanted, converted };
}

function requireNoVolume(wanted: Parcels): void {
  if (wanted.some(({ volume }) => volume !== undefined))
    throw new HttpError(400, 'destroy the persistent volume before unreserving its resources');
}

function withoutLast(parcels: Parcels): Parcels {
  return parcelsPlus(
    [],
    parcels.map((parcel) => ({ ...parcel, reservations: parcel.reservations.slice(0, -1) })),
  );
}
