import { InputError, type Parameter, type ParameterValues, type ResourceSpace } from '../../model/index.js';
import type { ServiceContext } from './service.js';

/**
 * Where the volume of an instance is. local: a part of the disks of its machine. exclusive: a whole disk of its machine, which nobody shares. external: on
 * storage behind the network, so that it can move.
 */
export type VolumeStorage = 'local' | 'exclusive' | 'external';

const STORAGES: readonly VolumeStorage[] = ['local', 'exclusive', 'external'];

/** Parameters of a service whose instances have a volume each. */
export const VOLUME_PARAMETERS: readonly Parameter[] = [
  // Proposal: how these services are usually run.
  {
    kind: 'choice',
    name: 'storage',
    default: 'local',
    choices: STORAGES,
    about: "Volumes on a share of their machine's disks, on a whole disk of it, or behind the network.",
  },
  // Proposal.
  {
    kind: 'number',
    name: 'volumeMbit',
    default: 500,
    min: 0,
    about: 'Bandwidth that an external volume takes of its machine, Mbit/s, where machines have network.',
  },
];

/** Data of an instance. */
export function diskGiB(value: number): Parameter {
  return { kind: 'number', name: 'diskGiB', default: value, min: 0, about: 'Data per node, GiB.' };
}

/** Data of an instance, MiB, from the value of `diskGiB`. */
export function diskMiB(values: ParameterValues): number {
  return values.number('diskGiB') * 1024;
}

/** What an instance asks for to hold its data, in units, and the share of it that is used. */
export interface VolumeDemand {
  readonly amounts: Readonly<Record<string, number>>;
  readonly used: Readonly<Record<string, number>>;
}

/** What the volume of an instance asks for, from the values of VOLUME_PARAMETERS. @throws InputError where no machine has disks to give away whole. */
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

/** The value of `storage`. */
export function storageOf(values: ParameterValues): VolumeStorage {
  return values.text('storage') as VolumeStorage;
}
