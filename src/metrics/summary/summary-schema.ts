import { z } from 'zod';
import {
  count,
  data,
  distribution,
  durations,
  health,
  level,
  limits,
  maybe,
  operations,
  scaling,
  seconds,
  share,
  tenant,
  UNITS,
} from './section-schemas.js';

const utilization = z.object({
  allocated: level.describe('given to tasks'),
  used: level.nullable().describe('really used by tasks; null when the workload does not say'),
});

const taskCounts = z.object({
  submitted: count,
  started: count.describe('tasks that started at least once'),
  finished: count.describe('did their work'),
  failed: count.describe('ended without finishing: at their time limit'),
  abandoned: count.describe(
    'left while they waited: they were out of patience, their job was given up after too many attempts, or an operator (resize, surge, drain) or a scaling controller had no more use for them',
  ),
  rejected: count.describe('could not fit any machine of the cluster'),
  preempted: count.describe('times a policy stopped a running task, to run again from zero'),
  retried: count.describe(
    'attempts that failed, were lost with their machine, or were revoked or interrupted, and were made again',
  ),
  restarted: count.optional().describe('times an operator restarted one; absent for none'),
  running: count.describe('still running at the end'),
  pending: count.describe('still waiting at the end'),
});

const jobCounts = z.object({
  submitted: count,
  started: count.describe('jobs of which a task started'),
  finished: count.describe('all of their tasks finished'),
  failed: count.describe('ended, but some task did not finish'),
  unfinished: count.describe('not ended at the end of the run'),
});

/** Optional, because summaries that were written before it was looked at are still read. */
const unplaceable = share.describe(
  'share of the run in which a framework was next by dominant share but fitted on no machine, though enough was free in all (docs/method.md)',
);

