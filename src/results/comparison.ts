import type { Summary } from '../metrics/catalogue/catalogue.js';
import { InputError } from '../model/index.js';
import { type Metric, metricsOf, metricValue } from './metric.js';
import { rangeOf } from './metric-text.js';
import {
  CONFIDENCE,
  type Limits,
  limitsWithin,
  type MeanInterval,
  meanInterval,
} from './statistics/mean-interval.js';
import {
  differencesOf,
  type Pair,
  type PairedDifference,
  pairedDifference,
} from './statistics/paired-difference.js';
import { type QuantileInterval, quantileInterval } from './statistics/quantile-interval.js';
import {
  type CorrectedDifference,
  type Correction,
  correctForNumber,
  type DifferencesBySeed,
} from './statistics/simultaneous.js';
import { type Variant, variantsOf } from './variants.js';

/** Runs side by side: a column per policy (each over its seeds), a row per metric. */
export interface Comparison {
  readonly columns: readonly Variant[];
  /** Index of the column to which the others are compared. */
  readonly reference: number;
  readonly rows: readonly ComparedMetric[];
  /** How differences are corrected for their number: those of the short table, or of all rows. */
  readonly correction: Pick<Correction, 'method' | 'comparisons'>;
}

/** A row: one metric under every policy. */
export interface ComparedMetric {
  readonly metric: Metric;
  /** One value per column; undefined if a run does not have it. */
  readonly values: readonly (ComparedValue | undefined)[];
  /** One per column: its paired difference to the reference. Undefined for the reference, and if no seed has a value in both. */
  readonly differences: readonly (ComparedDifference | undefined)[];
}

/** A metric under one policy, over its seeds. */
export interface ComparedValue extends MeanInterval {
  /** Limits of the mean's interval, within the range of the metric. */
  readonly limits: Limits | undefined;
  /** The median over the seeds. */
  readonly median: QuantileInterval;
}

/** The difference of a column to the reference, over pairs of runs with the same seed. */
export interface ComparedDifference extends PairedDifference {
  /** After the correction for the number of comparisons; undefined if the row is not in the corrected family, or without interval. */
  readonly corrected: CorrectedDifference | undefined;
  /** Whether the data support that there is a difference: the adjusted p-value is at most 5 %. */
  readonly isSupported: boolean;
}

/** A metric that is computed from others. */
export interface DerivedMetric {
  readonly metric: Metric;
  /** Undefined if a metric that it reads has no value, or if the result is no finite number. */
  compute(summary: Summary): number | undefined;
}

/** What is compared, and to which column. */
export interface ComparisonOptions {
  /** Further rows at the end. */
  readonly derived?: readonly DerivedMetric[];
  /** Name of the reference column, or of its policy. The first column if left out. */
  readonly versus?: string | undefined;
  /** The rows whose differences are corrected together: those of the short table (the default), or all. */
  readonly family?: 'short' | 'all';
}

/**
 * Groups runs by policy and settings, in order of appearance. A row has the mean of a metric over the seeds of each column, and the
 * paired difference of each column to the reference. @throws InputError if `versus` is no column.
 */
export function compareRuns(
  summaries: readonly Summary[],
  { derived = [], versus, family = 'short' }: ComparisonOptions = {},
): Comparison {
  const columns = variantsOf(summaries);
  const reference = referenceOf(columns, versus);
  const metrics = new Map(summaries.flatMap(metricsOf).map((metric) => [metric.key, metric]));
  const fromSummary = [...metrics.values()].map((metric) => ({
    metric,
    compute: (summary: Summary) => metricValue(summary, metric.key),
  }));
  const seeds = [...new Set(summaries.map(({ run }) => run.seed))];
  const plain = [...fromSummary, ...derived].map((one) => plainRow(one, columns, reference, seeds));
  return correctedComparison({ columns, reference }, plain, family);
}

function referenceOf(columns: readonly Variant[], versus: string | undefined): number {
  if (versus === undefined) return 0;
  const byName = columns.findIndex(({ name }) => name === versus);
  const ofPolicy = columns.filter(({ summaries }) => summaries[0].run.policy.name === versus);
  if (byName >= 0) return byName;
  if (ofPolicy.length === 1) return columns.indexOf(ofPolicy[0]);
  const names = columns.map(({ name }) => name);
  throw InputError.expected({ field: '--versus' }, versus, `one of ${names.join(', ')}`, names);
}

