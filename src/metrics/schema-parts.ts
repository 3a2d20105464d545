import { z } from 'zod';

/** A number of things. */
export const count = z.number().int().min(0);
/** A length of time, in seconds. */
export const seconds = z.number().min(0);
/** null where there is nothing to take a statistic of. */
export const maybe = z.number().nullable();

/** What is known of many values. */
export const distribution = z
  .object({
    count: count.describe('number of values'),
    mean: maybe,
    p50: maybe,
    p90: maybe,
    p95: maybe,
    p99: maybe,
    max: maybe,
  })
  .describe('quantiles within 0.4 %; count, mean and max exact; null when there is no value');

/** What is known of a share over time. */
export const level = z
  .object({ mean: z.number(), p50: z.number(), p95: z.number(), peak: z.number() })
  .describe('a share of the capacity, weighed by time');
