import { fromSeconds, type ParameterValues } from '../../model/index.js';
import { MOVE_PARAMETER } from './copying.js';
import { fixedInstances } from './fixed-instances.js';
import { cpus, cpuUsed, memGiB, memUsed } from './instance-size.js';
import { localVolumeTerms } from './local-volume.js';
import { minimum, replicas, startup } from './recovery-parameters.js';
import type { Service } from './service.js';
import { perMachine, perRack, spreadRule } from './spread.js';
import { diskGiB, diskMiB } from './volume.js';

/** Storage nodes of a distributed file system: steady, each with a large volume, at most one per machine. */
export const hdfs: Service = {
  name: 'hdfs',
  about: 'Storage nodes of a distributed file system: steady, a large volume each.',
  parameters: [
    // Proposal.
    { kind: 'number', name: 'nodes', default: 40, min: 0, integer: true, about: 'Number of data nodes.' },
    // Proposal.
    cpus(2, 'node'),
    // Proposal.
    memGiB(8, 'node'),
    // Proposal.
    diskGiB(2048),
    // Proposal.
    cpuUsed(0.2),
    // Proposal.
    memUsed(0.6),
    // HDFS normally runs one data node per machine.
    perMachine(1),
    // Proposal.
    perRack(0),
  ],
  recovery: {
    parameters: [
      // The name node declares a data node dead 2 x 5 min (recheck interval) + 10 x 3 s (heartbeats) after its last heartbeat.
      {
        kind: 'duration',
        name: 'deadAfter',
        default: fromSeconds(630),
        about: 'Time from the last heartbeat of a node until its blocks are copied again.',
      },
      // Proposal: the bandwidth that a node can use for copies beside its work.
      {
        kind: 'number',
        name: 'sendMBps',
        default: 25,
        min: 0.001,
        about: 'Copy rate of each of the other nodes, MB/s.',
      },
      MOVE_PARAMETER,
      // Proposal: with three replicas and fewer nodes than this, blocks are missing.
      minimum(0.95, 'nodes'),
      // Proposal.
      startup(fromSeconds(60)),
      // dfs.replication.
      replicas(3),
      // dfs.blocksize.
      { kind: 'number', name: 'blockMiB', default: 128, min: 1, about: 'Size of a block, MiB.' },
    ],
    terms: (values) =>
      localVolumeTerms(
        {
          wait: values.number('deadAfter'),
          waitFrom: 'last-heartbeat',
          mebibytes: diskMiB(values),
          senders: senders(values),
          pieces: blocks(values),
        },
        values,
      ),
  },
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'hdfs-nodes',
        instances: values.number('nodes'),
        volume: { amounts: { disk: diskMiB(values) }, used: { disk: 1 } },
        rule: spreadRule(values, context),
      },
      values,
      context,
    ),
};

/** All other nodes send at once, because the blocks of a node are spread over them. */
function senders(values: ParameterValues): number {
  return Math.max(1, values.number('nodes') - 1);
}

/** Number of blocks when all nodes are full and each block has all its replicas. */
function blocks(values: ParameterValues): number {
  const copies = (values.number('nodes') * diskMiB(values)) / values.number('blockMiB');
  return Math.max(1, Math.round(copies / values.number('replicas')));
}
