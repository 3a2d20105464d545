import type { Comparison } from './comparison.js';
import { pluralText } from './metric-text.js';
import type { ShownRows } from './shown-rows.js';

/** What the numbers of a table mean, in sentences. */
export function legendOf(
  { columns, reference, correction }: Comparison,
  { rows, equal }: ShownRows,
): string[] {
  const isRandom = columns.some((column) => column.summaries.length > 1 && !column.isDeterministic);
  const to = columns[reference].name;
  const differences = rows.flatMap((row) => row.differences.filter((one) => one?.halfWidth !== undefined));
  const points = rows.some(
    ({ metric, differences: own }) =>
      metric.unit === 'share' && own.some((difference) => difference?.halfWidth !== undefined),
  );
  return [
    ...(isRandom ? ['Means over the seeds; ± is the half-width of a 95 % interval.'] : []),
    ...(differences.length > 0 ? [differenceLegend(to, correction.comparisons)] : []),
    ...(points ? ['pp are percentage points.'] : []),
    ...(columns.length > 1 && differences.length === 0
      ? [
          'There is one run of each policy, so a difference has no interval and may be chance; use --seeds 1-10.',
        ]
      : []),
    ...(equal > 0
      ? [
          `${pluralText(equal, 'row')} with equal values under every policy ${equal === 1 ? 'is' : 'are'} left out (--all shows them).`,
        ]
      : []),
  ];
}

function differenceLegend(to: string, comparisons: number): string {
  if (comparisons < 2)
    return `Second lines are paired differences to ${to}, by seed. A bold difference is supported: p is at most 5 %.`;
  return (
    `Second lines are paired differences to ${to}, by seed: ± the interval that holds for all ${comparisons} differences together, ` +
    'and in parentheses for this one alone. A bold difference is supported: its p, corrected by Holm, is at most 5 %.'
  );
}
