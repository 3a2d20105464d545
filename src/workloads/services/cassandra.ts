import { HOUR } from '../../model/index.js';
import { fixedInstances } from './fixed-instances.js';
import { cpus, cpuUsed, memGiB, memUsed } from './instance-size.js';
import type { Service, ServiceRecovery } from './service.js';
import { SPREAD_PARAMETERS, spreadRule } from './spread.js';
import { diskGiB, diskMiB, VOLUME_PARAMETERS, volumeDemand } from './volume.js';
import { volumeRecovery } from './volume-recovery.js';

const recovery: ServiceRecovery = volumeRecovery({
  // max_hint_window: after three hours a node has to be rebuilt anyway.
  wait: 3 * HOUR,
  // A replacement gets its data from the replicas of its ranges; stream_throughput_outbound is 200 Mb/s per sender.
  senders: 3,
  sendMBps: 25,
  mebibytes: diskMiB,
  // The usual replication factor of a production keyspace.
  replicas: 3,
});

/** Database nodes: flat CPU, a volume each. */
export const cassandra: Service = {
  name: 'cassandra',
  about: 'Database nodes: flat CPU, a large volume each.',
  parameters: [
    // Proposal, sized for 500 machines.
    { kind: 'number', name: 'nodes', default: 60, min: 0, integer: true, about: 'Number of nodes.' },
    // Proposal.
    cpus(6, 'node'),
    // Proposal.
    memGiB(28, 'node'),
    // Proposal: 1 TiB per node, the size for which re-streaming times are usually quoted.
    diskGiB(1024),
    // Proposal: "flat CPU" is the published shape; the level is not published.
    cpuUsed(0.25),
    // Proposal.
    memUsed(0.7),
    ...SPREAD_PARAMETERS,
    ...VOLUME_PARAMETERS,
  ],
  recovery,
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'cassandra-nodes',
        instances: values.number('nodes'),
        volume: volumeDemand(values, diskMiB(values), context),
        rule: spreadRule(values, context),
      },
      values,
      context,
    ),
};
