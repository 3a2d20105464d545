import type { RunRecord } from '../../metrics/run-record.js';
import { fromSeconds, InputError } from '../../model/index.js';
import { warmUpOfRuns } from '../../results/steady-state.js';
import type { RunSpec, WarmUp } from './run-spec.js';

/**
 * The specs with the warm-up that MSER-5 finds, the same for all of them, so that runs stay comparable in pairs. `pilot` performs the runs
 * without a warm-up. A run is deterministic, so a second run with the time that was found has the same course. Specs with a given time,
 * and those without a warm-up, are returned as they are.
 */
export async function withFoundWarmUp(
  specs: readonly RunSpec[],
  pilot: (specs: readonly RunSpec[]) => Promise<readonly RunRecord[]>,
): Promise<readonly RunSpec[]> {
  if (!specs.some(isToBeFound)) return specs;
  const records = await pilot(specs.map(({ warmUp: _, ...spec }) => spec));
  const found = warmUpOfRuns(records);
  const shortest = Math.min(...records.map(({ summary }) => summary.run.length));
  const warmUp: WarmUp =
    found === undefined
      ? { rule: 'half', lasts: Math.floor(fromSeconds(shortest) / 2) }
      : { rule: 'mser-5', lasts: fromSeconds(found) };
  return specs.map((spec) => (isToBeFound(spec) ? { ...spec, warmUp } : spec));
}

/** @throws InputError for a warm-up that is to be found in runs which are not made together. `reason`: why they are not. */
export function checkWarmUpIsGiven(spec: RunSpec, reason: string): void {
  if (isToBeFound(spec))
    throw new InputError(
      { field: '--warm-up', path: ['warmUp'] },
      `mser-5 finds one warm-up for all runs of a comparison, but ${reason}; give a duration`,
    );
}

function isToBeFound({ warmUp }: RunSpec): boolean {
  return warmUp !== undefined && warmUp.lasts === undefined;
}
