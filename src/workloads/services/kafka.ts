import { HOUR, type ParameterValues } from '../../model/index.js';
import { fixedInstances } from './fixed-instances.js';
import { dailySinusoid } from './load-curves.js';
import type { Service, ServiceRecovery } from './service.js';
import { volumeRecovery } from './volume-recovery.js';

const MIB = 1024 * 1024;

const recovery: ServiceRecovery = volumeRecovery({
  // Proposal: no default is published; an hour lets most machines reboot.
  wait: HOUR,
  // Proposal: replicas of one broker's partitions lie on many others, a throttle is usual.
  senders: 3,
  sendMBps: 50,
  mebibytes: brokerDiskMiB,
  // A parameter of the service.
  replicas: undefined,
});

/** Brokers that hold a log: load follows the volume of messages, disk is rate x retention x replicas. */
export const kafka: Service = {
  name: 'kafka',
  about: 'Message brokers: steady, CPU follows a mild daily wave, disk holds the retained log.',
  parameters: [
    // Proposal, sized for 500 machines; no published broker count belongs to a cluster of that size.
    { kind: 'number', name: 'brokers', default: 40, min: 0, integer: true, about: 'Number of brokers.' },
    // Proposal.
    { kind: 'number', name: 'cpus', default: 4, min: 0, about: 'Cores per broker.' },
    // Proposal: a broker lives off the page cache, so it asks for much memory.
    { kind: 'number', name: 'memGiB', default: 24, min: 0, about: 'Memory per broker, GiB.' },
    // Proposal: a hundredth of LinkedIn's 2.75 GB/s at peak (2015), divided by its peak/mean of 1.36, times two.
    {
      kind: 'number',
      name: 'ingressMBps',
      default: 40,
      min: 0,
      about: 'Messages written to all brokers together, MB/s, on average.',
    },
    // Kafka's default log.retention.hours.
    {
      kind: 'number',
      name: 'retentionHours',
      default: 168,
      min: 0,
      about: 'How long messages are kept, hours.',
    },
    // The usual replication factor of a production cluster.
    { kind: 'number', name: 'replicas', default: 3, min: 1, integer: true, about: 'Copies of each message.' },
    // LinkedIn 2015: peak 13 M messages/s against 800 G a day, peak/mean 1.40 (computed in reference: published figures).
    {
      kind: 'number',
      name: 'peakToMean',
      default: 1.4,
      min: 1,
      max: 2,
      about: 'Peak of the daily load over its mean.',
    },
    // Proposal.
    { kind: 'number', name: 'peakHour', default: 15, min: 0, max: 24, about: 'Hour of the day of the peak.' },
    // Proposal.
    {
      kind: 'number',
      name: 'cpuUsed',
      default: 0.3,
      min: 0,
      max: 1,
      about: 'Share of the CPU demand used at mean load.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'memUsed',
      default: 0.8,
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
  rows(values, context) {
    const brokers = values.number('brokers');
    const diskMiB = brokerDiskMiB(values);
    return fixedInstances(
      {
        job: 'kafka-brokers',
        instances: brokers,
        amounts: { cpus: values.number('cpus'), mem: values.number('memGiB') * 1024, disk: diskMiB },
        used: { cpus: values.number('cpuUsed'), mem: values.number('memUsed'), disk: 1 },
        perMachine: values.number('perMachine'),
        perRack: values.number('perRack'),
        curve: context.addCurve(dailySinusoid(values.number('peakToMean'), values.number('peakHour'))),
      },
      context,
    );
  },
};

/** The log that a broker keeps. */
function brokerDiskMiB(values: ParameterValues): number {
  const brokers = values.number('brokers');
  const retainedMB =
    values.number('ingressMBps') * 3600 * values.number('retentionHours') * values.number('replicas');
  return brokers === 0 ? 0 : Math.ceil((retainedMB * 1e6) / MIB / brokers);
}
