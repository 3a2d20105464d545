import { fromSeconds, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { MOVE_PARAMETER } from './copying.js';
import { localVolumeTerms } from './local-volume.js';
import { minimum, replicas, startup } from './recovery-parameters.js';
import type { ServiceRecovery } from './service.js';
import { elsewhereTerms } from './stateless-recovery.js';
import { storageOf } from './volume.js';

/** A service whose instances each have a volume on their machine. */
export interface VolumeService {
  /** How long an instance waits for its machine by default. */
  readonly wait: Micros;
  /** Who sends the data of a lost volume, and how fast each, by default. */
  readonly senders: number;
  readonly sendMBps: number;
  /** Data of an instance. */
  readonly mebibytes: (values: ParameterValues) => number;
  /** Copies of each piece of data by default; undefined where the service has a parameter `replicas` of its own. */
  readonly replicas: number | undefined;
}

/**
 * An instance waits for its machine, because its volume is there; after that it starts elsewhere and copies its data anew. One with an external volume starts
 * elsewhere at once, and serves when its volume has been detached from the lost machine and attached to its new one; its data are never lost with a machine.
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
        about: 'What each sends, MB/s.',
      },
      MOVE_PARAMETER,
      // Kubernetes: after so long a volume is detached from a node that does not answer (maxWaitForUnmountDuration of the attach/detach controller).
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
      // Proposal: a process that opens its volume.
      startup(fromSeconds(60)),
      ...(service.replicas === undefined ? [] : [replicas(service.replicas)]),
      // Proposal.
      {
        kind: 'number',
        name: 'pieces',
        default: 1000,
        min: 1,
        integer: true,
        about: 'Pieces of its data (partitions, ranges, shards), whose copies lie on different instances.',
      },
    ],
    terms: (values) =>
      storageOf(values) === 'external'
        ? elsewhereTerms(values, values.number('detachTimeout') + values.number('attachTime'))
        : localVolumeTerms(
            {
              wait: values.number('volumeWait'),
              mebibytes: service.mebibytes(values),
              senders: values.number('senders'),
              pieces: values.number('pieces'),
            },
            values,
          ),
  };
}
