import type { RunRecord } from '../../metrics/run-record.js';
import { InputError } from '../../model/index.js';
import { type ComparisonOptions, compareRuns } from '../../results/comparison.js';
import { type Precision, type PrecisionReport, precisionReport } from '../../results/precision.js';
import type { RunSpec } from './run-spec.js';

/** The least number of seeds from which a variance is estimated. */
const FEWEST_SEEDS = 5;

/** What is wanted, and where it ends. */
export interface PrecisionGoal {
  readonly precision: Precision;
  readonly mostSeeds: number;
}

/** The first seeds of such runs: those given, and further ones up to the fewest from which a variance is estimated. */
export function firstSeeds(specs: readonly RunSpec[]): RunSpec[] {
  const seeds = new Set(specs.map(({ seed }) => seed));
  return [...specs, ...withMoreSeeds(specs, FEWEST_SEEDS - seeds.size)];
}

/**
 * Runs specs, then adds seeds for every policy until the interval of a metric is as narrow as wanted for each, or the limit is
 * reached. The number of seeds is at most doubled each time, because a variance from few seeds is uncertain.
 * @throws InputError if the metric does not exist
 */
export async function untilPrecise(
  specs: readonly RunSpec[],
  { precision, mostSeeds }: PrecisionGoal,
  run: (specs: readonly RunSpec[]) => Promise<readonly RunRecord[]>,
  options: ComparisonOptions = {},
): Promise<{ readonly records: readonly RunRecord[]; readonly report: PrecisionReport }> {
  let all = [...specs];
  let records = await run(specs);
  for (;;) {
    const comparison = compareRuns(
      records.map(({ summary }) => summary),
      options,
    );
    const report = precisionReport(comparison, precision, '--until-precision');
    const seeds = new Set(all.map(({ seed }) => seed)).size;
    const wanted = Math.min(mostSeeds, 2 * seeds, report.seedsNeeded ?? mostSeeds);
    if (report.isReached || wanted <= seeds) return { records, report };
    const added = withMoreSeeds(all, wanted - seeds);
    all = [...all, ...added];
    records = [...records, ...(await run(added))];
  }
}

/** Every policy under this many further seeds, which follow the largest one. @throws InputError if a seed is no number */
function withMoreSeeds(specs: readonly RunSpec[], count: number): RunSpec[] {
  if (count <= 0) return [];
  const last = Math.max(...specs.map(({ seed }) => Number(seed)));
  if (!Number.isSafeInteger(last))
    throw new InputError({ field: '--until-precision' }, 'adds seeds, so seeds must be whole numbers');
  const policies = specs.filter(({ seed }) => seed === specs[0].seed);
  return policies.flatMap((spec) =>
    Array.from({ length: count }, (_, i) => ({ ...spec, seed: String(last + 1 + i) })),
  );
}
