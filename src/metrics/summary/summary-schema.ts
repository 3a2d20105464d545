import { z } from 'zod';
import {
  amounts,
  count,
  data,
  type distribution,
  durations,
  health,
  level,
  limits,
  money,
  numberIn,
  operations,
  parameterValues,
  ratios,
  scaling,
  seconds,
  share,
  tenant,
  UNITS,
} from './section-schemas.js';

const utilization = z.object({
  allocated: level.describe('given to tasks'),
  used: level
    .nullable()
    .describe('used by tasks; null when the workload does not tell the usage of every task that ran'),
});

const taskCounts = z.object({
  submitted: count,
  started: count.describe('tasks that started at least once'),
  finished: count.describe('tasks that completed their work'),
  failed: count.describe('stopped at their time limit'),
  abandoned: count.describe(
    'removed while pending: their patience ran out, their job had too many failed attempts, or an operator (resize, surge, drain) or a scaling controller removed them',
  ),
  rejected: count.describe('can never run, or were rejected by the policy'),
  killed: count.optional().describe('stopped by the policy for good; absent when there were none'),
  notRun: count
    .optional()
    .describe('could not run, because what they depend on did not finish; absent when there were none'),
  preempted: count.describe('times that a policy stopped a running task, which starts again from zero'),
  retried: count.describe(
    'attempts repeated after a failure, a lost machine, a revocation, an interruption, or the stop of another member of their gang',
  ),
  restarted: count.optional().describe('restarts by an operator; absent when there were none'),
  running: count.describe('still running at the end'),
  pending: count.describe('still waiting at the end'),
  withoutEstimate: count
    .optional()
    .describe(
      'submitted without an estimate of the run time, under a policy that plans with estimates; absent when there were none',
    ),
});

const jobCounts = z.object({
  submitted: count,
  started: count.describe('jobs with at least one started task'),
  finished: count.describe('jobs whose tasks all finished'),
  failed: count.describe('jobs that ended with an unfinished task'),
  unfinished: count.describe('jobs still pending or running at the end of the run'),
});

/** It is optional, because summaries of older versions do not have it. */
const unplaceable = share.describe(
  'share of the run in which the framework with the lowest dominant share fit on no machine, although the total free amount was enough (docs/method.md)',
);

/** Number of changes to the values of a file, by what was done. */
const adjusted = z.record(z.string(), count).optional();

const failures = z
  .object({
    preset: z.string().describe('empty when no preset was used'),
    faults: z.array(z.string()).describe('the fault script, one fault per entry'),
    settings: parameterValues,
    adjusted: adjusted.describe(
      'number of values of the file of outages that were rounded; absent if none was',
    ),
  })
  .describe('failure model and failure detection; absent when failures are off');

const framework = z.object({
  tasks: taskCounts,
  wait: durations.describe('seconds from the submission of a task to its first start'),
  response: durations.describe('seconds from the submission of a job to its end'),
  utilization: z
    .record(z.string(), z.object({ allocated: share, used: share.nullable() }))
    .describe('mean shares of the cluster'),
  dominantShare: z.object({ mean: share, peak: share }),
  unplaceable: unplaceable.optional(),
  unavailability: share
    .optional()
    .describe(
      'share of the time since the first start of its tasks in which they were down because of a machine; only when failures are on',
    ),
  health: health.optional(),
  scaling: scaling.optional(),
  limits: limits.optional(),
  cost: z
    .object({ total: money, perMonth: money.describe('for 730 hours') })
    .optional()
    .describe(
      'charge for the share of priced machines that its tasks used, and for data sent out of the cloud',
    ),
  data: data.optional(),
});

const scheduler = z.object({
  decisions: count.describe('decisions that took modelled time'),
  busy: share.describe('share of the run spent on decisions'),
  wasted: share.describe('share of the run spent on transactions that had a conflict'),
  attempts: count.describe('attempts to place a job, when a scheduler serves one job at a time'),
  transactions: z
    .object({ succeeded: count, failed: count })
    .describe('attempts that placed at least one task, without a conflict and with one'),
  conflictFraction: numberIn('ratio')
    .nullable()
    .describe('failed / succeeded transactions (may exceed 1); null when none succeeded'),
  wait: durations.describe('seconds that a job waited in the queue before the first attempt to place it'),
});

/** Jobs with one fate. */
const namedJobs = {
  jobs: count,
  tasks: count,
  named: z.array(z.object({ job: z.string(), reason: z.string() })).describe('the first of them'),
};

