import { HOUR } from '../../model/index.js';
import { fixedInstances } from './fixed-instances.js';
import type { Service, ServiceRecovery } from './service.js';
import { volumeRecovery } from './volume-recovery.js';

const recovery: ServiceRecovery = volumeRecovery({
  // max_hint_window: after three hours a node has to be rebuilt anyway.
  wait: 3 * HOUR,
  // A replacement streams from the replicas of its ranges; stream_throughput_outbound is 200 Mb/s per sender.
  senders: 3,
  sendMBps: 25,
  mebibytes: (values) => values.number('diskGiB') * 1024,
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
    { kind: 'number', name: 'cpus', default: 6, min: 0, about: 'Cores per node.' },
    // Proposal.
    { kind: 'number', name: 'memGiB', default: 28, min: 0, about: 'Memory per node, GiB.' },
    // Proposal: 1 TiB a node, the size for which re-streaming times are usually quoted.
    { kind: 'number', name: 'diskGiB', default: 1024, min: 0, about: 'Data per node, GiB.' },
    // Proposal: "flat CPU" is the published shape, the level is not.
    {
      kind: 'number',
      name: 'cpuUsed',
      default: 0.25,
      min: 0,
      max: 1,
      about: 'Share of the CPU demand used.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'memUsed',
      default: 0.7,
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
        job: 'cassandra-nodes',
        instances: values.number('nodes'),
        amounts: {
          cpus: values.number('cpus'),
          mem: values.number('memGiB') * 1024,
          disk: values.number('diskGiB') * 1024,
        },
        used: { cpus: values.number('cpuUsed'), mem: values.number('memUsed'), disk: 1 },
        perMachine: values.number('perMachine'),
        perRack: values.number('perRack'),
        curve: 0,
      },
      context,
    ),
};
