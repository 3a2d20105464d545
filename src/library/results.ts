import type { Summary } from '../metrics/catalogue/catalogue.js';
import type { RunRecord } from '../metrics/run-record.js';
import { reportHtml } from '../report/report.js';
import { type Comparison, type ComparisonOptions, compareRuns } from '../results/comparison.js';
import { readSummaries } from '../results/files/read-summary.js';

/** Results of runs: records of `run`, summaries, or the path of a summary, of a results document or of a folder of results. */
export type Results = string | readonly (RunRecord | Summary)[];

/** The summaries of results. @throws InputError if a file is no result. */
export function summariesOf(results: Results): Summary[] {
  if (typeof results === 'string') return readSummaries(results, () => {});
  return results.map((one) => ('summary' in one ? one.summary : one));
}

/**
 * Compares policies over their seeds: means with intervals, and the paired differences of each policy to the first, or to `versus`.
 *
 * ```ts
 * import { compare, run } from 'fairground';
 *
 * const records = await run({ policy: 'drf,fcfs', seeds: '1-3', machines: '20x16cpu/64GiB/4TiBdisk', until: '10m' });
 * const { columns, rows } = compare(records, { versus: 'fcfs' });
 * const wait = rows.find(({ metric }) => metric.key === 'taskWait.mean');
 * for (const [i, { name }] of columns.entries()) console.log(name, wait?.values[i]?.mean, wait?.differences[i]?.mean);
 * ```
 *
 * @throws An error with the name `InputError` if `versus` is no policy of the results, or a file is no result.
 */
export function compare(results: Results, options: ComparisonOptions = {}): Comparison {
  return compareRuns(summariesOf(results), options);
}

/**
 * The HTML report of runs: one page without references to other files.
 *
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * import { report, run } from 'fairground';
 *
 * const records = await run({ policy: 'drf,fcfs', machines: '20x16cpu/64GiB/4TiBdisk', until: '10m' });
 * writeFileSync('report.html', report(records));
 * ```
 */
export function report(records: readonly RunRecord[]): string {
  return reportHtml(records);
}
