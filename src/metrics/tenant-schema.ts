import { z } from 'zod';
import { count, distribution, maybe, seconds } from './schema-parts.js';

const tenantWaits = {
  dominantShare: z.object({ mean: z.number(), peak: z.number() }),
  wait: distribution.describe('seconds from the submission of a task to its first start'),
  response: distribution.describe('seconds from the submission of a job to its end'),
  boundedSlowdown: distribution.describe('of jobs, as in the whole'),
};

/** `byTenant` of a summary, of one of them. */
export const tenant = z
  .object({
    ...tenantWaits,
    ownShare: z
      .number()
      .describe('share of the cluster that is its own: of its guarantee, or by weight of what these leave'),
    overShare: z.number().describe('share of the run in which it held more than its own share'),
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
