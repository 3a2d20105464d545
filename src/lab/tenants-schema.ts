import { z } from 'zod';

const name = z.union([z.string(), z.number()]).transform(String);

/** The tenants of a scenario, by role. */
export const tenantsSchema = z
  .record(
    z.string(),
    z.strictObject({
      frameworks: z.array(name).min(1).describe('whose tasks are charged to the tenant'),
      weight: z.number().positive().default(1).describe('in the shares: twice the weight, twice the share'),
      guarantee: name.optional().describe('what is held back for it, such as 200cpu/800GiB'),
      limit: name.optional().describe('what it never has more than, likewise'),
    }),
  )
  .describe('who shares the cluster: roles with weights and quota');
