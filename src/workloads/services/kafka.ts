import { HOUR, type ParameterValues } from '../../model/index.js';
import { dailyWave, peakHour, peakToMean } from './daily-wave.js';
import { fixedInstances } from './fixed-instances.js';
import { cpus, cpuUsed, memGiB, memUsed } from './instance-size.js';
import type { Service, ServiceRecovery } from './service.js';
import { SPREAD_PARAMETERS, spreadRule } from './spread.js';
import { VOLUME_PARAMETERS, volumeDemand } from './volume.js';
import { volumeRecovery } from './volume-recovery.js';

const MIB = 1024 * 1024;

const recovery: ServiceRecovery = volumeRecovery({
  // Proposal: no default is published; an hour lets most machines reboot.
  wait: HOUR,
  // Proposal: the replicas of one broker's partitions are on many other brokers. A throttle is usual.
  senders: 3,
  sendMBps: 50,
  mebibytes: brokerDiskMiB,
  // `replicas` is a parameter of the service itself.
  replicas: undefined,
});

/** Brokers that hold a log. The load follows the message rate. The disk holds rate x retention x replicas. */
export const kafka: Service = {
  name: 'kafka',
  about:
    'Message brokers: steady; the CPU usage follows a mild daily wave, and the disk holds the retained log.',
  parameters: [
    // Proposal, sized for 500 machines. No broker count is published for a cluster of that size.
    { kind: 'number', name: 'brokers', default: 40, min: 0, integer: true, about: 'Number of brokers.' },
    // Proposal.
    cpus(4, 'broker'),
    // Proposal: a broker relies on the page cache, so it requests much memory.
    memGiB(24, 'broker'),
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
    peakToMean(1.4),
    // Proposal.
    peakHour(15),
    // Proposal.
    cpuUsed(0.3, 'at mean load'),
    // Proposal.
    memUsed(0.8),
    ...SPREAD_PARAMETERS,
    ...VOLUME_PARAMETERS,
  ],
  recovery,
  rows(values, context) {
    const brokers = values.number('brokers');
    return fixedInstances(
      {
        job: 'kafka-brokers',
        instances: brokers,
        volume: volumeDemand(values, brokerDiskMiB(values), context),
        rule: spreadRule(values, context),
        curve: dailyWave(values, context),
      },
      values,
      context,
    );
  },
};

/** Size of the log that a broker keeps. */
function brokerDiskMiB(values: ParameterValues): number {
  const brokers = values.number('brokers');
  const retainedMB =
    values.number('ingressMBps') * 3600 * values.number('retentionHours') * values.number('replicas');
  return brokers === 0 ? 0 : Math.ceil((retainedMB * 1e6) / MIB / brokers);
}
