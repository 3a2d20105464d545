import { z } from 'zod';
import { count, distribution } from './schema-parts.js';

const resourceHours = z.record(z.string(), z.number());

/** `scaling` of a framework in a summary. */
export const scaling = z
  .object({
    out: count.describe('times that a controller asked for more instances'),
    in: count.describe('and for fewer'),
    lag: distribution.describe(
      'seconds from the moment in which the serving instances were busier than the tolerance allows until enough others served',
    ),
    overProvisioned: resourceHours.describe(
      'hours x amount, by resource in its unit: room of instances beyond those needed at the target utilization',
    ),
    underProvisioned: resourceHours.describe('likewise: what was needed beyond the instances that served'),
    unserved: z.number().describe('share of the load that came beyond what the serving instances could take'),
  })
  .describe('of applications that scale by a controller');

const shares = z.record(z.string(), z.number());

/** `limits` of a framework in a summary. */
export const limits = z
  .object({
    resized: count.describe('changes of the limits of a task'),
    refused: count.describe('limits that could not be raised when they should have been'),
    slackAsked: shares.describe('share of what was asked for that was not used, by resource'),
    slack: shares.describe('share of the limits that was not used; below 0 where they were too low'),
    beyond: resourceHours.describe(
      'hours x amount of usage beyond the limit of its task: throttled, or out of memory',
    ),
  })
  .describe('of services whose limits follow their usage');
