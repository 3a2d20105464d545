import { randomExponential, randomNormal } from 'd3-random';
import { DAY, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { instanceLives, type Life } from './instance-lives.js';
import { sinusoidAt } from './load-curves.js';
import type { Draw, Service, ServiceContext } from './service.js';
import { statelessRecovery } from './stateless-recovery.js';

/** Applications look at their load, and scale, this often. */
const STEP: Micros = 5 * MINUTE;

/**
 * Web applications that scale with their load: a base, a daily sinusoid, noise, and now and then a spike. The number of
 * instances follows the load, so each instance is a task with a known end.
 *
 * Shape: diurnal and weekly waves over a constant base (Atikoglu et al., "Workload analysis of a large-scale key-value
 * store", SIGMETRICS 2012; rates over eight orders of magnitude: Shahrad et al., ATC 2020). The figures are proposals.
 */
export const web: Service = {
  name: 'web',
  about: 'Web applications whose instances follow a daily wave with noise and spikes.',
  parameters: [
    // Proposal, sized for 500 machines.
    {
      kind: 'number',
      name: 'applications',
      default: 20,
      min: 0,
      integer: true,
      about: 'Number of applications.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'instances',
      default: 25,
      min: 1,
      about: 'Instances of an application at its mean load.',
    },
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
    { kind: 'number', name: 'peakHour', default: 20, min: 0, max: 24, about: 'Hour of the day of the peak.' },
    // Proposal: first-order autoregressive noise, five minutes apart.
    {
      kind: 'number',
      name: 'noise',
      default: 0.05,
      min: 0,
      about: 'Standard deviation of the noise, as a share of the mean load.',
    },
    // Proposal.
    {
      kind: 'number',
      name: 'noiseMemory',
      default: 0.9,
      min: 0,
      max: 0.999,
      about: 'Correlation of the noise from step to step.',
    },
    // Proposal: rare spikes to three times the load.
    { kind: 'number', name: 'spikesPerDay', default: 0.5, min: 0, about: 'Spikes per application and day.' },
    // Proposal, as above.
    { kind: 'number', name: 'spikeFactor', default: 3, min: 1, about: 'Load during a spike, as a multiple.' },
    // Proposal.
    { kind: 'duration', name: 'spikeLength', default: 15 * MINUTE, about: 'Mean length of a spike.' },
    // Proposal.
    { kind: 'number', name: 'cpus', default: 2, min: 0, about: 'Cores per instance.' },
    // Proposal.
    { kind: 'number', name: 'memGiB', default: 4, min: 0, about: 'Memory per instance, GiB.' },
    // Proposal: the target utilization an autoscaler is usually set to.
    { kind: 'number', name: 'cpuUsed', default: 0.5, min: 0, max: 1, about: 'Share of the CPU demand used.' },
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
  *rows(values, context) {
    const demand = context.demand({ cpus: values.number('cpus'), mem: values.number('memGiB') * 1024 });
    const usage = context.usage({ cpus: values.number('cpuUsed'), mem: values.number('memUsed') });
    const lives: ApplicationLife[] = [];
    for (let application = 0; application < values.number('applications'); application++) {
      const counts = instanceCounts(application, values, context);
      for (const life of instanceLives(counts, STEP)) lives.push({ ...life, application });
    }
    // In order of submission; at one instant in order of application, then of instance.
    lives.sort((a, b) => a.submit - b.submit || a.application - b.application || a.instance - b.instance);
    for (const { application, submit, duration } of lives) {
      const row: TaskRow = {
        ...PLAIN_ROW,
        job: `web-${application}@${submit / STEP}`,
        framework: context.framework,
        submit,
        demand,
        duration,
        usage,
      };
      yield row;
    }
  },
};

interface ApplicationLife extends Life {
  readonly application: number;
}

/** Instances that one application needs in each step. */
function instanceCounts(application: number, values: ParameterValues, context: ServiceContext): Int32Array {
  const draw = context.stream(`web/${application}`);
  const noise = randomNormal.source(draw)(0, 1);
  const memory = values.number('noiseMemory');
  const innovation = values.number('noise') * Math.sqrt(1 - memory * memory);
  const spikes = spikeSteps(values, context.horizon, context.stream(`web/${application}/spikes`));
  const counts = new Int32Array(Math.ceil(context.horizon / STEP));
  let deviation = 0;
  for (let step = 0; step < counts.length; step++) {
    deviation = memory * deviation + innovation * noise();
    const wave = sinusoidAt((step * STEP) / DAY, values.number('peakToMean'), values.number('peakHour'));
    const spike = spikes.has(step) ? values.number('spikeFactor') : 1;
    counts[step] = Math.max(1, Math.ceil(values.number('instances') * Math.max(0, wave + deviation) * spike));
  }
  return counts;
}

function spikeSteps(values: ParameterValues, horizon: Micros, draw: Draw): ReadonlySet<number> {
  const steps = new Set<number>();
  const perDay = values.number('spikesPerDay');
  if (perDay === 0) return steps;
  const gap = randomExponential.source(draw)(perDay / DAY);
  const length = randomExponential.source(draw)(1 / values.number('spikeLength'));
  for (let time = gap(); time < horizon; time += gap()) {
    const last = Math.floor(Math.min(time + length(), horizon) / STEP);
    for (let step = Math.floor(time / STEP); step <= last; step++) steps.add(step);
  }
  return steps;
}
