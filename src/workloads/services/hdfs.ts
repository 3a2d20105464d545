import { fromSeconds, type ParameterValues } from '../../model/index.js';
import { copying, MOVE_PARAMETER } from './copying.js';
import { fixedInstances } from './fixed-instances.js';
import type { Service } from './service.js';
import { replicasParameter } from './volume-recovery.js';

/** Storage nodes of a distributed file system: steady, a large volume each, at most one on a machine. */
export const hdfs: Service = {
  name: 'hdfs',
  about: 'Storage nodes of a distributed file system: steady, a large volume each.',
  parameters: [
    // Proposal.
    { kind: 'number', name: 'nodes', default: 40, min: 0, integer: true, about: 'Number of data nodes.' },
    // Proposal.
    { kind: 'number', name: 'cpus', default: 2, min: 0, about: 'Cores per node.' },
    // Proposal.
    { kind: 'number', name: 'memGiB', default: 8, min: 0, about: 'Memory per node, GiB.' },
    // Proposal.
    { kind: 'number', name: 'diskGiB', default: 2048, min: 0, about: 'Data per node, GiB.' },
    // Proposal.
    { kind: 'number', name: 'cpuUsed', default: 0.2, min: 0, max: 1, about: 'Share of the CPU demand used.' },
    // Proposal.
    {
      kind: 'number',
      name: 'memUsed',
      default: 0.6,
      min: 0,
      max: 1,
      about: 'Share of the memory demand used.',
    },
    // A data node per machine is how it is run.
    {
      kind: 'number',
      name: 'perMachine',
      default: 1,
      min: 0,
      integer: true,
      about: 'At most so many instances on a machine; 0 for any number.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'perRack',
      default: 0,
      min: 0,
      integer: true,
      about: 'At most so many instances in a rack; 0 for any number.',
    },
  ],
  recovery: {
    parameters: [
      // 2 x 5 min (recheck interval) + 10 x 3 s (heartbeats): when the name node takes a data node for dead.
      {
        kind: 'duration',
        name: 'deadAfter',
        default: fromSeconds(630),
        about: 'How long a node waits for its machine before its blocks are copied anew.',
      },
      // Proposal: what a node may spend on copies beside its work.
      {
        kind: 'number',
        name: 'sendMBps',
        default: 25,
        min: 0.001,
        about: 'What each of the other nodes copies, MB/s.',
      },
      MOVE_PARAMETER,
      // Proposal: with three replicas and fewer than this, blocks are missing.
      {
        kind: 'number',
        name: 'minimum',
        default: 0.95,
        min: 0,
        max: 1,
        about: 'Share of the nodes below which it is down.',
      },
      // Proposal.
      { kind: 'duration', name: 'startup', default: fromSeconds(60), about: 'From a start until it serves.' },
      // dfs.replication.
      replicasParameter(3),
      // dfs.blocksize.
      { kind: 'number', name: 'blockMiB', default: 128, min: 1, about: 'Size of a block, MiB.' },
    ],
    terms: (values) => {
      const { rebuild, ...copies } = copyingOf(values);
      return {
        wait: values.number('deadAfter'),
        restart: 'in-place',
        scope: 'task',
        minimum: values.number('minimum'),
        startup: values.number('startup'),
        rebuild,
        replay: undefined,
        data: {
          replicas: values.number('replicas'),
          pieces: blocks(values),
          ...copies,
        },
      };
    },
  },
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'hdfs-nodes',
        instances: values.number('nodes'),
        amounts: {
          cpus: values.number('cpus'),
          mem: values.number('memGiB') * 1024,
          disk: values.number('diskGiB') * 1024,
        },
        used: { cpus: values.number('cpuUsed'), mem: values.number('memUsed'), disk: 1 },
        curve: 0,
        perMachine: values.number('perMachine'),
        perRack: values.number('perRack'),
      },
      context,
    ),
};

/** All other nodes copy at once: the blocks of a node lie scattered over them. */
function copyingOf(values: ParameterValues): ReturnType<typeof copying> {
  return copying(values, values.number('diskGiB') * 1024, Math.max(1, values.number('nodes') - 1));
}

/** All nodes full, and each block there in all its copies. */
function blocks(values: ParameterValues): number {
  const copies = (values.number('nodes') * values.number('diskGiB') * 1024) / values.number('blockMiB');
  return Math.max(1, Math.round(copies / values.number('replicas')));
}
