import { z } from 'zod';
import { fromSeconds, type Micros } from '../../model/index.js';

/** An identifier in the format of the API: `{value}`. */
export const idSchema = z.looseObject({ value: z.string() });

/** Amounts by resource name, in units. */
export const scalarsSchema = z.record(z.string(), z.looseObject({ value: z.number() }));

/** A quantity of one resource (mesos.proto, Resource). */
export const resourceSchema = z.looseObject({
  name: z.string(),
  type: z.enum(['SCALAR', 'RANGES', 'SET']),
  scalar: z.looseObject({ value: z.number() }).optional(),
  ranges: z
    .looseObject({ range: z.array(z.looseObject({ begin: z.number(), end: z.number() })).optional() })
    .optional(),
  role: z.string().optional(),
  reservation: z.looseObject({}).optional(),
  reservations: z.array(z.looseObject({ role: z.string().optional() })).optional(),
  revocable: z.looseObject({}).optional(),
  disk: z
    .looseObject({
      persistence: z.looseObject({ id: z.string() }).optional(),
      volume: z.looseObject({ container_path: z.string() }).optional(),
      source: z.looseObject({ type: z.string() }).optional(),
    })
    .optional(),
});

/** FrameworkInfo (mesos.proto). */
export const frameworkInfoSchema = z.looseObject({
  user: z.string(),
  name: z.string(),
  id: idSchema.optional(),
  failover_timeout: z.number().optional(),
  checkpoint: z.boolean().optional(),
  role: z.string().optional(),
  roles: z.array(z.string()).optional(),
  principal: z.string().optional(),
  capabilities: z.array(z.looseObject({ type: z.string() })).optional(),
  offer_filters: z
    .record(
      z.string(),
      z.looseObject({
        min_allocatable_resources: z
          .looseObject({
            quantities: z.array(z.looseObject({ quantities: scalarsSchema.optional() })).optional(),
          })
          .optional(),
      }),
    )
    .optional(),
});

const commandSchema = z.looseObject({
  value: z.string().optional(),
  shell: z.boolean().optional(),
  arguments: z.array(z.string()).optional(),
  user: z.string().optional(),
  uris: z.array(z.unknown()).optional(),
  environment: z
    .looseObject({
      variables: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).optional(),
    })
    .optional(),
});

const killPolicySchema = z.looseObject({
  grace_period: z.looseObject({ nanoseconds: z.number() }).optional(),
});

const httpProbeSchema = z.looseObject({
  scheme: z.string().optional(),
  port: z.number(),
  path: z.string().optional(),
});
const tcpProbeSchema = z.looseObject({ port: z.number() });

/** A health check (mesos.proto, HealthCheck); times in seconds. */
const healthCheckSchema = z.looseObject({
  type: z.string().optional(),
  command: commandSchema.optional(),
  http: httpProbeSchema.optional(),
  tcp: tcpProbeSchema.optional(),
  delay_seconds: z.number().min(0).optional(),
  interval_seconds: z.number().min(0).optional(),
  timeout_seconds: z.number().min(0).optional(),
  grace_period_seconds: z.number().min(0).optional(),
  consecutive_failures: z.number().optional(),
});

/** A check without consequences (mesos.proto, CheckInfo); times in seconds. */
const checkSchema = z.looseObject({
  type: z.string().optional(),
  command: z.looseObject({ command: commandSchema.optional() }).optional(),
  http: httpProbeSchema.optional(),
  tcp: tcpProbeSchema.optional(),
  delay_seconds: z.number().min(0).optional(),
  interval_seconds: z.number().min(0).optional(),
  timeout_seconds: z.number().min(0).optional(),
});

/** A task to launch (mesos.proto, TaskInfo). */
export const taskInfoSchema = z.looseObject({
  name: z.string(),
  task_id: idSchema,
  agent_id: idSchema,
  resources: z.array(resourceSchema).optional(),
  command: commandSchema.optional(),
  executor: z.looseObject({}).optional(),
  container: z.looseObject({}).optional(),
  health_check: healthCheckSchema.optional(),
  check: checkSchema.optional(),
  kill_policy: killPolicySchema.optional(),
  max_completion_time: z.looseObject({ nanoseconds: z.number() }).optional(),
  labels: z
    .looseObject({
      labels: z.array(z.looseObject({ key: z.string(), value: z.string().optional() })).optional(),
    })
    .optional(),
});

const executorInfoSchema = z.looseObject({
  executor_id: idSchema,
  type: z.string().optional(),
  resources: z.array(resourceSchema).optional(),
  container: z.looseObject({}).optional(),
  command: z.looseObject({}).optional(),
});

const resourcesSchema = z.looseObject({ resources: z.array(resourceSchema) });
const volumesSchema = z.looseObject({ volumes: z.array(resourceSchema).optional() });

