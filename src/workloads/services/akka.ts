import { dailyWave, peakHour, peakToMean } from './daily-wave.js';
import { fixedInstances } from './fixed-instances.js';
import { cpus, cpuUsed, memGiB, memUsed } from './instance-size.js';
import type { Service } from './service.js';
import { statelessRecovery } from './stateless-recovery.js';

/** A stateless service of actors: a fixed number of instances under a daily wave. */
export const akka: Service = {
  name: 'akka',
  about: 'A stateless service of actors: a fixed number of instances under a daily wave.',
  parameters: [
    // Proposal.
    { kind: 'number', name: 'instances', default: 60, min: 0, integer: true, about: 'Number of instances.' },
    // Proposal.
    cpus(2, 'instance'),
    // Proposal.
    memGiB(4, 'instance'),
    // Proposal: trough to peak 1:2, that is a peak of 4/3 of the mean.
    peakToMean(1.333),
    // Proposal.
    peakHour(18),
    // Proposal.
    cpuUsed(0.4, 'at mean load'),
    // Proposal.
    memUsed(0.6),
  ],
  recovery: statelessRecovery(0.5),
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'akka-instances',
        instances: values.number('instances'),
        curve: dailyWave(values, context),
      },
      values,
      context,
    ),
};
