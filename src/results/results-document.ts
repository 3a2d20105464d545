import type { Summary } from '../metrics/catalogue/catalogue.js';
import type { ComparedDifference, ComparedMetric, ComparedValue, Comparison } from './comparison.js';
// The schema itself would load zod in every run.
import type { ResultsDocument } from './results-schema.js';
import { CONFIDENCE } from './statistics/mean-interval.js';

function resultsDocument(runs: readonly Summary[], comparison: Comparison): ResultsDocument {
  const { columns, reference, correction, rows } = comparison;
  return {
    schema: 'fairground/results@1',
    runs,
    comparison: {
      confidence: CONFIDENCE,
      reference: columns[reference]?.name ?? null,
      correction: { ...correction },
      columns: columns.map(({ name, summaries, isDeterministic }) => ({
        name,
        policy: summaries[0].run.policy.name,
        seeds: summaries.map(({ run }) => run.seed),
        isDeterministic,
      })),
      rows: rows.map(rowFields),
    },
  };
}

/** The text of a results document, as `--json` prints it. */
export function resultsText(runs: readonly Summary[], comparison: Comparison): string {
  return `${JSON.stringify(resultsDocument(runs, comparison), null, 2)}\n`;
}

type Row = ResultsDocument['comparison']['rows'][number];

function rowFields({ metric: { key, unit, better, about }, values, differences }: ComparedMetric): Row {
  return {
    key,
    unit,
    better,
    about: about ?? null,
    values: values.map(valueFields),
    differences: differences.map(differenceFields),
  };
}

function valueFields(value: ComparedValue | undefined): Row['values'][number] {
  if (value === undefined) return null;
  const { count, mean, halfWidth, limits, median } = value;
  return {
    count,
    mean,
    halfWidth: halfWidth ?? null,
    low: limits?.low ?? null,
    high: limits?.high ?? null,
    median: median.value,
    medianLow: median.limits?.low ?? null,
    medianHigh: median.limits?.high ?? null,
  };
}

function differenceFields(difference: ComparedDifference | undefined): Row['differences'][number] {
  if (difference === undefined) return null;
  const { count, mean, halfWidth, p, corrected, isSupported } = difference;
  return {
    pairs: count,
    mean,
    halfWidth: halfWidth ?? null,
    p: p ?? null,
    simultaneousHalfWidth: corrected?.halfWidth ?? null,
    adjustedP: corrected?.p ?? null,
    isSupported,
  };
}
