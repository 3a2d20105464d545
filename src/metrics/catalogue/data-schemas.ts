import { z } from 'zod';
import { type DataName, SUMMARY_VERSION } from './entry.js';

/** Units of fields, for docs/summary.md. The fields of an object have its unit. */
export const UNITS = z.registry<{ readonly unit: string }>();

/** A number with a unit. */
export function numberIn(unit: string) {
  return z.number().register(UNITS, { unit });
}

const amounts = z.record(z.string(), numberIn('of the resource'));
/** Values of parameters, by name. */
const parameterValues = z.record(z.string(), z.union([z.string(), numberIn('of the parameter')]));
const count = z.number().int().min(0).register(UNITS, { unit: 'count' });
const seconds = z.number().min(0).register(UNITS, { unit: 's' });

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

const run = z.object({
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
    .describe('elasticity settings (docs/elasticity.md), by section.parameter; absent when there are none'),
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
  warmUp: z
    .object({
      rule: z
        .enum(['time', 'mser-5', 'half'])
        .describe(
          'given, found by MSER-5, or half of the run because MSER-5 found none (docs/statistics.md)',
        ),
      seconds: seconds.describe('seconds from the start of the run'),
    })
    .optional()
    .describe('the part that metrics of the steady state leave out; absent without a warm-up'),
  seed: z.string(),
  start: z.number().register(UNITS, { unit: 's' }).describe('seconds, on the clock of the trace'),
  length: seconds.describe('seconds simulated'),
  horizon: seconds.nullable().describe('value of --until, in seconds; null when it was not given'),
});

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

const namedJobs = z.array(z.object({ job: z.string(), reason: z.string() }));

/** The parts of a summary that are no metrics. */
export const DATA_SCHEMAS = {
  version: z.literal(SUMMARY_VERSION),
  run,
  'named-jobs': namedJobs,
  rollouts: z.array(rollout),
  drains: z.array(drain),
} as const satisfies Readonly<Record<DataName, z.ZodType>>;

/** The key `run` of a summary. */
export type RunSection = z.infer<typeof run>;
/** The results of operations in a run. */
export interface OperationsSummary {
  readonly rollouts: z.infer<typeof rollout>[];
  readonly drains: z.infer<typeof drain>[];
}
