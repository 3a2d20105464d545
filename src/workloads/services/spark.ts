import { randomExponential, randomGeometric, randomLogNormal } from 'd3-random';
import { fromSeconds, HOUR, InputError, type Micros, type ParameterValues } from '../../model/index.js';
import { PLAIN_ROW, type TaskRow } from '../trace.js';
import { cpus, cpuUsed, memGiB, memUsed, sizeOf, usedOf } from './instance-size.js';
import { boundedPareto } from './load-curves.js';
import type { Service } from './service.js';

/**
 * Batch analytics. Jobs come in bursts at any hour. Most are small and a few are huge. Tasks of one job differ in
 * length.
 *
 * Shape: Chen, Alspaugh & Katz, "Interactive analytical processing in big data systems", VLDB 2012: bursty, not
 * regularly diurnal, mostly small jobs. The model uses compound arrivals, lognormal task times and a bounded Pareto for
 * job sizes.
 */
export const spark: Service = {
  name: 'spark',
  about: 'Batch analytics: bursts of jobs with heavy-tailed sizes.',
  isBatch: true,
  parameters: [
    // Proposal, sized for 500 machines.
    { kind: 'number', name: 'jobsPerHour', default: 200, min: 0, about: 'Jobs per hour, on average.' },
    // Proposal: a peak-to-median ratio of hourly load from 9:1 to 260:1 is reported for such clusters. Bursts of jobs
    // cause the peaks.
    { kind: 'number', name: 'burstJobs', default: 12, min: 1, about: 'Jobs in a burst, on average.' },
    // Proposal.
    {
      kind: 'duration',
      name: 'burstGap',
      default: fromSeconds(10),
      about: 'Mean time between the jobs of a burst.',
    },
    // Proposed with the published figures: a tail index between 1.1 and 1.5 (C^2 of 110 to 33 at H/L = 10^4).
    {
      kind: 'number',
      name: 'sizeAlpha',
      default: 1.3,
      min: 0.1,
      about: 'Tail index of the number of tasks of a job.',
    },
    // Proposal.
    { kind: 'number', name: 'sizeMin', default: 8, min: 1, about: 'Tasks of the smallest jobs.' },
    // Proposal.
    { kind: 'number', name: 'sizeMax', default: 2000, min: 1, about: 'Tasks of the largest jobs.' },
    // Proposal: "most jobs last minutes" is the published part.
    { kind: 'duration', name: 'taskMedian', default: fromSeconds(150), about: 'Median run time of a task.' },
    // Proposal.
    {
      kind: 'number',
      name: 'taskSigma',
      default: 0.8,
      min: 0,
      about: 'Sigma of the lognormal distribution of task run times.',
    },
    // Proposal: an executor of 4 cores.
    cpus(4, 'task'),
    // Proposal.
    memGiB(14, 'task'),
    // Proposal.
    cpuUsed(0.75),
    // Proposal.
    memUsed(0.6),
  ],
  *rows(values, context) {
    checkSizes(values);
    const arrivals = context.stream('spark/arrivals');
    const sizes = context.stream('spark/sizes');
    const duration = randomLogNormal.source(context.stream('spark/durations'))(
      Math.log(values.number('taskMedian')),
      values.number('taskSigma'),
    );
    const demand = context.demand(sizeOf(values));
    const usage = context.usage(usedOf(values));
    let job = 0;
    for (const submit of burstyArrivals(values, context.horizon, arrivals)) {
      const size = boundedPareto(
        sizes(),
        values.number('sizeAlpha'),
        values.number('sizeMin'),
        values.number('sizeMax'),
      );
      const first: TaskRow = {
        ...PLAIN_ROW,
        job: `spark-${job++}`,
        framework: context.framework,
        submit,
        demand,
        duration: 0,
        usage,
      };
      for (let task = Math.max(1, Math.round(size)); task > 0; task--) {
        yield { ...first, duration: Math.max(1, Math.round(duration())) };
      }
    }
  },
};

function checkSizes(values: ParameterValues): void {
  const [least, most] = [values.number('sizeMin'), values.number('sizeMax')];
  if (least > most)
    throw InputError.expected({ field: 'spark.sizeMin' }, least, `at most spark.sizeMax, which is ${most}`);
}

/** Submit times in order. Bursts form a Poisson process, and jobs follow each other within a burst. Bursts may overlap. */
function* burstyArrivals(values: ParameterValues, horizon: Micros, draw: () => number): Iterable<Micros> {
  const perHour = values.number('jobsPerHour');
  if (perHour === 0) return;
  const burstJobs = values.number('burstJobs');
  const gapToBurst = randomExponential.source(draw)(perHour / burstJobs / HOUR);
  const gapInBurst = randomExponential.source(draw)(1 / Math.max(1, values.number('burstGap')));
  const jobsInBurst = randomGeometric.source(draw)(1 / burstJobs);
  // Jobs that were drawn but not yielded yet. The next burst may begin before the current one ends.
  const ahead: Micros[] = [];
  let burst = gapToBurst();
  while (burst < horizon || ahead.length > 0) {
    if (ahead.length > 0 && (ahead[0] <= burst || burst >= horizon)) {
      const submit = ahead.shift() as Micros;
      if (submit < horizon) yield submit;
      continue;
    }
    let time = burst;
    for (let job = jobsInBurst(); job > 0; job--) {
      ahead.push(Math.floor(time));
      time += gapInBurst();
    }
    ahead.sort((a, b) => a - b);
    burst += gapToBurst();
  }
}
