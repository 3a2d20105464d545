import { MINUTE } from '../../model/index.js';
import { fixedInstances } from './fixed-instances.js';
import { dailySinusoid } from './load-curves.js';
import type { Service, ServiceRecovery } from './service.js';
import { volumeRecovery } from './volume-recovery.js';

const recovery: ServiceRecovery = volumeRecovery({
  // index.unassigned.node_left.delayed_timeout.
  wait: MINUTE,
  // Proposal for the number; indices.recovery.max_bytes_per_sec is 40 MB/s per node.
  senders: 3,
  sendMBps: 40,
  mebibytes: (values) => values.number('diskGiB') * 1024,
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
    { kind: 'number', name: 'cpus', default: 6, min: 0, about: 'Cores per node.' },
    // Proposal: half heap, half file cache, the vendor's usual advice.
    { kind: 'number', name: 'memGiB', default: 32, min: 0, about: 'Memory per node, GiB.' },
    // Proposal: 1 TB is the size for which recovery times are usually quoted.
    { kind: 'number', name: 'diskGiB', default: 1024, min: 0, about: 'Data per node, GiB.' },
    // Proposal: the shape (diurnal query on steady ingest) is common knowledge, the figure is not published.
    {
      kind: 'number',
      name: 'peakToMean',
      default: 1.6,
      min: 1,
      max: 2,
      about: 'Peak of the daily load over its mean.',
    },
    // Proposal.
    { kind: 'number', name: 'peakHour', default: 14, min: 0, max: 24, about: 'Hour of the day of the peak.' },
    // Proposal.
    {
      kind: 'number',
      name: 'cpuUsed',
      default: 0.35,
      min: 0,
      max: 1,
      about: 'Share of the CPU demand used at mean load.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'memUsed',
      default: 0.75,
      min: 0,
      max: 1,
      about: 'Share of the memory demand used.',
    },
    // Proposal: the default leaves it to the policy.
    {
      kind: 'number',
      name: 'perMachine',
      default: 0,
      min: 0,
      integer: true,
      about: 'At most so many instances on a machine; 0 for any number.',
    },
    // Proposal, likewise.
    {
      kind: 'number',
      name: 'perRack',
      default: 0,
      min: 0,
      integer: true,
      about: 'At most so many instances in a rack; 0 for any number.',
    },
  ],
  recovery,
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'elasticsearch-nodes',
        instances: values.number('nodes'),
        amounts: {
          cpus: values.number('cpus'),
          mem: values.number('memGiB') * 1024,
          disk: values.number('diskGiB') * 1024,
        },
        used: { cpus: values.number('cpuUsed'), mem: values.number('memUsed'), disk: 1 },
        perMachine: values.number('perMachine'),
        perRack: values.number('perRack'),
        curve: context.addCurve(dailySinusoid(values.number('peakToMean'), values.number('peakHour'))),
      },
      context,
    ),
};
