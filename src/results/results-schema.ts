import { z } from 'zod';
import type { Summary } from '../metrics/catalogue/catalogue.js';
import { summarySchema } from '../metrics/catalogue/summary-schema.js';

/** The version of the form of a results document. */
export const RESULTS_VERSION = 'fairground/results@1' as const;

const count = z.number().int().min(0);
const maybe = z.number().nullable();

const valueSchema = z
  .object({
    count: count.describe('seeds with a value'),
    mean: z.number(),
    halfWidth: maybe.describe('half-width of the t-interval of the mean; null with one seed'),
    low: maybe.describe('lower limit of the interval, within the range of the metric'),
    high: maybe.describe('upper limit of the interval, within the range of the metric'),
    median: z.number().describe('median over the seeds'),
    medianLow: maybe.describe('lower limit of the interval of the median; null with fewer than six seeds'),
    medianHigh: maybe.describe('upper limit of the interval of the median'),
  })
  .nullable();

const differenceSchema = z
  .object({
    pairs: count.describe('seeds with a value in both columns'),
    mean: z.number().describe('mean of value - reference over these seeds'),
    halfWidth: maybe.describe('half-width of the t-interval, for this comparison alone; null with one pair'),
    p: maybe.describe('two-sided p-value, for this comparison alone'),
    simultaneousHalfWidth: maybe.describe(
      'half-width of the simultaneous interval: at the confidence level, all corrected intervals hold together; null for rows that are not corrected',
    ),
    adjustedP: maybe.describe('Holm-adjusted p-value; null for rows that are not corrected'),
    isSupported: z.boolean().describe('whether the adjusted p-value is at most 1 - confidence'),
  })
  .nullable();

const comparisonSchema = z.object({
  confidence: z.number().describe('confidence level of all intervals'),
  reference: z.string().nullable().describe('column to which the others are compared; null without runs'),
  correction: z.object({
    method: z.enum(['none', 'bonferroni', 'max-t']),
    comparisons: count.describe('differences that are corrected together'),
  }),
  columns: z.array(
    z.object({
      name: z.string().describe('the policy, with the settings in which it differs from others'),
      policy: z.string(),
      seeds: z.array(z.string()),
      isDeterministic: z.boolean().describe('all seeds gave equal results, so they count as one run'),
    }),
  ),
  rows: z.array(
    z.object({
      key: z.string().describe('name of the metric: its path in the summary'),
      unit: z.string(),
      better: z.enum(['lower', 'higher', 'neither']),
      about: z.string().nullable(),
      values: z.array(valueSchema).describe('one per column; null without a value'),
      differences: z
        .array(differenceSchema)
        .describe('one per column: its paired difference to the reference; null for the reference'),
    }),
  ),
});

/** The schema of the document that `--json` prints, for one run and for many. */
export const resultsSchema = z
  .object({
    schema: z.literal(RESULTS_VERSION),
    runs: z.array(summarySchema).describe('summaries, as in summary.json'),
    comparison: comparisonSchema,
  })
  .strict();

/** What `--json` prints. */
export type ResultsDocument = Omit<z.infer<typeof resultsSchema>, 'runs'> & {
  readonly runs: readonly Summary[];
};
