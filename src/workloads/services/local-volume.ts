import type { Micros, ParameterValues } from '../../model/index.js';
import type { ServiceTerms } from '../recovery.js';
import { copying } from './copying.js';

/** Data of an instance on a disk of its machine. */
export interface LocalVolume {
  /** How long the instance waits for its machine. */
  readonly wait: Micros;
  readonly mebibytes: number;
  /** Instances that send the data of a lost one at once. */
  readonly senders: number;
  /** Pieces that the data of all instances consist of. */
  readonly pieces: number;
}

/**
 * Terms of an instance that starts again where its data are, or elsewhere once it has waited, and copies them anew. The values of `minimum`,
 * `startup`, `replicas`, and those that `copying` reads, say the rest.
 */
export function localVolumeTerms(
  { wait, mebibytes, senders, pieces }: LocalVolume,
  values: ParameterValues,
): ServiceTerms {
  const { rebuild, ...copies } = copying(values, mebibytes, senders);
  return {
    wait,
    restart: 'in-place',
    scope: 'task',
    minimum: values.number('minimum'),
    startup: values.number('startup'),
    rebuild,
    replay: undefined,
    data: { replicas: values.number('replicas'), pieces, ...copies },
  };
}
