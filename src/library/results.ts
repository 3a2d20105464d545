import { type GateResult, gate as gateRuns } from '../lab/gate/gate.js';
import { checkTolerances, parseTolerances } from '../lab/gate/tolerance.js';
import type { Summary } from '../metrics/catalogue/catalogue.js';
import type { RunRecord } from '../metrics/run-record.js';
import { reportHtml } from '../report/report.js';
import { type Comparison, type ComparisonOptions, compareRuns } from '../results/comparison.js';
import { readSummaries } from '../results/files/read-summary.js';

/** Results of runs: records of `run`, summaries, or the path of a summary, of a results document or of a folder of results. */
export type Results = string | readonly (RunRecord | Summary)[];

function summariesOf(results: Results): Summary[] {
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

/** What a gate allows. */
export interface GateTerms {
  /** How much worse metrics may become: `['wait.p95=5%', 'queue.mean=0.5']`. By default, every metric may become 5 % worse. */
  readonly tolerances?: readonly string[];
}

/**
 * Whether a candidate is worse than its baseline: the same policies under the same seeds, compared in pairs. It fails if the simultaneous
 * interval of a metric excludes 0 and the mean harm is larger than the tolerance. With one seed, a difference is undecided.
 *
 * ```ts
 * import { gate, run } from 'fairground';
 *
 * const scenario = { policy: 'drf', seeds: '1-4', machines: '20x16cpu/64GiB/4TiBdisk', until: '10m' };
 * const { verdict, metrics } = gate(await run(scenario), await run(scenario), { tolerances: ['taskWait.p95=5%'] });
 * console.log(verdict, metrics.length);
 * ```
 *
 * @throws An error with the name `InputError` if a run of the baseline has no counterpart, or for a tolerance of no metric.
 */
export function gate(baseline: Results, candidate: Results, terms: GateTerms = {}): GateResult {
  const [before, after] = [summariesOf(baseline), summariesOf(candidate)];
  const tolerances = parseTolerances(terms.tolerances ?? []);
  checkTolerances(tolerances, before);
  return gateRuns(before, after, { tolerances });
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
