import { z } from 'zod';
import type { JobTerms, ServiceTerms, Submission } from '../../live/framework/submission.js';
import {
  DURATION_FORM,
  FOREVER,
  fromSeconds,
  InputError,
  type InputPlace,
  LATEST_TIME,
  type Micros,
  ParameterValues,
  type PlacementRule,
  type Preference,
  parseConstraints,
  parseDuration,
  parsePreferences,
  type ScalingTerms,
  toSeconds,
} from '../../model/index.js';
import { SCALING_PARAMETERS, scalingTerms } from '../../workloads/services/scaling-parameters.js';
import { readYaml } from './yaml-file.js';

/** Defaults: the run time after which an instance counts as ready, and the longest time until then. The values are our choice. */
const USUAL_READY_AFTER: Micros = fromSeconds(5);
const USUAL_READY_WITHIN: Micros = fromSeconds(120);

const duration = z.union([z.string(), z.number()]).transform((value, context) => {
  const micros = typeof value === 'number' ? fromSeconds(value) : parseDuration(value);
  if (micros !== undefined && micros >= 0 && (micros <= LATEST_TIME || micros === FOREVER)) return micros;
  context.addIssue({ code: 'custom', message: `found "${value}", expected ${DURATION_FORM}` });
  return z.NEVER;
});

const amount = z.number().min(0);

/** A text in the form of a CSV column. */
function written<T>(parse: (text: string, place: InputPlace) => T) {
  return z.string().transform((text, context) => {
    try {
      return parse(text, {});
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.addIssue({ code: 'custom', message: error.problem });
      return z.NEVER;
    }
  });
}

const commandKeys = {
  command: z.string().min(1).describe('a shell command'),
  cpus: amount.default(0).describe('cores'),
  mem: amount.default(0).describe('MiB'),
  disk: amount.default(0).describe('MiB'),
  priority: z.int().default(0),
  env: z.record(z.string(), z.union([z.string(), z.number()]).transform(String)).default({}),
  constraint: written(parseConstraints)
    .optional()
    .describe('what a machine must satisfy, such as rack=r1|r2;cores>=8;ssd'),
  prefers: written(parsePreferences)
    .optional()
    .describe('preferred machines, with weights, such as 10*rack=r1;zone!=b'),
  user: z.string().min(1).optional().describe('who submits it'),
  labels: z
    .record(z.string().min(1), z.union([z.string(), z.number()]).transform(String))
    .optional()
    .describe('labels by key, for policies'),
};

const jobSchema = z.strictObject({
  ...commandKeys,
  tasks: z.int().min(1).max(100_000).default(1),
  estimate: duration.default(FOREVER).describe("the user's estimate of the run time of a task"),
  time_limit: duration
    .refine((limit) => limit > 0, { error: 'expected a duration above 0' })
    .default(FOREVER)
    .describe('a task that runs longer is stopped, and has failed for good'),
  deadline: duration
    .default(FOREVER)
    .describe('when the job should be done, from its submission; for policies'),
  spread: z
    .record(z.string().min(1), z.int().min(1))
    .optional()
    .describe('most tasks of the job per value of an attribute, such as { machine: 1, rack: 3 }'),
  together: z
    .array(z.string().min(1))
    .optional()
    .describe('attributes of which all tasks of the job share one value'),
  gang: z.boolean().default(false).describe('start all tasks at one instant, or none'),
  retries: z.int().min(0).default(0).describe('number of restarts of a task after failures'),
});

const healthSchema = z.strictObject({
  command: z.string().min(1),
  interval: duration.optional(),
  timeout: duration.optional(),
  grace: duration.optional().describe('failures within this time after the start do not count'),
  failures: z
    .int()
    .min(1)
    .optional()
    .describe('number of consecutive failures after which the instance is stopped'),
});

/** Bounds and rule of horizontal scaling; the parameters and defaults are those of the simulator (SCALING_PARAMETERS). */
const scalingSchema = z.strictObject({
  rule: z.enum(['target', 'scheduled', 'predictive']).default('target'),
  target: z.number().min(0.01).max(1).optional().describe('target utilization of the demanded cpus'),
  tolerance: z.number().min(0).max(1).optional(),
  least: z.int().min(1).max(100_000).optional().describe('minimum number of instances'),
  most: z.int().min(1).max(100_000).optional().describe('maximum number of instances'),
  interval: duration.optional().describe('time between two checks of the load'),
  cool_down_out: duration.optional().describe('no instances are added within this time after a change'),
  cool_down_in: duration.optional().describe('no instances are removed within this time after a change'),
  stabilization_out: duration
    .optional()
    .describe('added up to the lowest number recommended within this time'),
  stabilization_in: duration
    .optional()
    .describe('removed down to the highest number recommended within this time'),
  lead: duration.optional().describe('with predictive: how far ahead the load is predicted'),
  schedule: z
    .string()
    .regex(/^(\d+(\.\d+)?:\d+(,(?!$)|$))*$/, { error: 'expected hour:instances, joined by commas' })
    .optional()
    .describe('with scheduled: instances by the hour of the day in UTC, such as 0:20,8:40,20:25'),
});