/** The schema of `summary.json`. The build generates docs/summary.md from these descriptions. */
export const summarySchema = z
  .object({
    schema: z.literal('fairground/summary@1'),
    run: z.object({
      version: z.string().describe('version of Fairground'),
      policy: z.object({
        name: z.string(),
        digest: z
          .string()
          .optional()
          .describe(
            "SHA-256 of the policy's source, in hex: of the file's text, or of name and version for a built-in policy; absent in results of older versions",
          ),
        parameters: parameterValues.describe('values of all parameters, as for --set'),
      }),
      workload: z.object({
        kind: z.enum(['generated', 'trace']),
        name: z.string().describe('generator, or file name without its folder'),
        format: z.string().optional(),
        sha256: z.string().optional().describe('checksum of the trace file on disk'),
        services: z
          .array(z.string())
          .optional()
          .describe('services of the workload, as service or name=service; absent for the default set'),
        after: z
          .record(z.string(), z.array(z.string()))
          .optional()
          .describe('start order: the services that each named service starts after'),
        parameters: parameterValues.describe('values of all parameters, as for --set'),
        dropped: z.record(z.string(), count).describe('rows of the trace that were skipped, by reason'),
        adjusted: adjusted.describe(
          'number of rows that the reader changed, for each kind of change; absent if it changed none',
        ),
      }),
      machines: z.object({
        count,
        capacity: amounts.describe('capacity of the cluster, in the unit of each resource'),
        source: z.string().describe('specification or file name'),
        adjusted: adjusted.describe('number of values of the file that were rounded; absent if none was'),
      }),
      settings: parameterValues.describe('settings such as decision times and patience'),
      failures: failures.optional(),
      elasticity: parameterValues
        .optional()
        .describe(
          'elasticity settings (docs/elasticity.md), by section.parameter; absent when there are none',
        ),
      operations: z
        .array(z.string())
        .optional()
        .describe('operations, one per entry; absent when there are none'),
      tenants: z
        .array(
          z.object({
            name: z.string(),
            frameworks: z.array(z.string()),
            weight: numberIn('ratio').describe('weight of its share, relative to the other tenants'),
            guarantee: amounts.describe('in the unit of each resource'),
            limit: amounts.describe('in the unit of each resource'),
          }),
        )
        .optional()
        .describe('tenants of the cluster; absent when there are none'),
      seed: z.string(),
      start: z.number().register(UNITS, { unit: 's' }).describe('seconds, on the clock of the trace'),
      length: seconds.describe('seconds simulated'),
      horizon: seconds.nullable().describe('value of --until, in seconds; null when it was not given'),
    }),
    jobs: jobCounts,
    tasks: taskCounts,
    utilization: z.record(z.string(), utilization).describe('by resource'),
    offered: z
      .record(z.string(), share)
      .describe('mean share of the capacity in outstanding offers, by resource'),
    wait: durations.describe(
      'seconds from the submission of a job to its first start; only jobs that started',
    ),
    response: durations.describe('seconds from the submission of a job to its end; only jobs that ended'),
    boundedSlowdown: ratios.describe(
      'max(1, response / max(run time, 10 s)), so tau is 10 s; only jobs that ended',
    ),
    taskWait: durations.describe(
      'seconds from the submission of a task to its first start; only tasks that started',
    ),
    makespan: seconds
      .nullable()
      .describe('seconds from the first submission to the last end of a task; null when none ended'),
    throughput: z
      .object({ jobsPerHour: numberIn('jobs/h'), tasksPerHour: numberIn('tasks/h') })
      .describe('finished, per hour of the run'),
    queue: z.object({ mean: numberIn('tasks'), peak: numberIn('tasks') }).describe('pending tasks'),
    fairness: z.object({
      jain: numberIn('ratio')
        .nullable()
        .describe("Jain's index of the frameworks' mean dominant shares: 1 is equal"),
      dominantShare: z.record(z.string(), z.object({ mean: share, peak: share })).describe('by framework'),
      unplaceable: unplaceable.optional(),
    }),
    fragmentation: z
      .record(z.string(), share.nullable())
      .describe(
        'share of the free amount on machines where a task drawn from the submitted mix does not fit, by resource; sampled',
      ),
    offers: z.object({
      made: count,
      accepted: count.describe('offers on which a task was started'),
      declined: count.describe('offers of which nothing was used'),
      rescinded: count.describe('offers that the master took back'),
      held: durations.describe('seconds that an offer was outstanding'),
    }),
    locality: z
      .object({
        preferred: count.describe('starts on a preferred machine'),
        elsewhere: count,
        share: share.describe('preferred starts / all of these starts'),
      })
      .nullable()
      .describe('starts of tasks that prefer certain machines; null when there were none'),
    conflicts: count.describe('claims that failed because another scheduler had taken the room'),
    decisions: z.object({
      count: count.describe('decisions that took modelled time'),
      busy: share.describe('share of the run spent on decisions, summed over schedulers'),
    }),
    schedulers: z
      .record(z.string(), scheduler)
      .default({})
      .describe(
        'by name: `all` for a scheduler shared by all frameworks, otherwise the framework; further schedulers of a framework are framework/2, framework/3 …; absent in results of earlier versions',
      ),
    refusals: z
      .record(z.string(), count)
      .describe('decisions of the policy that the ledger refused, by reason'),
    impossible: z
      .object({
        ...namedJobs,
        alone: count.describe('tasks among them that are no members of gangs'),
      })
      .optional()
      .describe(
        'jobs that can never run, even on the empty cluster, or under limits that never change; they were rejected; absent when there are none',
      ),
    stuck: z
      .object(namedJobs)
      .optional()
      .describe(
        'jobs that still wait when nothing can happen any more; the run ends then; absent when there are none',
      ),
    rejections: z
      .object(namedJobs)
      .optional()
      .describe('jobs that the policy rejected; absent when there are none'),
    notRun: z
      .object(namedJobs)
      .optional()
      .describe(
        'jobs with tasks that could not run, because what they depend on did not finish; absent when there are none',
      ),
    notSubmitted: z
      .object(namedJobs)
      .optional()
      .describe(
        'jobs with tasks that still waited for others at the end of the run, so they were not submitted and count nowhere else; absent when there are none',
      ),
    dependencies: z
      .object({
        criticalPath: durations.describe(
          'seconds of the longest chain of run times in the trace; only finished jobs whose tasks depend on each other',
        ),
        stretch: ratios.describe('response / critical path of these jobs; 1 is the best'),
      })
      .optional()
      .describe('critical paths of jobs; absent when no finished job has dependent tasks'),
    recovery: z.object({
      machineFailures: count,
      tasksLost: count.describe('attempts lost because their machine failed'),
      lostWork: seconds.describe(
        'task-seconds of preempted, failed or lost attempts, minus the work saved by checkpoints',
      ),
      stoppedWithGang: count
        .optional()
        .describe(
          'attempts stopped because another member of their gang stopped, for a gang restarts as a whole; absent when there were none',
        ),
      byCause: z
        .record(z.string(), count)
        .optional()
        .describe(
          'machine failures by cause; this key and the next ones are present only when failures are on',
        ),
      volumesLost: count.optional().describe('volumes lost because their disk failed while their task ran'),
      detection: durations
        .optional()
        .describe('seconds from the failure of a machine until the master detected it'),
      timeToRecover: durations
        .optional()
        .describe('seconds from the stop of a task by a machine failure until the task started again'),
      fullRecovery: durations
        .optional()
        .describe('seconds from the stop of a service instance until it served again'),
    }),
    evictions: z
      .record(z.string(), count)
      .optional()
      .describe(
        'attempts stopped by the system, by cause: preempted by the policy, lost with a machine, revoked because usage rose, interrupted by the cloud, or stopped with another member of their gang; only when elasticity is configured',
      ),
    operations: operations.optional(),
    cost: z
      .object({
        total: money,
        perFinishedTask: money.nullable(),
        perMonth: money.optional().describe('cost rate of the run, for 730 hours'),
        own: money.optional().describe('cost of owned machines, while they are not down'),
        rented: money.optional().describe('cost of rented cloud machines, from order to return'),
        rentedHours: numberIn('h').optional().describe('machine-hours of rented machines'),
        egress: money.optional().describe('cost of data sent out of the cloud'),
        idle: money.optional().describe('cost that is charged to no framework'),
        perMonthByRole: z
          .record(z.string(), money)
          .optional()
          .describe('charge to each tenant, for 730 hours'),
      })
      .nullable()
      .describe('cost of the machines over the run; null when no machine has a price'),
    byFramework: z.record(z.string(), framework),
    byTenant: z.record(z.string(), tenant).optional(),
  })
  .strict();

/** The results of a run, as plain data. */
export type Summary = z.infer<typeof summarySchema>;
/** The results of operations in a run. */
export type OperationsSummary = z.infer<typeof operations>;
/** The results of one tenant. */
export type TenantSummary = z.infer<typeof tenant>;
export type DistributionSummary = z.infer<typeof distribution>;
export type LevelSummary = z.infer<typeof level>;
export type TaskCounts = z.infer<typeof taskCounts>;
export type JobCounts = z.infer<typeof jobCounts>;
