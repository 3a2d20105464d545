import { fromSeconds, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { MOVE_PARAMETER } from './copying.js';
import { localVolumeTerms } from './local-volume.js';
import { minimum, replicas, startup } from './recovery-parameters.js';
import type { ServiceRecovery } from './service.js';
import { elsewhereTerms } from './stateless-recovery.js';
import { storageOf } from './volume.js';

/** A service whose instances each have a volume on their machine. */
export interface VolumeService {
  /** Default time that an instance waits for its machine. */
  readonly wait: Micros;
  /** Default number of instances that send the data of a lost volume, and the default rate of each. */
  readonly senders: number;
  readonly sendMBps: number;
  /** Data of an instance. */
  readonly mebibytes: (values: ParameterValues) => number;
  /** Default number of copies of each piece of data; undefined if the service has its own parameter `replicas`. */
  readonly replicas: number | undefined;
}

/**
 * An instance waits for its machine, because its volume is there. After that it starts elsewhere and copies its data
 * again. With an external volume, it starts elsewhere at once. It serves after its volume is detached from the lost
 * machine and attached to the new one. External data are never lost with a machine.
 */
export function volumeRecovery(service: VolumeService): ServiceRecovery {
  return {
    parameters: [
      {
        kind: 'duration',
        name: 'volumeWait',
        default: service.wait,
        about: 'How long an instance waits for the machine that has its volume.',
      },
      {
        kind: 'number',
        name: 'senders',
        default: service.senders,
        min: 1,
        integer: true,
        about: 'Instances that send the data of a lost volume at once.',
      },
      {
        kind: 'number',
        name: 'sendMBps',
        default: service.sendMBps,
        min: 0.001,
        about: 'Rate at which each of them sends, MB/s.',
      },
      MOVE_PARAMETER,
      // Kubernetes detaches a volume from an unresponsive node after this time (maxWaitForUnmountDuration of the
      // attach/detach controller).
      {
        kind: 'duration',
        name: 'detachTimeout',
        default: 6 * MINUTE,
        about: 'How long an external volume stays attached to a lost machine.',
      },
      // Proposal.
      {
        kind: 'duration',
        name: 'attachTime',
        default: fromSeconds(30),
        about: 'How long it takes to attach an external volume to a machine.',
      },
      // Proposal: two of three replicas is the usual quorum.
      minimum(0.667, 'instances'),
      // Proposal: the time until a process has opened its volume.
      startup(fromSeconds(60)),
      ...(service.replicas === undefined ? [] : [replicas(service.replicas)]),
      // Proposal.
      {
        kind: 'number',
        name: 'pieces',
        default: 1000,
        min: 1,
        integer: true,
        about: 'Pieces of its data (partitions, ranges, shards), whose copies are on different instances.',
      },
    ],
    terms: (values) =>
      storageOf(values) === 'external'
        ? elsewhereTerms(values, values.number('detachTimeout') + values.number('attachTime'))
        : localVolumeTerms(
            {
              wait: values.number('volumeWait'),
              waitFrom: 'detection',
              mebibytes: service.mebibytes(values),
              senders: values.number('senders'),
              pieces: values.number('pieces'),
            },
            values,
          ),
  };
}
