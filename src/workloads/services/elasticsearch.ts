import { MINUTE } from '../../model/index.js';
import { dailyWave, peakHour, peakToMean } from './daily-wave.js';
import { fixedInstances } from './fixed-instances.js';
import { cpus, cpuUsed, memGiB, memUsed } from './instance-size.js';
import type { Service, ServiceRecovery } from './service.js';
import { SPREAD_PARAMETERS, spreadRule } from './spread.js';
import { diskGiB, diskMiB, VOLUME_PARAMETERS, volumeDemand } from './volume.js';
import { volumeRecovery } from './volume-recovery.js';

const recovery: ServiceRecovery = volumeRecovery({
  // index.unassigned.node_left.delayed_timeout.
  wait: MINUTE,
  // The number is a proposal; indices.recovery.max_bytes_per_sec is 40 MB/s per node.
  senders: 3,
  sendMBps: 40,
  mebibytes: diskMiB,
  // index.number_of_replicas is 1: a primary and a replica.
  replicas: 2,
});

/** Search nodes: steady ingest with a daily wave of queries on top. */
export const elasticsearch: Service = {
  name: 'elasticsearch',
  about: 'Search nodes: steady ingest under a daily wave of queries.',
  parameters: [
    // Proposal, sized for 500 machines.
    { kind: 'number', name: 'nodes', default: 40, min: 0, integer: true, about: 'Number of nodes.' },
    // Proposal.
    cpus(6, 'node'),
    // Proposal: half for the heap and half for the file cache, as the vendor usually recommends.
    memGiB(32, 'node'),
    // Proposal: 1 TB is the size for which recovery times are usually quoted.
    diskGiB(1024),
    // Proposal: the shape (daily wave of queries, steady ingest) is common knowledge, but the ratio is not published.
    peakToMean(1.6),
    // Proposal.
    peakHour(14),
    // Proposal.
    cpuUsed(0.35, 'at mean load'),
    // Proposal.
    memUsed(0.75),
    ...SPREAD_PARAMETERS,
    ...VOLUME_PARAMETERS,
  ],
  recovery,
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'elasticsearch-nodes',
        instances: values.number('nodes'),
        volume: volumeDemand(values, diskMiB(values), context),
        rule: spreadRule(values, context),
        curve: dailyWave(values, context),
      },
      values,
      context,
    ),
};
