import { z } from 'zod';

/** Units of fields, for docs/summary.md. The fields of an object have its unit. */
export const UNITS = z.registry<{ readonly unit: string }>();

/** A number with a unit. */
export function numberIn(unit: string) {
  return z.number().register(UNITS, { unit });
}

/** Money, in the currency of the machines' prices. */
export const money = numberIn('currency');
/** Amounts by resource. */
export const amounts = z.record(z.string(), numberIn('of the resource'));
/** Values of parameters, by name. */
export const parameterValues = z.record(z.string(), z.union([z.string(), numberIn('of the parameter')]));

/** A count. */
export const count = z.number().int().min(0).register(UNITS, { unit: 'count' });
/** A duration, in seconds. */
export const seconds = z.number().min(0).register(UNITS, { unit: 's' });
/** A share of a whole, which is 1. */
export const share = z.number().register(UNITS, { unit: 'share' });
/** null when there are no values. */
const maybe = z.number().nullable();

/** Statistics of a set of values. */
export const distribution = z
  .object({
    count: count.describe('number of values'),
    mean: maybe,
    p50: maybe,
    p90: maybe,
    p95: maybe,
    p99: maybe,
    max: maybe,
  })
  .describe('quantiles are within 0.4 %; count, mean and max are exact; null when there is no value');

/** Statistics of a set of durations. */
export const durations = distribution.clone().register(UNITS, { unit: 's' });

/** Statistics of a ratio. */
export const ratios = distribution.clone().register(UNITS, { unit: 'ratio' });

/** Statistics of a share over time. */
export const level = z
  .object({ mean: share, p50: share, p95: share, peak: share })
  .describe('share of the capacity, weighted by time');

const rollout = z.object({
  service: z.string(),
  kind: z.enum(['upgrade', 'reconfigure', 'reshape']),
  version: z.string().describe('empty when the version has no name'),
  begun: seconds.describe('seconds from the start of the run'),
  length: seconds
    .nullable()
    .describe('duration in seconds; null when it was not complete at the end of the run'),
  outcome: z.enum(['done', 'rolled-back', 'unfinished']),
  instances: count.describe('instances at the beginning'),
  leastServing: count.describe('minimum number of serving instances at any time'),
  changes: count.describe('instances changed to the new version or back to the old one'),
  failures: count.describe('crashes and failed health checks of the new version'),
});

const drain = z.object({
  machine: z.string(),
  begun: seconds.describe('seconds from the start of the run'),
  deadline: seconds.describe('seconds from the start of the run'),
  length: seconds
    .nullable()
    .describe('seconds until the machine was empty; null when it was not empty at the end of the run'),
  tasks: count.describe('tasks on the machine at the beginning'),
  moved: count.describe('tasks moved to another machine before the deadline'),
  refused: count.describe('tasks whose framework declined the inverse offer'),
  ended: count.describe('tasks that ended before the deadline'),
  killed: count.describe('tasks killed at the deadline'),
  lost: count.describe('tasks lost because the machine failed before the deadline'),
});

/** `operations` of a summary. */
export const operations = z
  .object({ rollouts: z.array(rollout), drains: z.array(drain) })
  .describe('rollouts and drains, in order of their beginning; absent when there were none');

const resourceHours = z.record(z.string(), numberIn('of the resource x h'));

/** `scaling` of a framework in a summary. */
export const scaling = z
  .object({
    out: count.describe('times that a controller raised the number of instances'),
    in: count.describe('times that a controller lowered it'),
    lag: durations.describe(
      'seconds from the time that utilization exceeded the tolerance until enough instances served',
    ),
    overProvisioned: resourceHours.describe(
      'hours x amount, by resource in its unit: capacity of instances above the number needed at the target utilization',
    ),
    underProvisioned: resourceHours.describe(
      'hours x amount, by resource in its unit: capacity that was needed above that of the serving instances',
    ),
    unserved: share.describe('share of the load above the capacity of the serving instances'),
  })
  .describe('for applications with horizontal scaling');

const shares = z.record(z.string(), share.nullable());

/** `limits` of a framework in a summary. */
export const limits = z
  .object({
    resized: count.describe('changes of the limits of a task'),
    refused: count.describe('limits that could not be raised because the machine had no room'),
    slackAsked: shares.describe(
      'unused share of the requested amount, by resource; null when the usage of a task is unknown',
    ),
    slack: shares.describe('unused share of the limits; below 0 when the limits were too low'),
    beyond: z
      .record(z.string(), numberIn('of the resource x h').nullable())
      .describe(
        'hours x amount of usage above the limit of its task: CPU that is throttled, or memory that is missing',
      ),
  })
  .describe('for services with vertical scaling');

/** `health` of a framework in a summary. */
export const health = z
  .object({
    healthy: share,
    degraded: share,
    down: share,
    nines: numberIn('nines')
      .nullable()
      .optional()
      .describe('-log10 of the share down: 3 for an availability of 99.9 %; null when never down'),
  })
  .describe(
    'shares of the time since the first start: healthy when all instances serve, degraded when at least the minimum share serves, otherwise down. Only for services, when failures are on',
  );

/** `data` of a framework in a summary. */
export const data = z
  .object({
    atRisk: share.describe(
      'share of the time since the first start in which a copy was missing because its instance did not serve',
    ),
    mostMissing: count.describe('maximum number of copies missing at one time'),
    lossProbability: numberIn('probability').describe(
      'probability that all copies of some piece of data were lost at one time (docs/failures.md)',
    ),
    copied: numberIn('bytes').describe('bytes sent to restore lost copies'),
    copyPeak: numberIn('bytes/s').describe('maximum copy rate, bytes per second'),
    copying: share.describe('share of the time since the first start in which copies were sent'),
    capacityTaken: share.describe('share of the throughput of all instances that copying used'),
  })
  .describe('for a service with replicated data, when failures are on');

const tenantWaits = {
  dominantShare: z.object({ mean: share, peak: share }),
  wait: durations.describe('seconds from the submission of a task to its first start'),
  response: durations.describe('seconds from the submission of a job to its end'),
  boundedSlowdown: ratios.describe('of jobs; defined as for the whole run'),
};

/** `byTenant` of a summary, of one of them. */
export const tenant = z
  .object({
    ...tenantWaits,
    ownShare: share.describe(
      'entitled share of the cluster: the guarantee, or the share by weight of the rest',
    ),
    overShare: share.describe('share of the run in which it held more than its entitled share'),
    othersWaited: seconds.describe('task-seconds that tasks of other tenants waited during that time'),
    alone: z
      .object({ machines: count.describe('machines of its entitled share'), ...tenantWaits })
      .optional()
      .describe('the same tenant in a separate run without the others: same seed, policy and failures'),
    slowdown: numberIn('ratio')
      .nullable()
      .optional()
      .describe(
        'mean response of its jobs / mean response in the separate run; null when no job ended in one of them',
      ),
  })
  .describe('by tenant; absent when there are no tenants');