const failures = z
  .object({
    preset: z.string().describe('empty for none'),
    faults: z.array(z.string()).describe('the fault script, a fault each'),
    settings: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .describe('what could fail, and how it was detected; absent where nothing could');

const framework = z.object({
  tasks: taskCounts,
  wait: durations.describe('seconds from the submission of a task to its first start'),
  response: durations.describe('seconds from the submission of a job to its end'),
  utilization: z
    .record(z.string(), z.object({ allocated: share, used: share.nullable() }))
    .describe('means, as shares of the cluster'),
  dominantShare: z.object({ mean: share, peak: share }),
  unplaceable: unplaceable.optional(),
  unavailability: share
    .optional()
    .describe(
      'share of the time of its tasks, from their first start on, in which they were gone with a machine; only where something could fail',
    ),
  health: health.optional(),
  scaling: scaling.optional(),
  limits: limits.optional(),
  cost: z
    .object({ total: z.number(), perMonth: z.number() })
    .optional()
    .describe(
      'charged for the shares of priced machines that its tasks had, and for data that left the cloud',
    ),
  data: data.optional(),
});

const scheduler = z.object({
  decisions: count.describe('decisions that took modelled time'),
  busy: share.describe('share of the run that it was thinking'),
  wasted: share.describe('share of the run that it thought about transactions with a conflict'),
  attempts: count.describe('goes at a job, where jobs are served one at a time'),
  transactions: z
    .object({ succeeded: count, failed: count })
    .describe('attempts that placed something, without a conflict and with one'),
  conflictFraction: maybe.describe(
    'failed / succeeded transactions, which may exceed 1; null when none succeeded',
  ),
  wait: durations.describe('seconds in line before the first attempt at a job'),
});

/** `summary.json`, defined once; docs/summary.md is made from these descriptions. */
export const summarySchema = z
  .object({
    schema: z.literal('fairground/summary@1'),
    run: z.object({
      version: z.string().describe('of Fairground'),
      policy: z.object({
        name: z.string(),
        parameters: z.record(z.string(), z.union([z.string(), z.number()])),
      }),
      workload: z.object({
        kind: z.enum(['generated', 'trace']),
        name: z.string().describe('generator, or file name without its folder'),
        format: z.string().optional(),
        sha256: z.string().optional().describe('of the trace file as it lies on disk'),
        services: z
          .array(z.string())
          .optional()
          .describe('what it was composed of, as service or name=service; absent for its own services'),
        after: z
          .record(z.string(), z.array(z.string()))
          .optional()
          .describe('services that come after others, by the name of the later one'),
        parameters: z.record(z.string(), z.union([z.string(), z.number()])),
        dropped: z.record(z.string(), count).describe('rows of the trace left out, by reason'),
      }),
      machines: z.object({
        count,
        capacity: z.record(z.string(), z.number()).describe('of the cluster, in the unit of each resource'),
        source: z.string().describe('specification or file name'),
      }),
      settings: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .describe('decision times, patience and the like'),
      failures: failures.optional(),
      elasticity: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .optional()
        .describe(
          'what was set of elasticity (docs/elasticity.md), by section.parameter; absent where nothing was',
        ),
      operations: z
        .array(z.string())
        .optional()
        .describe('what operators did, an operation each; absent for none'),
      tenants: z
        .array(
          z.object({
            name: z.string(),
            frameworks: z.array(z.string()),
            weight: z.number(),
            guarantee: z.record(z.string(), z.number()).describe('in the unit of each resource'),
            limit: z.record(z.string(), z.number()).describe('likewise'),
          }),
        )
        .optional()
        .describe('who shares the cluster; absent for none'),
      seed: z.string(),
      start: z.number().register(UNITS, { unit: 's' }).describe('seconds, on the clock of the trace'),
      length: seconds.describe('seconds simulated'),
      horizon: seconds.nullable().describe('seconds asked for with --until; null without'),
    }),
    jobs: jobCounts,
    tasks: taskCounts,
    utilization: z.record(z.string(), utilization).describe('by resource'),
    offered: z
      .record(z.string(), share)
      .describe('mean share of the capacity that lay in offers, by resource'),
    wait: durations.describe('seconds from the submission of a job to its first start; jobs that started'),
    response: durations.describe('seconds from the submission of a job to its end; jobs that ran to an end'),
    boundedSlowdown: distribution.describe(
      'max(1, response / max(run time, 10 s)); jobs that ran to an end (tau 10 s)',
    ),
    taskWait: durations.describe(
      'seconds from the submission of a task to its first start; tasks that started',
    ),
    makespan: seconds
      .nullable()
      .describe('seconds from the first submission to the last end of a task; null when none ended'),
    throughput: z
      .object({ jobsPerHour: z.number(), tasksPerHour: z.number() })
      .describe('finished, per hour of the run'),
    queue: z.object({ mean: z.number(), peak: z.number() }).describe('pending tasks'),
    fairness: z.object({
      jain: maybe.describe("Jain's index of the frameworks' mean dominant shares: 1 is equal"),
      dominantShare: z.record(z.string(), z.object({ mean: share, peak: share })).describe('by framework'),
      unplaceable: unplaceable.optional(),
    }),
    fragmentation: z
      .record(z.string(), maybe)
      .describe(
        'share of the free amount that lies where a task of the mix seen so far would not fit, by resource; sampled',
      ),
    offers: z.object({
      made: count,
      accepted: count.describe('a task was started on it'),
      declined: count.describe('nothing of it was used'),
      rescinded: count.describe('taken back by the master'),
      held: durations.describe('seconds an offer was out'),
    }),
    locality: z
      .object({
        preferred: count.describe('on a machine that the task prefers'),
        elsewhere: count,
        share: share.describe('of the preferred ones'),
      })
      .nullable()
      .describe('starts of tasks that prefer some machines; null when there were none'),
    conflicts: count.describe('claims that lost to another scheduler'),
    decisions: z.object({
      count: count.describe('decisions that took modelled time'),
      busy: share.describe('share of the run that a scheduler was thinking, summed over schedulers'),
    }),
    schedulers: z
      .record(z.string(), scheduler)
      .default({})
      .describe(
        'by name: `all` for the one of all, the framework, or framework/2, framework/3 … where it has more than one; absent in results of earlier versions',
      ),
    refusals: z
      .record(z.string(), count)
      .describe('decisions of the policy that could not be carried out, by reason'),
    recovery: z.object({
      machineFailures: count,
      tasksLost: count.describe('attempts lost with their machine'),
      lostWork: seconds.describe(
        'task-seconds run by attempts that did not count (preempted, failed or lost), without what checkpoints kept',
      ),
      byCause: z
        .record(z.string(), count)
        .optional()
        .describe('failures of machines by cause; this and what follows only where something could fail'),
      volumesLost: count.optional().describe('volumes lost with their disk while their task ran'),
      detection: durations.optional().describe('seconds from the failure of a machine until its master knew'),
      timeToRecover: durations
        .optional()
        .describe('seconds from the moment a task stopped with its machine until it was started again'),
      fullRecovery: durations
        .optional()
        .describe('seconds from the moment an instance of a service stopped until it served again'),
    }),
    evictions: z
      .record(z.string(), count)
      .optional()
      .describe(
        'attempts stopped from outside, by cause: preempted by the policy, lost with a machine, revoked because usage rose, interrupted by the cloud; only where elasticity was set',
      ),
    operations: operations.optional(),
    cost: z
      .object({
        total: z.number(),
        perFinishedTask: maybe,
        perMonth: z.number().optional().describe('at the rate of the run, for 730 hours'),
        own: z.number().optional().describe('of machines that are there for good, while they are not down'),
        rented: z.number().optional().describe('of machines of a cloud, from order to return'),
        rentedHours: z.number().optional().describe('machine-hours of these'),
        egress: z.number().optional().describe('of data that left the cloud'),
        idle: z.number().optional().describe('what was paid and is charged to nobody'),
        perMonthByRole: z
          .record(z.string(), z.number())
          .optional()
          .describe('charged to each tenant, for 730 hours'),
      })
      .nullable()
      .describe('price of the machines over the run; null when none has a price'),
    byFramework: z.record(z.string(), framework),
    byTenant: z.record(z.string(), tenant).optional(),
  })
  .strict();

/** What a run leaves behind, as plain data. */
export type Summary = z.infer<typeof summarySchema>;
/** What operators did in a run. */
export type OperationsSummary = z.infer<typeof operations>;
/** What became of one tenant. */
export type TenantSummary = z.infer<typeof tenant>;
export type DistributionSummary = z.infer<typeof distribution>;
export type LevelSummary = z.infer<typeof level>;
export type TaskCounts = z.infer<typeof taskCounts>;
export type JobCounts = z.infer<typeof jobCounts>;
