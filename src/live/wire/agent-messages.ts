import { z } from 'zod';
import { frameworkInfoSchema, resourceSchema, taskInfoSchema, taskStatusSchema } from './messages.js';

/** A framework as agents keep it, so that a master that starts anew learns of it. */
export const frameworkFactsSchema = z.object({
  id: z.string(),
  info: frameworkInfoSchema,
  principal: z.string().optional(),
});

/** A task as the master hands it to an agent. */
export const launchedTaskSchema = z.object({
  info: taskInfoSchema,
  role: z.string(),
  executor_id: z.string().optional(),
  executor_resources: z.array(resourceSchema).optional(),
});

const runningTaskSchema = launchedTaskSchema.extend({ framework_id: z.string(), state: z.string() });

/** What an agent sends to POST /api/v1/agent. The form is our own: Mesos's agents speak another protocol to their master. */
export const agentCallSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('SUBSCRIBE'),
    agent_id: z.string().optional(),
    hostname: z.string().max(255),
    attributes: z.array(z.looseObject({ name: z.string() })),
    ip: z.string(),
    port: z.number(),
    /** What it was started with. */
    configured: z.array(resourceSchema),
    /** What it has now, reservations included. */
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

/** What a master sends to an agent on its stream. */
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
  /** A framework is back: what it has not acknowledged may not have reached it. */
  z.object({ type: z.literal('RESEND'), framework_id: z.string() }),
  z.object({ type: z.literal('SHUTDOWN_FRAMEWORK'), framework_id: z.string() }),
  z.object({ type: z.literal('CHECKPOINT_RESOURCES'), resources: z.array(resourceSchema) }),
  z.object({ type: z.literal('ERROR'), message: z.string() }),
]);

/** A framework as agents keep it. */
export type FrameworkFacts = z.output<typeof frameworkFactsSchema>;
/** A task as the master hands it to an agent. */
export type LaunchedTask = z.output<typeof launchedTaskSchema>;
/** What an agent sends. */
export type AgentCall = z.output<typeof agentCallSchema>;
/** How an agent joins. */
export type AgentRegistration = Extract<AgentCall, { type: 'SUBSCRIBE' }>;
/** What a master sends to an agent. */
export type AgentEvent = z.output<typeof agentEventSchema>;