const serviceSchema = z.strictObject({
  ...commandKeys,
  instances: z.int().min(0).max(100_000).default(1),
  health: healthSchema.optional(),
  ready_after: duration.default(USUAL_READY_AFTER),
  ready_within: duration.default(USUAL_READY_WITHIN),
  scaling: scalingSchema.optional().describe('a control loop sets the number of instances'),
});

/** Names are part of task ids, which are names of folders. */
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: 'expected a name of letters a-z, digits and -',
});

/** A task must demand resources (Mesos, validation.cpp: "Task uses no resources"). */
function asksForSomething({ cpus, mem }: { readonly cpus: number; readonly mem: number }): boolean {
  return cpus > 0 || mem > 0;
}

const NOTHING_ASKED = { error: 'expected cpus or mem above 0' };

/** A submission file: jobs and services by name. */
export const submissionSchema = z.strictObject({
  jobs: z.record(name, jobSchema.refine(asksForSomething, NOTHING_ASKED)).default({}),
  services: z.record(name, serviceSchema.refine(asksForSomething, NOTHING_ASKED)).default({}),
});

/** Reads a submission file. @throws InputError with file, line and field. */
export function readSubmission(path: string): Submission {
  const { jobs, services } = readYaml(path, submissionSchema).value;
  return {
    jobs: Object.entries(jobs).map(([job, terms]) => jobTerms(job, terms)),
    services: Object.entries(services).map(([service, terms]) => serviceTerms(service, terms, path)),
  };
}

function jobTerms(job: string, terms: z.output<typeof jobSchema>): JobTerms {
  const { tasks, estimate, time_limit: timeLimit, deadline, gang, retries } = terms;
  const common = commandTerms(job, terms, { spread: terms.spread, together: terms.together });
  return { ...common, tasks, estimate, timeLimit, deadline, gang, retries };
}

/** @throws InputError */
function serviceTerms(service: string, terms: z.output<typeof serviceSchema>, file: string): ServiceTerms {
  const scaling = terms.scaling === undefined ? undefined : scalingOf(terms.scaling, terms.ready_after);
  const place = { file, field: `services.${service}` };
  if (scaling !== undefined && !(terms.cpus > 0))
    throw InputError.expected(
      { ...place, field: `${place.field}.cpus` },
      terms.cpus,
      'above 0: scaling compares the used with the demanded cpus',
    );
  if (scaling !== undefined && (terms.instances < scaling.least || terms.instances > scaling.most))
    throw InputError.expected(
      { ...place, field: `${place.field}.instances` },
      terms.instances,
      `from ${scaling.least} to ${scaling.most}, the bounds of scaling`,
    );
  return {
    ...commandTerms(service, terms, {}),
    instances: terms.instances,
    healthCheck: terms.health === undefined ? undefined : healthCheck(terms.health),
    readyAfter: terms.ready_after,
    readyWithin: terms.ready_within,
    ...(scaling !== undefined && { scaling }),
  };
}

/** @throws InputError when the bounds or the schedule contradict themselves. */
function scalingOf(
  {
    rule,
    interval,
    cool_down_out,
    cool_down_in,
    stabilization_out,
    stabilization_in,
    ...others
  }: z.output<typeof scalingSchema>,
  readyAfter: Micros,
): ScalingTerms {
  const given = {
    ...others,
    scaling: rule,
    readyAfter,
    scalingInterval: interval,
    coolDownOut: cool_down_out,
    coolDownIn: cool_down_in,
    stabilizationOut: stabilization_out,
    stabilizationIn: stabilization_in,
  };
  const known = Object.entries(given).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  return scalingTerms(new ParameterValues(SCALING_PARAMETERS, Object.fromEntries(known)));
}

/** The rules of a job that couple its tasks. */
type JobRules = Partial<Pick<z.output<typeof jobSchema>, 'spread' | 'together'>>;

function commandTerms(
  called: string,
  terms: z.output<typeof jobSchema> | z.output<typeof serviceSchema>,
  rules: JobRules,
) {
  const { command, cpus, mem, disk, priority, env, constraint, prefers, user, labels } = terms;
  const rule = ruleOf(rules, prefers);
  return {
    name: called,
    command,
    demand: { cpus, mem, disk },
    priority,
    environment: env,
    ...(constraint !== undefined && { constraint }),
    ...(rule !== undefined && { rule }),
    ...(user !== undefined && { user }),
    ...(labels !== undefined && { labels }),
  };
}

function ruleOf(
  { spread = {}, together = [] }: JobRules,
  prefers: Preference[] = [],
): PlacementRule | undefined {
  const limits = Object.entries(spread).map(([attribute, atMost]) => ({ attribute, atMost }));
  if (limits.length === 0 && together.length === 0 && prefers.length === 0) return undefined;
  return { spread: limits, together, avoid: [], beside: [], prefers };
}

/** The health check in the form of Mesos (mesos.proto, HealthCheck). Missing fields have the defaults of Mesos. */
function healthCheck({ command, interval, timeout, grace, failures }: z.output<typeof healthSchema>) {
  return {
    type: 'COMMAND',
    command: { value: command },
    ...(interval !== undefined && { interval_seconds: toSeconds(interval) }),
    ...(timeout !== undefined && { timeout_seconds: toSeconds(timeout) }),
    ...(grace !== undefined && { grace_period_seconds: toSeconds(grace) }),
    ...(failures !== undefined && { consecutive_failures: failures }),
  };
}
