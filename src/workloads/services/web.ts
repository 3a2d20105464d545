import { randomExponential } from 'd3-random';
import { DAY, FOREVER, MINUTE, type Micros, type ParameterValues } from '../../model/index.js';
import { writtenCurve } from '../load-curve.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { peakHour, peakToMean } from './daily-wave.js';
import { instanceLives, type Life } from './instance-lives.js';
import { cpus, cpuUsed, memGiB, memUsed, sizeOf, usedOf } from './instance-size.js';
import { sinusoidAt } from './load-curves.js';
import { loadNoise, noise, noiseMemory } from './load-noise.js';
import { SCALING_PARAMETERS, scalingTerms } from './scaling-parameters.js';
import type { Draw, Service, ServiceContext } from './service.js';
import { statelessRecovery } from './stateless-recovery.js';

/**
 * Web applications that scale with their load: a base, a daily sinusoid, noise and occasional spikes. Their instances
 * follow the load without delay, or by a controller that measures it (docs/elasticity.md).
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
    peakToMean(1.333),
    // Proposal.
    peakHour(20),
    // Proposal: first-order autoregressive noise, five minutes apart.
    noise(0.05, 'the mean load'),
    // Proposal.
    noiseMemory(0.9),
    // Proposal: rare spikes to three times the load.
    { kind: 'number', name: 'spikesPerDay', default: 0.5, min: 0, about: 'Spikes per application and day.' },
    // Proposal, as above.
    {
      kind: 'number',
      name: 'spikeFactor',
      default: 3,
      min: 1,
      about: 'Load during a spike, as a multiple of the normal load.',
    },
    // Proposal.
    { kind: 'duration', name: 'spikeLength', default: 15 * MINUTE, about: 'Mean length of a spike.' },
    // Proposal.
    cpus(2, 'instance'),
    // Proposal.
    memGiB(4, 'instance'),
    // Proposal: the usual target utilization of an autoscaler.
    cpuUsed(0.5),
    // Proposal.
    memUsed(0.6),
    ...SCALING_PARAMETERS,
  ],
  recovery: statelessRecovery(0.5),
  rows: (values, context) =>
    values.text('scaling') === 'ideal' ? idealRows(values, context) : scaledApplications(values, context),
};

interface ApplicationLife extends Life {
  readonly application: number;
}

/** Instances that follow the load without delay. Each is a row with a fixed end. */
function* idealRows(values: ParameterValues, context: ServiceContext): Iterable<TaskRow> {
  const demand = context.demand(sizeOf(values));
  const usage = context.usage(usedOf(values));
  const lives: ApplicationLife[] = [];
  for (let application = 0; application < values.number('applications'); application++) {
    const load = webLoad(application, values, context);
    const counts = Int32Array.from(load, (instances) => Math.max(1, Math.ceil(instances)));
    for (const life of instanceLives(counts, WEB_STEP)) lives.push({ ...life, application });
  }
  // Sort by submit time, then by application and instance.
  lives.sort((a, b) => a.submit - b.submit || a.application - b.application || a.instance - b.instance);
  for (const { application, submit, duration } of lives) {
    yield {
      ...PLAIN_ROW,
      job: `web-${application}@${submit / WEB_STEP}`,
      framework: context.framework,
      submit,
      demand,
      duration,
      usage,
    };
  }
}

/** Applications whose controllers start and end instances during the run. They have no rows. */
function scaledApplications(values: ParameterValues, context: ServiceContext): Iterable<TaskRow> {
  const terms = scalingTerms(values);
  for (let application = 0; application < values.number('applications'); application++) {
    const usage = writtenCurve();
    context.addApplication({
      name: `web-${application}`,
      instance: {
        ...PLAIN_ROW,
        job: '',
        framework: context.framework,
        submit: 0,
        demand: context.demand(sizeOf(values)),
        duration: FOREVER,
        usage: context.usage({ cpus: 1, mem: values.number('memUsed') }),
        curve: context.addCurve(usage),
      },
      // In `load`, 1 is one fully busy instance. An ideal instance is busy for a share of cpuUsed.
      load: {
        step: WEB_STEP,
        values: webLoad(application, values, context).map((load) => load * values.number('cpuUsed')),
      },
      usage,
      terms,
    });
  }
  return [];
}

/** The load of web applications changes after each step of this length. */
const WEB_STEP: Micros = 5 * MINUTE;

/** The load of one application in each step, as a number of instances: base, wave, noise and spikes. */
function webLoad(
  application: number,
  values: ParameterValues,
  context: Pick<ServiceContext, 'horizon' | 'stream'>,
): Float64Array {
  const deviation = loadNoise(values, context.stream(`web/${application}`));
  const spikes = spikeSteps(values, context.horizon, context.stream(`web/${application}/spikes`));
  const load = new Float64Array(Math.ceil(context.horizon / WEB_STEP));
  for (let step = 0; step < load.length; step++) {
    const wave = sinusoidAt((step * WEB_STEP) / DAY, values.number('peakToMean'), values.number('peakHour'));
    const spike = spikes.has(step) ? values.number('spikeFactor') : 1;
    load[step] = values.number('instances') * Math.max(0, wave + deviation()) * spike;
  }
  return load;
}

function spikeSteps(values: ParameterValues, horizon: Micros, draw: Draw): ReadonlySet<number> {
  const steps = new Set<number>();
  const perDay = values.number('spikesPerDay');
  if (perDay === 0) return steps;
  const gap = randomExponential.source(draw)(perDay / DAY);
  const length = randomExponential.source(draw)(1 / values.number('spikeLength'));
  for (let time = gap(); time < horizon; time += gap()) {
    const last = Math.floor(Math.min(time + length(), horizon) / WEB_STEP);
    for (let step = Math.floor(time / WEB_STEP); step <= last; step++) steps.add(step);
  }
  return steps;
}
