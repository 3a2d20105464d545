import { ownerOf, type Parcels, parcelsContain, parcelsPlus } from '../../../model/index.js';
import { HttpError } from '../../wire/http-error.js';
import type { Conversion } from './reservation.js';

/** CREATE: converts reserved disk to a persistent volume. `present`: all resources of the agent. @throws HttpError */
export function volumeCreation(volumes: Parcels, left: Parcels, present: Parcels): Conversion {
  requireVolumes(volumes);
  volumes.forEach((volume, i) => {
    if ([...present, ...volumes.slice(0, i)].some((other) => isSameVolume(volume, other)))
      throw new HttpError(
        400,
        `the role ${ownerOf(volume)} already has a persistent volume ${volume.volume?.id}`,
      );
  });
  const consumed = withoutVolumes(volumes);
  if (!parcelsContain(left, consumed)) throw new HttpError(400, 'the disk resources are not available');
  return { consumed, converted: volumes };
}

/** DESTROY: converts a volume back to reserved disk; its data is lost. @throws HttpError */
export function volumeDestruction(volumes: Parcels, left: Parcels): Conversion {
  requireVolumes(volumes);
  if (!parcelsContain(left, volumes)) throw new HttpError(400, 'the volumes are not available');
  return { consumed: volumes, converted: withoutVolumes(volumes) };
}

function requireVolumes(parcels: Parcels): void {
  if (parcels.length === 0 || parcels.some(({ volume }) => volume === undefined))
    throw new HttpError(400, 'expecting persistent volumes');
}

/** Volume ids are unique per role (mesos.proto, DiskInfo.Persistence). */
function isSameVolume(a: Parcels[number], b: Parcels[number]): boolean {
  return a.volume?.id === b.volume?.id && ownerOf(a) === ownerOf(b);
}

function withoutVolumes(parcels: Parcels): Parcels {
  return parcelsPlus(
    [],
    parcels.map(({ volume: _, ...plain }) => plain),
  );
}
