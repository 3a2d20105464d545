import { ownerOf, type Parcels, parcelsContain, parcelsPlus } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { Conversion } from './reservation.js';

/** What CREATE does: reserved disk becomes a volume that outlives its tasks. `present`: all that the agent has. @throws HttpError */
export function volumeCreation(volumes: Parcels, left: Parcels, present: Parcels): Conversion {
  requireVolumes(volumes);
  volumes.forEach((volume, i) => {
    if ([...present, ...volumes.slice(0, i)].some((other) => isSameVolume(volume, other)))
      throw new HttpError(
        400,
        `there is a persistent volume ${volume.volume?.id} of role ${ownerOf(volume)} already`,
      );
  });
  const consumed = withoutVolumes(volumes);
  if (!parcelsContain(left, consumed)) throw new HttpError(400, 'there is no such disk');
  return { consumed, converted: volumes };
}

/** What DESTROY does: a volume becomes reserved disk again, and what is in it is lost. @throws HttpError */
export function volumeDestruction(volumes: Parcels, left: Parcels): Conversion {
  requireVolumes(volumes);
  if (!parcelsContain(left, volumes)) throw new HttpError(400, 'there are no such volumes');
  return { consumed: volumes, converted: withoutVolumes(volumes) };
}

function requireVolumes(parcels: Parcels): void {
  if (parcels.length === 0 || parcels.some(({ volume }) => volume === undefined))
    throw new HttpError(400, 'expecting persistent volumes');
}

/** Ids are a role's own (mesos.proto, DiskInfo.Persistence). */
function isSameVolume(a: Parcels[number], b: Parcels[number]): boolean {
  return a.volume?.id === b.volume?.id && ownerOf(a) === ownerOf(b);
}

function withoutVolumes(parcels: Parcels): Parcels {
  return parcelsPlus(
    [],
    parcels.map(({ volume: _, ...plain }) => plain),
  );
}
