import { randomNormal } from 'd3-random';
import { DAY, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { instanceLives } from './instance-lives.js';
import { dailyPeak } from './load-curves.js';
import type { Service, ServiceContext } from './service.js';
import { statelessRecovery } from './stateless-recovery.js';

/** How often the number of instances follows the load. */
const STEP: Micros = 5 * MINUTE;

/**
 * A stateless service with one peak a day, as high over its mean as one likes: the workload of questions about peaks. No peak-to-mean ratio of
 * a service is published but that of LinkedIn's Kafka (1.4), so the ratio is what such questions vary.
 */
export const diurnal: Service = {
  name: 'diurnal',
  about: 'A stateless service with one peak a day, as high over its mean as one likes.',
  parameters: [
    // Proposal.
    { kind: 'number', name: 'instances', default: 40, min: 1, about: 'Instances at its mean load.' },
    // Proposal.
    {
      kind: 'number',
      name: 'peakToMean',
      default: 3,
      min: 1,
      max: 100,
      about: 'Peak over mean of its load.',
    },
    // Proposal.
    { kind: 'number', name: 'peakHour', default: 14, min: 0, max: 24, about: 'Hour of the day of the peak.' },
    // Proposal, as for web.
    {
      kind: 'number',
      name: 'noise',
      default: 0.05,
      min: 0,
      about: 'Standard deviation of the noise, as a share of the load of the hour.',
    },
    // Proposal, as for web: first-order autoregressive, five minutes apart.
    {
      kind: 'number',
      name: 'noiseMemory',
      default: 0.9,
      min: 0,
      max: 0.999,
      about: 'Correlation of the noise from step to step.',
    },
    // Proposal.
    { kind: 'number', name: 'cpus', default: 2, min: 0, about: 'Cores per instance.' },
    // Proposal.
    { kind: 'number', name: 'memGiB', default: 4, min: 0, about: 'Memory per instance, GiB.' },
    // Autopilot, EuroSys 2020: jobs whose limits people set leave 46 % of them unused.
    {
      kind: 'number',
      name: 'cpuUsed',
      default: 0.54,
      min: 0,
      max: 1,
      about: 'Share of the CPU demand used.',
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
    {
      kind: 'number',
      name: 'priority',
      default: 0,
      min: 0,
      integer: true,
      about: 'Priority of its tasks, for policies that look at priorities.',
    },
  ],
  recovery: statelessRecovery(0.5),
  *rows(values, context) {
    const demand = context.demand({ cpus: values.number('cpus'), mem: values.number('memGiB') * 1024 });
    const usage = context.usage({ cpus: values.number('cpuUsed'), mem: values.number('memUsed') });
    const lives = instanceLives(instanceCounts(values, context), STEP);
    lives.sort((a, b) => a.submit - b.submit || a.instance - b.instance);
    for (const { submit, duration } of lives) {
      const row: TaskRow = {
        ...PLAIN_ROW,
        job: `diurnal@${submit / STEP}`,
        framework: context.framework,
        submit,
        demand,
        duration,
        usage,
        priority: values.number('priority'),
      };
      yield row;
    }
  },
};

/** Instances that are needed in each step. */
function instanceCounts(values: ParameterValues, context: ServiceContext): Int32Array {
  const noise = randomNormal.source(context.stream('diurnal'))(0, 1);
  const memory = values.number('noiseMemory');
  const innovation = values.number('noise') * Math.sqrt(1 - memory * memory);
  const day = dailyPeak(values.number('peakToMean'), values.number('peakHour'), DAY / STEP);
  const counts = new Int32Array(Math.ceil(context.horizon / STEP));
  let deviation = 0;
  counts.forEach((_, step) => {
    deviation = memory * deviation + innovation * noise();
    const load = day[step % day.length] * Math.max(0, 1 + deviation);
    counts[step] = Math.max(1, Math.ceil(values.number('instances') * load));
  });
  return counts;
}
