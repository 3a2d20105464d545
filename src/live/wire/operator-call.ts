import { z } from 'zod';
import { HttpError } from './http-error.js';
import { idSchema, resourceSchema, scalarsSchema } from './messages.js';

const resourcesSchema = z.array(resourceSchema).default([]);
const agentSchema = z.looseObject({ agent_id: idSchema });
const reservedSchema = agentSchema.extend({ resources: resourcesSchema });
const volumesSchema = agentSchema.extend({ volumes: resourcesSchema });

/** Guarantees and limits of a role, by resource name in units (quota.proto, QuotaConfig). */
export const quotaConfigSchema = z.looseObject({
  role: z.string(),
  guarantees: scalarsSchema.optional(),
  limits: scalarsSchema.optional(),
});

/** A machine, on which there may be several agents (mesos.proto, MachineID). */
export const machineIdSchema = z.object({ hostname: z.string().optional(), ip: z.string().optional() });

const nanosecondsSchema = z.looseObject({ nanoseconds: z.number() });

/** Planned unavailability of a machine; without a duration, forever (mesos.proto, Unavailability). */
export const unavailabilitySchema = z.looseObject({
  start: nanosecondsSchema,
  duration: nanosecondsSchema.optional(),
});

/** Machines that are maintained at one time (maintenance.proto, Window). */
export const windowSchema = z.looseObject({
  machine_ids: z.array(machineIdSchema).default([]),
  unavailability: unavailabilitySchema,
});

const machinesSchema = z.looseObject({ machines: z.array(machineIdSchema).default([]) });

/** Queries without members (master.proto, Call). */
export const PLAIN_CALLS = [
  'GET_HEALTH',
  'GET_FLAGS',
  'GET_VERSION',
  'GET_METRICS',
  'GET_STATE',
  'GET_AGENTS',
  'GET_FRAMEWORKS',
  'GET_EXECUTORS',
  'GET_TASKS',
  'GET_ROLES',
  'GET_WEIGHTS',
  'GET_MASTER',
  'GET_MAINTENANCE_STATUS',
  'GET_MAINTENANCE_SCHEDULE',
  'GET_QUOTA',
  'SUBSCRIBE',
] as const;

/** A query without members. */
export type PlainCall = (typeof PLAIN_CALLS)[number];

/** The member of each write call: its type in lower case (master.proto, Call). */
const memberSchemas = {
  set_quota: z.looseObject({
    quota_request: z.looseObject({
      force: z.boolean().optional(),
      role: z.string().optional(),
      guarantee: resourcesSchema,
    }),
  }),
  update_quota: z.looseObject({
    force: z.boolean().optional(),
    quota_configs: z.array(quotaConfigSchema).default([]),
  }),
  remove_quota: z.looseObject({ role: z.string() }),
  update_weights: z.looseObject({
    weight_infos: z.array(z.looseObject({ role: z.string().optional(), weight: z.number() })).default([]),
  }),
  reserve_resources: reservedSchema,
  unreserve_resources: reservedSchema,
  create_volumes: volumesSchema,
  destroy_volumes: volumesSchema,
  update_maintenance_schedule: z.looseObject({
    schedule: z.looseObject({ windows: z.array(windowSchema).default([]) }),
  }),
  start_maintenance: machinesSchema,
  stop_maintenance: machinesSchema,
  drain_agent: agentSchema.extend({
    max_grace_period: nanosecondsSchema.optional(),
    mark_gone: z.boolean().optional(),
  }),
  deactivate_agent: agentSchema,
  reactivate_agent: agentSchema,
  mark_agent_gone: agentSchema,
  teardown: z.looseObject({ framework_id: idSchema }),
};

/** The content of write calls, by member name. */
export type OperatorMembers = {
  readonly [M in keyof typeof memberSchemas]: z.output<(typeof memberSchemas)[M]>;
};

/** A valid call of the operator API. */
export type OperatorCall =
  | { readonly type: PlainCall }
  | {
      [M in keyof OperatorMembers]: { readonly type: Uppercase<M>; readonly said: OperatorMembers[M] };
    }[keyof OperatorMembers];

/** A write call. */
export type OperatorWrite = Extract<OperatorCall, { readonly said: unknown }>;

/** Quota of one role as operators write it. */
export type QuotaConfig = z.output<typeof quotaConfigSchema>;
/** A machine. */
export type MachineId = z.output<typeof machineIdSchema>;
/** Planned unavailability of a machine. */
export type Unavailability = z.output<typeof unavailabilitySchema>;
/** Machines that are maintained at one time. */
export type MaintenanceWindow = z.output<typeof windowSchema>;

/** Reads a call of the operator API (validation.cpp, master::call). @throws HttpError 400; 501 for an unsupported type. */
export function readOperatorCall(message: unknown): OperatorCall {
  const call = z.looseObject({ type: z.string() }).safeParse(message);
  if (!call.success) throw invalid("Expecting 'type' to be present");
  const { type } = call.data;
  const plain = PLAIN_CALLS.find((known) => known === type);
  if (plain !== undefined) return { type: plain };
  const member = type.toLowerCase();
  if (member.toUpperCase() !== type || !Object.hasOwn(memberSchemas, member))
    throw new HttpError(501, `${type.slice(0, 60)} is not implemented`);
  const said = call.data[member];
  if (said === undefined) throw invalid(`Expecting '${member}' to be present`);
  const parsed = memberSchemas[member as keyof OperatorMembers].safeParse(said);
  if (parsed.success) return { type, said: parsed.data } as OperatorCall;
  const [issue] = parsed.error.issues;
  throw invalid(`${[member, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`);
}

function invalid(problem: string): HttpError {
  return new HttpError(400, `Failed to validate master::Call: ${problem}`);
}
