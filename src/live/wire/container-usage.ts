import { z } from 'zod';

/** The answer to `/containers` of an agent, with the fields that are used here (Mesos, docs/endpoints/slave/containers). */
export const containersSchema = z.array(
  z.looseObject({
    framework_id: z.string(),
    /** The task. */
    source: z.string(),
    /** mesos.proto, ResourceStatistics. */
    statistics: z.looseObject({
      /** Seconds since the epoch. */
      timestamp: z.number(),
      cpus_user_time_secs: z.number(),
      cpus_system_time_secs: z.number(),
      mem_rss_bytes: z.number(),
    }),
  }),
);

/** Measured usage of the tasks of an agent. */
export type ContainerUsage = z.output<typeof containersSchema>;
