import { type ComparedMetric, type Comparison, isShort } from '../results/comparison.js';
import { cellOf, differenceText, valueText } from '../results/interval-text.js';
import { pluralText } from '../results/metric-text.js';
import { shownRows } from '../results/shown-rows.js';
import type { Answer, CommonFault, ComparisonCell, ForestRow, Verdict } from './report-data.js';

/** Questions of the first screen, each with the metrics that answer it: the first one that the runs have. */
function questions(
  resource: string | undefined,
): readonly (readonly [question: string, keys: readonly string[]])[] {
  return [
    ['Utilization', [`utilization.${resource}.used.mean`, `utilization.${resource}.allocated.mean`]],
    ['Waits', ['wait.p95', 'wait.mean', 'taskWait.p95']],
    ['Recovery', ['recovery.timeToRecover.p50', 'recovery.fullRecovery.p95']],
    ['Cost', ['cost.perMonth', 'cost.total']],
  ];
}

/** The cards of the first screen. A fault that all runs have answers the question of recovery. */
export function verdicts(
  comparison: Comparison,
  resources: readonly string[],
  faults: readonly CommonFault[],
): Verdict[] {
  return questions(resources[0]).flatMap(([question, keys]): Verdict[] => {
    if (question === 'Recovery' && faults.length > 0) return [faultVerdict(faults)];
    const row = keys
      .map((key) => comparison.rows.find(({ metric }) => metric.key === key))
      .find((found) => found?.values.some((value) => value !== undefined));
    if (row === undefined) return [];
    return [
      {
        question,
        measure: measureText(row),
        answer: answerOf(row, comparison),
        cells: cells(row, comparison),
      },
    ];
  });
}

/** The fault in which policies differ most readily: the first one that stopped tasks. */
function faultVerdict(faults: readonly CommonFault[]): Verdict {
  const fault = faults.find(({ answer }) => answer.lead !== '') ?? faults[0];
  const recoveries = fault.measures.slice(1);
  const told =
    recoveries.find(({ cells: own }) => new Set(own.map(({ value }) => value)).size > 1) ??
    recoveries[recoveries.length - 1];
  return {
    question: 'Recovery',
    measure: `${fault.what}: ${told.name}`,
    answer: fault.answer,
    cells: told.cells,
  };
}

function measureText({ metric: { key, about } }: ComparedMetric): string {
  return about === undefined || about.length > 90 ? key : `${key}: ${about}`;
}

function cells(row: ComparedMetric, comparison: Comparison): ComparisonCell[] {
  return comparison.columns.map((_, i) => ({
    ...cellOf(row, comparison, i),
    value: valueText(row.values[i], row.metric),
  }));
}

/** The best policy of a row, its difference to the reference, and whether the data support it. */
function answerOf(row: ComparedMetric, { columns, reference, correction }: Comparison): Answer {
  const { metric, values, differences } = row;
  const known = values.flatMap((value, i) => (value === undefined ? [] : [{ mean: value.mean, i }]));
  if (known.length < 2 || metric.better === 'neither') return { lead: '', details: '' };
  const sign = metric.better === 'lower' ? 1 : -1;
  const [best] = known.sort((a, b) => sign * (a.mean - b.mean));
  const { name } = columns[best.i];
  const extreme = metric.better === 'lower' ? 'lowest' : 'highest';
  if (known.every(({ mean }) => mean === best.mean))
    return { lead: 'Equal under every policy.', details: '' };
  if (best.i === reference) {
    const worse = differences.filter((one) => one?.isSupported === true).length;
    return {
      lead: `${name} has the ${extreme} value.`,
      details: `Its lead over ${worse} of ${pluralText(known.length - 1, 'other policy').replace(/ys$/, 'ies')} is supported.`,
    };
  }
  const difference = differences[best.i];
  if (difference?.halfWidth === undefined)
    return {
      lead: `${name} has the ${extreme} value.`,
      details: 'One run of each policy says nothing of chance; use several seeds.',
    };
  const lead = `${name} has the ${extreme} mean: ${differenceText(difference, metric)} against ${columns[reference].name}.`;
  const together = `at 95 % after correction for ${pluralText(correction.comparisons, 'difference')}`;
  if (difference.isSupported) return { lead, details: `This difference is supported ${together}.` };
  const isAlone = Math.abs(difference.mean) > difference.halfWidth;
  return {
    lead,
    details: isAlone
      ? `Its own 95 % interval excludes 0, but it is not supported ${together}; use more seeds.`
      : 'Its own 95 % interval contains 0: it may be chance.',
  };
}

/** More rows are in the table. */
const MOST_ROWS = 12;

/** The paired differences of the short table that are no details of one framework. */
export function forest(comparison: Comparison): ForestRow[] {
  const { reference } = comparison;
  return shownRows(comparison, { all: false })
    .rows.filter((row) => isShort(row) && !row.metric.key.startsWith('by') && row.metric.better !== 'neither')
    .map(
      (row): ForestRow => ({
        name: row.metric.key,
        better: row.metric.better,
        differences: row.differences.flatMap((one, policy) =>
          policy === reference || one?.halfWidth === undefined || one.halfWidth === 0
            ? []
            : [
                {
                  policy,
                  text: differenceText(one, row.metric),
                  mean: one.mean,
                  alone: one.halfWidth,
                  together: one.corrected?.halfWidth ?? one.halfWidth,
                  isSupported: one.isSupported,
                },
              ],
        ),
      }),
    )
    .filter(({ differences }) => differences.length > 0)
    .slice(0, MOST_ROWS);
}
