import type { Summary } from '../../metrics/summary-schema.js';
import type { RunSpec } from '../run.js';
import { fewest, type SearchRange } from './fewest.js';
import { meets, type Objective } from './objective.js';

/** The fewest machines with which a run keeps its objectives. */
export interface Compaction {
  readonly machines: number;
  /** The run with so many. */
  readonly summary: Summary;
}

/**
 * Borg's cell compaction (Verma et al., EuroSys 2015, section 5.1): how many machines can be taken away before the workload no longer fits.
 * Here it does not fit when an objective breaks. All runs of a search have the same seed, so they meet the same arrivals, and the machines of one
 * are among those of a larger one. undefined when the objectives break even with the most.
 */
export async function compact(
  spec: RunSpec,
  objectives: readonly Objective[],
  range: SearchRange,
  runOnce: (spec: RunSpec) => Promise<Summary>,
): Promise<Compaction | undefined> {
  let best: Compaction | undefined;
  const machines = await fewest(range, async (count) => {
    const summary = await runOnce({ ...spec, machineCount: count });
    const holds = meets(summary, objectives);
    // The last that holds is the answer.
    if (holds) best = { machines: count, summary };
    return holds;
  });
  return machines === undefined ? undefined : best;
}
