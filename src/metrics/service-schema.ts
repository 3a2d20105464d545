import { z } from 'zod';
import { count, maybe } from './schema-parts.js';

/** `health` of a framework in a summary. */
export const health = z
  .object({
    healthy: z.number(),
    degraded: z.number(),
    down: z.number(),
    nines: maybe
      .optional()
      .describe('-log10 of the share down: 3 for an availability of 99.9 %; null when never down'),
  })
  .describe(
    'shares of the time since the first start: all instances serve; not all, but the minimum share; fewer. Only of services, where something could fail',
  );

/** `data` of a framework in a summary. */
export const data = z
  .object({
    atRisk: z.number().describe('share of that time in which a copy was missing: its instance did not serve'),
    mostMissing: count.describe('copies that were missing at one time'),
    lossProbability: z
      .number()
      .describe(
        'that some piece had all its copies among those that were lost at one time (docs/failures.md)',
      ),
    copied: z.number().describe('bytes sent to make lost copies anew'),
    copyPeak: z.number().describe('the most at one time, bytes per second'),
    copying: z.number().describe('share of that time in which copies were sent'),
    capacityTaken: z
      .number()
      .describe('what sending took of normal work: share of what all instances could move over that time'),
  })
  .describe('of a service that keeps copies of its data, where something could fail');
