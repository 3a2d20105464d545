import { InputError, type Parameter, type ParameterValues, type ResourceSpace } from '../../model/index.js';
import type { ServiceContext } from './service.js';

/**
 * Location of an instance's volume.
 * - local: on a part of the disks of its machine.
 * - exclusive: on a whole disk of its machine.
 * - external: on network storage, so the volume can move.
 */
export type VolumeStorage = 'local' | 'exclusive' | 'external';

const STORAGES: readonly VolumeStorage[] = ['local', 'exclusive', 'external'];

/** Parameters of a service whose instances have volumes. */
export const VOLUME_PARAMETERS: readonly Parameter[] = [
  // Proposal: the usual setup of these services.
  {
    kind: 'choice',
    name: 'storage',
    default: 'local',
    choices: STORAGES,
    about:
      "Location of the volumes: on a share of the machine's disks, on a whole disk, or on network storage.",
  },
  // Proposal.
  {
    kind: 'number',
    name: 'volumeMbit',
    default: 500,
    min: 0,
    about:
      'Network bandwidth that an external volume needs on its machine, Mbit/s, if machines have the resource network.',
  },
];

/** Data of an instance, GiB. */
export function diskGiB(value: number): Parameter {
  return { kind: 'number', name: 'diskGiB', default: value, min: 0, about: 'Data per node, GiB.' };
}

/** Data of an instance, MiB, from the value of `diskGiB`. */
export function diskMiB(values: ParameterValues): number {
  return values.number('diskGiB') * 1024;
}

/** Demand of an instance for its data, in units, and the used share of it. */
export interface VolumeDemand {
  readonly amounts: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

/**
 * Demand for the volume of an instance, from the values of VOLUME_PARAMETERS. @throws InputError when exclusive disks
 * are requested and no machine has the resource disks.
 */
export function volumeDemand(
  values: ParameterValues,
  mebibytes: number,
  { space }: Pick<ServiceContext, 'space'>,
): VolumeDemand {
  return { amounts: volumeAmounts(values, mebibytes, space), used: { disk: 1, disks: 1 } };
}

function volumeAmounts(
  values: ParameterValues,
  mebibytes: number,
  space: ResourceSpace,
): Record<string, number> {
  switch (storageOf(values)) {
    case 'local':
      return { disk: mebibytes };
    case 'exclusive':
      if (space.dimensionOf('disks') < 0)
        throw new InputError(
          { field: 'storage' },
          'exclusive disks need machines with disks, such as 500x16cpu/64GiB/4disks',
        );
      return { disks: 1 };
    case 'external':
      return { network: values.number('volumeMbit') };
  }
}

/** Location of the volumes, from the value of `storage`. */
export function storageOf(values: ParameterValues): VolumeStorage {
  return values.text('storage') as VolumeStorage;
}
