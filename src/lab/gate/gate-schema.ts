import { z } from 'zod';
import type { JudgedGate } from './run-gate.js';
import { allowedHarm } from './tolerance.js';

const count = z.number().int().min(0);
const maybe = z.number().nullable();
const source = z.object({
  name: z.string(),
  digest: z.string().nullable().describe("SHA-256 of the policy's source, in hex"),
});

/** The schema of the document that `simulate gate --json` prints, and of `gate.json`. */
export const gateSchema = z
  .object({
    schema: z.literal('fairground/gate@1'),
    verdict: z
      .enum(['same', 'pass', 'better', 'fail', 'undecided'])
      .describe('verdict on everything that is gated'),
    undecided: z.enum(['pass', 'fail']).describe('what an undecided gate counts as (--undecided)'),
    seedsNeeded: count
      .nullable()
      .describe('expected number of seeds that decides; null if nothing is undecided or if it is unknown'),
    notes: z.array(z.string()),
    design: z
      .object({
        looks: z.array(count).describe('seeds at each look'),
        levels: z.array(z.number()).describe('nominal two-sided significance level of each look'),
        spending: z.enum(['obrien-fleming', 'pocock']),
        taken: count.describe('looks that were taken'),
      })
      .nullable()
      .describe('the group-sequential design; null without a baseline'),
    confidence: z.number().describe('confidence level of the simultaneous intervals'),
    correction: z.object({
      method: z.enum(['none', 'bonferroni', 'max-t']),
      comparisons: count.describe('gated metrics that differ and are corrected together'),
    }),
    policies: z.array(
      z.object({
        name: z.string(),
        seeds: z.array(z.string()),
        isDeterministic: z
          .boolean()
          .describe('all seeds gave equal runs on both sides, so differences are exact'),
        baseline: source.nullable().describe('null without a baseline'),
        candidate: source,
      }),
    ),
    metrics: z.array(
      z.object({
        policy: z.string(),
        key: z.string().describe('name of the metric: its path in the summary'),
        unit: z.string(),
        better: z.enum(['lower', 'higher', 'neither']),
        baseline: z.number().describe('mean over the seeds'),
        candidate: z.number().describe('mean over the seeds'),
        pairs: count.describe('seeds with a value on both sides'),
        lost: count.describe('seeds without a value in the candidate only'),
        difference: z.number().describe('mean of candidate - baseline over these seeds'),
        halfWidth: maybe.describe(
          'half-width of the 95 % t-interval, for this metric alone; null with one pair',
        ),
        simultaneousHalfWidth: maybe.describe(
          'half-width of the simultaneous interval; null if not gated, equal or exact, or with one pair',
        ),
        adjustedP: maybe.describe('Holm-adjusted p-value'),
        tolerance: z
          .object({ kind: z.enum(['relative', 'absolute']), amount: z.number() })
          .nullable()
          .describe('null for a metric that is not gated'),
        allowed: maybe.describe('the largest harm that the tolerance allows, in the unit of the metric'),
        verdict: z.enum(['same', 'pass', 'better', 'fail', 'undecided', 'changed']),
      }),
    ),
    objectives: z.array(
      z.object({
        policy: z.string(),
        text: z.string(),
        runs: count,
        met: count.describe('runs that meet it'),
        share: z.number().describe('least share of the runs that must meet it'),
        verdict: z.enum(['pass', 'fail']),
      }),
    ),
  })
  .strict();

/** What `simulate gate --json` prints. */
export type GateDocument = z.output<typeof gateSchema>;

/** What an undecided gate counts as. */
export type Undecided = GateDocument['undecided'];

/** The document of a gate. */
export function gateDocument({ result, design, notes }: JudgedGate, undecided: Undecided): GateDocument {
  const sourceOf = ({ name, digest }: (typeof result.policies)[number]['candidate']) => ({
    name,
    digest: digest ?? null,
  });
  return {
    schema: 'fairground/gate@1',
    verdict: result.verdict,
    undecided,
    seedsNeeded: result.seedsNeeded ?? null,
    notes: [...notes],
    design: design === null ? null : { ...design, looks: [...design.looks], levels: [...design.levels] },
    confidence: result.confidence,
    correction: { ...result.correction },
    policies: result.policies.map(({ name, seeds, isExact, baseline, candidate }) => ({
      name,
      seeds: [...seeds],
      isDeterministic: isExact,
      baseline: baseline === undefined ? null : sourceOf(baseline),
      candidate: sourceOf(candidate),
    })),
    metrics: result.metrics.map((one) => {
      const { policy, metric, baseline, candidate, difference, corrected, tolerance, lost, verdict } = one;
      return {
        policy,
        key: metric.key,
        unit: metric.unit,
        better: metric.better,
        baseline,
        candidate,
        pairs: difference.count,
        lost,
        difference: difference.mean,
        halfWidth: difference.halfWidth ?? null,
        simultaneousHalfWidth: corrected?.halfWidth ?? null,
        adjustedP: corrected?.p ?? null,
        tolerance: tolerance ?? null,
        allowed: tolerance === undefined ? null : allowedHarm(tolerance, baseline),
        verdict,
      };
    }),
    objectives: result.objectives.map((objective) => ({ ...objective })),
  };
}
