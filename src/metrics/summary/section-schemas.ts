import { z } from 'zod';

/** Units of fields, for docs/summary.md. The fields of an object have its unit. */
export const UNITS = z.registry<{ readonly unit: string }>();

/** A number of things. */
export const count = z.number().int().min(0).register(UNITS, { unit: 'count' });
/** A length of time. */
export const seconds = z.number().min(0).register(UNITS, { unit: 's' });
/** A part of a whole, which is 1. */
export const share = z.number().register(UNITS, { unit: 'share' });
/** null where there is nothing to take a statistic of. */
export const maybe = z.number().nullable();

/** What is known of many values. */
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
  .describe('quantiles within 0.4 %; count, mean and max exact; null when there is no value');

/** A distribution of lengths of time. */
export const durations = distribution.clone().register(UNITS, { unit: 's' });

/** What is known of a share over time. */
export const level = z
  .object({ mean: share, p50: share, p95: share, peak: share })
  .describe('a share of the capacity, weighed by time');

const rollout = z.object({
  service: z.string(),
  kind: z.enum(['upgrade', 'reconfigure', 'reshape']),
  version: z.string().describe('empty where it has no name'),
  begun: seconds.describe('seconds from the start of the run'),
  length: seconds.nullable().describe('seconds it took; null when it was not over at the end'),
  outcome: z.enum(['done', 'rolled-back', 'unfinished']),
  instances: count.describe('when it began'),
  leastServing: count.describe('the fewest that served at one time'),
  changes: count.describe('times an instance was given the new version, or taken back to the old one'),
  failures: count.describe('crashes and failed health checks of the new version'),
});

const drain = z.object({
  machine: z.string(),
  begun: seconds.describe('seconds from the start of the run'),
  deadline: seconds.describe('likewise'),
  length: seconds.nullable().describe('seconds until nothing ran there; null when something did at the end'),
  tasks: count.describe('that ran there when it began'),
  moved: count.describe('left for another machine in time'),
  refused: count.describe('whose framework turned the inverse offer down'),
  ended: count.describe('ended by themselves in time'),
  killed: count.describe('stopped at the deadline'),
  lost: count.describe('lost when the machine failed before it'),
});

/** `operations` of a summary. */
export const operations = z
  .object({ rollouts: z.array(rollout), drains: z.array(drain) })
  .describe('what operators did, in the order in which it began; absent where they did nothing');

const resourceHours = z.record(z.string(), z.number());

/** `scaling` of a framework in a summary. */
export const scaling = z
  .object({
    out: count.describe('times that a controller asked for more instances'),
    in: count.describe('and for fewer'),
    lag: durations.describe(
      'seconds from the moment in which the serving instances were busier than the tolerance allows until enough others served',
    ),
    overProvisioned: resourceHours.describe(
      'hours x amount, by resource in its unit: room of instances beyond those needed at the target utilization',
    ),
    underProvisioned: resourceHours.describe('likewise: what was needed beyond the instances that served'),
    unserved: share.describe('share of the load that came beyond what the serving instances could take'),
  })
  .describe('of applications that scale by a controller');

const shares = z.record(z.string(), share);

/** `limits` of a framework in a summary. */
export const limits = z
  .object({
    resized: count.describe('changes of the limits of a task'),
    refused: count.describe('limits that could not be raised when they should have been'),
    slackAsked: shares.describe('share of what was asked for that was not used, by resource'),
    slack: shares.describe('share of the limits that was not used; below 0 where they were too low'),
    beyond: resourceHours.describe(
      'hours x amount of usage beyond the limit of its task: throttled, or out of memory',
    ),
  })
  .describe('of services whose limits follow their usage');

/** `health` of a framework in a summary. */
export const health = z
  .object({
    healthy: share,
    degraded: share,
    down: share,
    nines: maybe
      .optional()
      .describe('-log10 of the share down: 3 for an availability of 99.9 %; null when never down'),
  })
  .describe(
    'shares of the time since the first start: all instances serve; not all, but the minimum share; fewer. Only of services, where something could fail',
  );

/** `data` of a framework in a summary. */
export const data = z
  .object({
    atRisk: share.describe('share of that time in which a copy was missing: its instance did not serve'),
    mostMissing: count.describe('copies that were missing at one time'),
    lossProbability: z
      .number()
      .describe(
        'that some piece had all its copies among those that were lost at one time (docs/failures.md)',
      ),
    copied: z.number().describe('bytes sent to make lost copies anew'),
    copyPeak: z.number().describe('the most at one time, bytes per second'),
    copying: share.describe('share of that time in which copies were sent'),
    capacityTaken: share.describe(
      'what sending took of normal work: share of what all instances could move over that time',
    ),
  })
  .describe('of a service that keeps copies of its data, where something could fail');

const tenantWaits = {
  dominantShare: z.object({ mean: share, peak: share }),
  wait: durations.describe('seconds from the submission of a task to its first start'),
  response: durations.describe('seconds from the submission of a job to its end'),
  boundedSlowdown: distribution.describe('of jobs, as in the whole'),
};

/** `byTenant` of a summary, of one of them. */
export const tenant = z
  .object({
    ...tenantWaits,
    ownShare: share.describe(
      'share of the cluster that is its own: of its guarantee, or by weight of what these leave',
    ),
    overShare: share.describe('share of the run in which it held more than its own share'),
    othersWaited: seconds.describe('task-seconds that tasks of other tenants waited meanwhile'),
    alone: z
      .object({ machines: count.describe('its own share of the machines'), ...tenantWaits })
      .optional()
      .describe('the same tenant in a run of its own: same seed, policy and failures'),
    slowdown: maybe
      .optional()
      .describe(
        'mean response of its jobs over that in a run of its own; null where no job ended in one of them',
      ),
  })
  .describe('by tenant; absent where there are none');
