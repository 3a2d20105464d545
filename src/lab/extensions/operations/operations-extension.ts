import type { z } from 'zod';
import { Operations } from '../../../sim/operations/operations.js';
import { RandomStreams } from '../../../sim/random-streams.js';
import type { Extension } from '../extension.js';
import { operationsSummary, planOperations } from './operation-plan.js';

/** Actions of operators during a run: upgrades, changes of size and drains of machines. */
export const operations = {
  name: 'operations',
  scenarioKeys: (zod: typeof z) => ({
    operations: zod
      .array(zod.union([zod.string(), zod.number()]).transform(String))
      .optional()
      .describe("actions of operators: 'at 2h: upgrade kafka with canary=0.1'"),
  }),

  plan({ spec, cluster, part, open, added }) {
    const planned = added.simulation?.failures;
    if (planned === undefined) return {};
    const plan = planOperations(spec.operations ?? [], {
      cluster,
      frameworks: open.trace.frameworks,
      only: part?.frameworks,
      terms: added.recoveryTerms ?? [],
      failures: planned,
      streams: new RandomStreams(spec.seed),
    });
    if (plan === undefined) return {};
    const underWay = new Operations(plan, cluster);
    return {
      simulation: { operations: underWay },
      observers: [underWay],
      ended: ({ start }) => ({ operations: operationsSummary(underWay.report(), cluster, start) }),
    };
  },

  describe: ({ spec: { operations: script = [] } }) =>
    script.length === 0 ? {} : { operations: [...script] },
} satisfies Extension;
