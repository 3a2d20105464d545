import { z } from 'zod';
import { count, seconds } from './schema-parts.js';

const rollout = z.object({
  service: z.string(),
  kind: z.enum(['upgrade', 'reconfigure', 'reshape']),
  version: z.string().describe('empty where it has no name'),
  begun: seconds.describe('seconds from the start of the run'),
  length: seconds.nullable().describe('seconds it took; null when it was not over at the end'),
  outcome: z.enum(['done', 'rolled-back', 'unfinished']),
  instances: count.describe('when it began'),
  leastServing: count.describe('the fewest that served at one time'),
  changes: count.describe('times an instance was given the new version, or taken back to the old one'),
  failures: count.describe('crashes and failed health checks of the new version'),
});

const drain = z.object({
  machine: z.string(),
  begun: seconds.describe('seconds from the start of the run'),
  deadline: seconds.describe('likewise'),
  length: seconds.nullable().describe('seconds until nothing ran there; null when something did at the end'),
  tasks: count.describe('that ran there when it began'),
  moved: count.describe('left for another machine in time'),
  refused: count.describe('whose framework turned the inverse offer down'),
  ended: count.describe('ended by themselves in time'),
  killed: count.describe('stopped at the deadline'),
  lost: count.describe('lost when the machine failed before it'),
});

/** `dayTwo` of a summary. */
export const dayTwo = z
  .object({ rollouts: z.array(rollout), drains: z.array(drain) })
  .describe('what operators did, in the order in which it began; absent where they did nothing');
