import { z } from 'zod';
import { attributeSchema } from '../wire/agent-messages.js';
import { resourceSchema, taskStatusSchema } from '../wire/messages.js';

const id = z.looseObject({ value: z.string() });

const offerSchema = z.looseObject({
  id,
  agent_id: id,
  hostname: z.string(),
  /** Where its agent serves its endpoints. */
  url: z
    .looseObject({ scheme: z.string(), address: z.looseObject({ ip: z.string(), port: z.number() }) })
    .optional(),
  resources: z.array(resourceSchema),
});

/** Events from a master to a scheduler, with the fields that are used here (v1 scheduler.proto, Event). */
export const schedulerEventSchema = z.looseObject({
  type: z.string(),
  subscribed: z.looseObject({ framework_id: id }).optional(),
  offers: z.looseObject({ offers: z.array(offerSchema) }).optional(),
  rescind: z.looseObject({ offer_id: id }).optional(),
  update: z.looseObject({ status: taskStatusSchema }).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** The answer to GET_AGENTS (v1 master.proto), with the fields that are used here. */
export const agentsAnswerSchema = z.looseObject({
  get_agents: z.looseObject({
    agents: z
      .array(
        z.looseObject({
          agent_info: z.looseObject({
            id,
            hostname: z.string(),
            attributes: z.array(attributeSchema).optional(),
          }),
          total_resources: z.array(resourceSchema).optional(),
        }),
      )
      .optional(),
  }),
});

/** An event from a master to a scheduler. */
export type SchedulerEvent = z.output<typeof schedulerEventSchema>;
/** The Offer message. */
export type OfferMessage = z.output<typeof offerSchema>;