/** A row before the correction. */
interface PlainRow extends ComparedMetric {
  /** One per column. */
  readonly bySeed: readonly DifferencesBySeed[];
}

function plainRow(
  { metric, compute }: DerivedMetric,
  columns: readonly Variant[],
  reference: number,
  seeds: readonly string[],
): PlainRow {
  const valuesBySeed = columns.map(
    ({ summaries }) => new Map(summaries.map((summary) => [summary.run.seed, compute(summary)])),
  );
  const values = columns.map((column, i) => {
    const known = [...valuesBySeed[i].values()].filter((value) => value !== undefined);
    return comparedValue(column.isDeterministic ? known.slice(0, 1) : known, metric);
  });
  const bySeed = columns.map((column, i) =>
    i === reference
      ? seeds.map(() => undefined)
      : differencesBySeed(
          valuesBySeed[reference],
          valuesBySeed[i],
          // Two columns without randomness have one difference, not one for each seed.
          column.isDeterministic && columns[reference].isDeterministic ? seeds.slice(0, 1) : seeds,
        ),
  );
  const differences = bySeed.map((all) => {
    const difference = pairedDifference(all.filter((one) => one !== undefined));
    return difference === undefined ? undefined : { ...difference, corrected: undefined, isSupported: false };
  });
  return { metric, values, differences, bySeed };
}

/** Nothing is known of the values of a derived metric. */
const ANY_NUMBER = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };

function comparedValue(known: readonly number[], metric: Metric): ComparedValue | undefined {
  if (known.length === 0) return undefined;
  const interval = meanInterval(known);
  return {
    ...interval,
    limits: limitsWithin(interval, metric.table === undefined ? ANY_NUMBER : rangeOf(metric)),
    median: quantileInterval(known, 0.5),
  };
}

type BySeed = ReadonlyMap<string, number | undefined>;

function differencesBySeed(reference: BySeed, other: BySeed, seeds: readonly string[]): DifferencesBySeed {
  const pairs = new Map<string, Pair>();
  for (const seed of seeds) {
    const [before, after] = [reference.get(seed), other.get(seed)];
    if (before !== undefined && after !== undefined) pairs.set(seed, { reference: before, value: after });
  }
  const differences = differencesOf([...pairs.values()]);
  const places = [...pairs.keys()];
  return seeds.map((seed) => differences[places.indexOf(seed)]);
}

function correctedComparison(
  { columns, reference }: Pick<Comparison, 'columns' | 'reference'>,
  plain: readonly PlainRow[],
  family: 'short' | 'all',
): Comparison {
  const members = plain.flatMap((row) =>
    family === 'all' || isShort(row)
      ? row.bySeed.map((differences, column) => ({ row, column, differences }))
      : [],
  );
  const correction = correctForNumber(
    members.map(({ differences }) => differences),
    { confidence: CONFIDENCE, seed: 'comparison' },
  );
  const correctedOf = new Map<PlainRow, Map<number, CorrectedDifference>>();
  for (const [i, { row, column }] of members.entries()) {
    const corrected = correction.corrected[i];
    if (corrected === undefined) continue;
    correctedOf.set(row, (correctedOf.get(row) ?? new Map()).set(column, corrected));
  }
  const rows = plain.map((row): ComparedMetric => {
    const differences = row.differences.map((difference, column) => {
      const corrected = correctedOf.get(row)?.get(column);
      if (difference === undefined || corrected === undefined) return difference;
      return { ...difference, corrected, isSupported: corrected.p <= 1 - CONFIDENCE };
    });
    return { metric: row.metric, values: row.values, differences };
  });
  const { method, comparisons } = correction;
  return { columns, reference, rows, correction: { method, comparisons } };
}

/** Whether a row is shown in the short table. */
export function isShort({
  metric: { table },
  values,
}: {
  readonly metric: Metric;
  readonly values: readonly (MeanInterval | undefined)[];
}): boolean {
  if (table === undefined || table === 'short') return true;
  return table === 'short-if-any' && values.some((value) => (value?.mean ?? 0) !== 0);
}