const operationSchema = z.looseObject({
  type: z.string(),
  id: idSchema.optional(),
  launch: z.looseObject({ task_infos: z.array(taskInfoSchema).optional() }).optional(),
  launch_group: z
    .looseObject({
      executor: executorInfoSchema,
      task_group: z.looseObject({ tasks: z.array(taskInfoSchema).optional() }),
    })
    .optional(),
  reserve: resourcesSchema.optional(),
  unreserve: resourcesSchema.optional(),
  create: volumesSchema.optional(),
  destroy: volumesSchema.optional(),
});

const filtersSchema = z.looseObject({ refuse_seconds: z.number().optional() });
const idsSchema = z.array(idSchema);
const inverseOfferAnswerSchema = z.looseObject({
  inverse_offer_ids: idsSchema.optional(),
  filters: filtersSchema.optional(),
});
const rolesSchema = z.looseObject({ roles: z.array(z.string()).optional() });

/** A call of the scheduler API, with the fields that are used here (v1 scheduler.proto, Call). */
export const callSchema = z.looseObject({
  type: z.string().optional(),
  framework_id: idSchema.optional(),
  subscribe: z
    .looseObject({
      framework_info: frameworkInfoSchema,
      suppressed_roles: z.array(z.string()).optional(),
    })
    .optional(),
  accept: z
    .looseObject({
      offer_ids: idsSchema.optional(),
      operations: z.array(operationSchema).optional(),
      filters: filtersSchema.optional(),
    })
    .optional(),
  decline: z.looseObject({ offer_ids: idsSchema.optional(), filters: filtersSchema.optional() }).optional(),
  accept_inverse_offers: inverseOfferAnswerSchema.optional(),
  decline_inverse_offers: inverseOfferAnswerSchema.optional(),
  revive: rolesSchema.optional(),
  suppress: rolesSchema.optional(),
  kill: z
    .looseObject({
      task_id: idSchema,
      agent_id: idSchema.optional(),
      kill_policy: killPolicySchema.optional(),
    })
    .optional(),
  shutdown: z.looseObject({ executor_id: idSchema, agent_id: idSchema }).optional(),
  acknowledge: z.looseObject({ agent_id: idSchema, task_id: idSchema, uuid: z.string() }).optional(),
  acknowledge_operation_status: z.looseObject({ uuid: z.string(), operation_id: idSchema }).optional(),
  reconcile: z
    .looseObject({
      tasks: z.array(z.looseObject({ task_id: idSchema, agent_id: idSchema.optional() })).optional(),
    })
    .optional(),
  reconcile_operations: z
    .looseObject({
      operations: z
        .array(z.looseObject({ operation_id: idSchema, agent_id: idSchema.optional() }))
        .optional(),
    })
    .optional(),
  message: z.looseObject({ agent_id: idSchema, executor_id: idSchema, data: z.string() }).optional(),
  request: z.looseObject({}).optional(),
  update_framework: z
    .looseObject({
      framework_info: frameworkInfoSchema,
      suppressed_roles: z.array(z.string()).optional(),
    })
    .optional(),
});

/** Default time from SIGTERM to SIGKILL (Mesos: executor_shutdown_grace_period). */
export const USUAL_KILL_GRACE: Micros = fromSeconds(5);

/** The terminal task states (mesos.proto, TaskState). */
export const TERMINAL_STATES: ReadonlySet<string> = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

/** TaskStatus (mesos.proto). */
export const taskStatusSchema = z.looseObject({
  task_id: idSchema,
  agent_id: idSchema.optional(),
  executor_id: idSchema.optional(),
  state: z.string(),
  source: z.string().optional(),
  reason: z.string().optional(),
  message: z.string().optional(),
  /** Seconds since the epoch. */
  timestamp: z.number().optional(),
  /** Result of the last health check, if there is one. */
  healthy: z.boolean().optional(),
  check_status: z.looseObject({ type: z.string() }).optional(),
  /** Base64; a status that has one must be acknowledged. */
  uuid: z.string().optional(),
});

/** A quantity of one resource. */
export type ResourceMessage = z.output<typeof resourceSchema>;
/** Description of a framework. */
export type FrameworkInfo = z.output<typeof frameworkInfoSchema>;
/** A task to launch. */
export type TaskInfo = z.output<typeof taskInfoSchema>;
/** A command and its environment. */
export type CommandInfo = z.output<typeof commandSchema>;
/** The health check of a task. */
export type HealthCheck = z.output<typeof healthCheckSchema>;
/** The check of a task. */
export type CheckInfo = z.output<typeof checkSchema>;
/** The status of a task. */
export type TaskStatus = z.output<typeof taskStatusSchema>;
/** A well-formed call of the scheduler API; see validateCall for further checks. */
export type Call = z.output<typeof callSchema>;
/** One operation of an ACCEPT. */
export type Operation = z.output<typeof operationSchema>;
/** Amounts by resource name, in units. */
export type Scalars = z.output<typeof scalarsSchema>;
