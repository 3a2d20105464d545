import type { Micros, ParameterValues } from '../../model/index.js';
import type { RecoveryTerms, ServiceTerms } from '../recovery.js';
import { copying } from './copying.js';

/** Data of an instance on a disk of its machine. */
export interface LocalVolume {
  /** How long the instance waits for its machine. */
  readonly wait: Micros;
  readonly waitFrom: RecoveryTerms['waitFrom'];
  readonly mebibytes: number;
  /** Number of instances that send the data of a lost instance at the same time. */
  readonly senders: number;
  /** Number of pieces that make up the data of all instances. */
  readonly pieces: number;
}

/**
 * Recovery terms of an instance with local data. It restarts where its data are. After its wait it restarts elsewhere
 * and copies the data again. Further values: `minimum`, `startup`, `replicas` and those that `copying` reads.
 */
export function localVolumeTerms(
  { wait, waitFrom, mebibytes, senders, pieces }: LocalVolume,
  values: ParameterValues,
): ServiceTerms {
  const { rebuild, ...copies } = copying(values, mebibytes, senders);
  return {
    wait,
    waitFrom,
    restart: 'in-place',
    scope: 'task',
    minimum: values.number('minimum'),
    startup: values.number('startup'),
    rebuild,
    replay: undefined,
    data: { replicas: values.number('replicas'), pieces, ...copies },
  };
}
