import { DAY, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { peakHour } from './daily-wave.js';
import { instanceLives } from './instance-lives.js';
import { cpus, cpuUsed, memGiB, memUsed, sizeOf, usedOf } from './instance-size.js';
import { dailyPeak } from './load-curves.js';
import { loadNoise, noise, noiseMemory } from './load-noise.js';
import type { Service, ServiceContext } from './service.js';
import { statelessRecovery } from './stateless-recovery.js';

/** Interval at which the number of instances follows the load. */
const STEP: Micros = 5 * MINUTE;

/**
 * A stateless service with one peak a day and a configurable peak-to-mean ratio, for experiments on peaks. The only
 * published ratio of a service is that of LinkedIn's Kafka (1.4), so experiments vary it.
 */
export const diurnal: Service = {
  name: 'diurnal',
  about: 'A stateless service with one peak a day and a configurable peak-to-mean ratio.',
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
      about: 'Ratio of the peak of its load to the mean.',
    },
    // Proposal.
    peakHour(14),
    // Proposal, as for web.
    noise(0.05, 'the load of the hour'),
    // Proposal, as for web: first-order autoregressive, five minutes apart.
    noiseMemory(0.9),
    // Proposal.
    cpus(2, 'instance'),
    // Proposal.
    memGiB(4, 'instance'),
    // Autopilot, EuroSys 2020: jobs with manual limits leave 46 % of them unused.
    cpuUsed(0.54),
    // Proposal.
    memUsed(0.6),
    {
      kind: 'number',
      name: 'priority',
      default: 0,
      min: 0,
      integer: true,
      about: 'Priority of its tasks, for policies that use priorities.',
    },
  ],
  recovery: statelessRecovery(0.5),
  *rows(values, context) {
    const demand = context.demand(sizeOf(values));
    const usage = context.usage(usedOf(values));
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

/** Number of needed instances in each step. */
function instanceCounts(values: ParameterValues, context: ServiceContext): Int32Array {
  const deviation = loadNoise(values, context.stream('diurnal'));
  const day = dailyPeak(values.number('peakToMean'), values.number('peakHour'), DAY / STEP);
  const counts = new Int32Array(Math.ceil(context.horizon / STEP));
  counts.forEach((_, step) => {
    const load = day[step % day.length] * Math.max(0, 1 + deviation());
    counts[step] = Math.max(1, Math.ceil(values.number('instances') * load));
  });
  return counts;
}
