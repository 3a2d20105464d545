import { fixedInstances } from './fixed-instances.js';
import { dailySinusoid } from './load-curves.js';
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
    { kind: 'number', name: 'cpus', default: 2, min: 0, about: 'Cores per instance.' },
    // Proposal.
    { kind: 'number', name: 'memGiB', default: 4, min: 0, about: 'Memory per instance, GiB.' },
    // Proposal: trough to peak 1:2, that is a peak of 4/3 of the mean.
    {
      kind: 'number',
      name: 'peakToMean',
      default: 1.333,
      min: 1,
      max: 2,
      about: 'Peak of the daily load over its mean.',
    },
    // Proposal.
    { kind: 'number', name: 'peakHour', default: 18, min: 0, max: 24, about: 'Hour of the day of the peak.' },
    // Proposal.
    {
      kind: 'number',
      name: 'cpuUsed',
      default: 0.4,
      min: 0,
      max: 1,
      about: 'Share of the CPU demand used at mean load.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'memUsed',
      default: 0.6,
      min: 0,
      max: 1,
      about: 'Share of the memory demand used.',
    },
  ],
  recovery: statelessRecovery(0.5),
  rows: (values, context) =>
    fixedInstances(
      {
        job: 'akka-instances',
        instances: values.number('instances'),
        amounts: { cpus: values.number('cpus'), mem: values.number('memGiB') * 1024 },
        used: { cpus: values.number('cpuUsed'), mem: values.number('memUsed') },
        curve: context.addCurve(dailySinusoid(values.number('peakToMean'), values.number('peakHour'))),
      },
      context,
    ),
};
