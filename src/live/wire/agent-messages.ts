import { z } from 'zod';
import { frameworkInfoSchema, resourceSchema, taskInfoSchema, taskStatusSchema } from './messages.js';

/** A framework as stored by agents, so that a restarted master can recover it. */
export const frameworkFactsSchema = z.object({
  id: z.string(),
  info: frameworkInfoSchema,
  principal: z.string().optional(),
});

/** A task in a LAUNCH event. */
export const launchedTaskSchema = z.object({
  info: taskInfoSchema,
  role: z.string(),
  executor_id: z.string().optional(),
  executor_resources: z.array(resourceSchema).optional(),
});

const runningTaskSchema = launchedTaskSchema.extend({ framework_id: z.string(), state: z.string() });

/** Calls of an agent to POST /api/v1/agent. The protocol is our own; Mesos agents use another one. */
export const agentCallSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('SUBSCRIBE'),
    agent_id: z.string().optional(),
    hostname: z.string().max(255),
    attributes: z.array(z.looseObject({ name: z.string() })),
    ip: z.string(),
    port: z.number(),
    /** Resources at start. */
    configured: z.array(resourceSchema),
    /** Current resources, with reservations. */
    resources: z.array(resourceSchema),
    frameworks: z.array(frameworkFactsSchema),
    tasks: z.array(runningTaskSchema),
  }),
  z.object({ type: z.literal('PONG'), agent_id: z.string() }),
  z.object({
    type: z.literal('UPDATE'),
    agent_id: z.string(),
    framework_id: z.string(),
    status: taskStatusSchema,
    latest_state: z.string(),
  }),
]);

/** Events from a master to an agent. */
export const agentEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('SUBSCRIBED'), agent_id: z.string(), ping_timeout_seconds: z.number() }),
  z.object({ type: z.literal('PING') }),
  z.object({
    type: z.literal('LAUNCH'),
    framework: frameworkFactsSchema,
    tasks: z.array(launchedTaskSchema),
  }),
  z.object({
    type: z.literal('KILL'),
    framework_id: z.string(),
    task_id: z.string(),
    grace_seconds: z.number().optional(),
  }),
  z.object({
    type: z.literal('ACKNOWLEDGE'),
    framework_id: z.object({ value: z.string() }),
    task_id: z.object({ value: z.string() }),
    uuid: z.string(),
  }),
  /** A framework has resubscribed: resend its unacknowledged statuses. */
  z.object({ type: z.literal('RESEND'), framework_id: z.string() }),
  z.object({ type: z.literal('SHUTDOWN_FRAMEWORK'), framework_id: z.string() }),
  z.object({ type: z.literal('CHECKPOINT_RESOURCES'), resources: z.array(resourceSchema) }),
  z.object({ type: z.literal('ERROR'), message: z.string() }),
]);

/** A framework as stored by agents. */
export type FrameworkFacts = z.output<typeof frameworkFactsSchema>;
/** A task in a LAUNCH event. */
export type LaunchedTask = z.output<typeof launchedTaskSchema>;
/** A call of an agent. */
export type AgentCall = z.output<typeof agentCallSchema>;
/** The registration of an agent. */
export type AgentRegistration = Extract<AgentCall, { type: 'SUBSCRIBE' }>;
/** An event from a master to an agent. */
export type AgentEvent = z.output<typeof agentEventSchema>;

/** An attribute of an agent (mesos.proto, Attribute), as far as constraints read it: a text or a number. */
export const attributeSchema = z.looseObject({
  name: z.string(),
  text: z.looseObject({ value: z.string() }).optional(),
  scalar: z.looseObject({ value: z.number() }).optional(),
});

/** The text and scalar attributes by name, as texts. Ranges and sets are left out. */
export function attributeTexts(
  attributes: readonly z.output<typeof attributeSchema>[],
): Record<string, string> {
  const texts = attributes.flatMap(({ name, text, scalar }) => {
    const value = text?.value ?? scalar?.value;
    return value === undefined ? [] : [[name, String(value)] as const];
  });
  return Object.fromEntries(texts);
}
