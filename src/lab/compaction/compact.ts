import type { Summary } from '../../metrics/catalogue/catalogue.js';
import type { RunSpec } from '../run/run-spec.js';
import { meets, type Objective } from './objective.js';

/** The smallest number of machines with which a run meets its objectives. */
export interface Compaction {
  readonly machines: number;
  /** The run with this number of machines. */
  readonly summary: Summary;
}

/** Performs one of the runs of a search. */
export type RunOnce = (spec: RunSpec) => Promise<Summary>;

/**
 * Borg's cell compaction (Verma et al., EuroSys 2015, section 5.1): removes machines until the workload no longer fits. Here it no
 * longer fits when an objective is missed. All runs of a search have the same seed. So their arrivals are equal, and the machines
 * of a smaller run are a subset of those of a larger run. undefined when the objectives are missed with the most machines.
 */
export async function compact(
  spec: RunSpec,
  objectives: readonly Objective[],
  range: SearchRange,
  runOnce: RunOnce,
): Promise<Compaction | undefined> {
  let best: Compaction | undefined;
  const machines = await fewest(range, async (count) => {
    const summary = await runOnce({ ...spec, machineCount: count });
    const holds = meets(summary, objectives);
    // The last run that meets the objectives is the answer.
    if (holds) best = { machines: count, summary };
    return holds;
  });
  return machines === undefined ? undefined : best;
}

/** The machines that a run needs. The first run has all machines; its peak allocation is the guess of the search. */
export async function compactAll(
  spec: RunSpec,
  objectives: readonly Objective[],
  runOnce: RunOnce,
): Promise<{ readonly all: number; readonly compaction: Compaction | undefined }> {
  const summary = await runOnce(spec);
  const all = summary.run.machines.count;
  if (!meets(summary, objectives)) return { all, compaction: undefined };
  if (all === 1) return { all, compaction: { machines: 1, summary } };
  const peak = Math.max(...Object.values(summary.utilization).map(({ allocated }) => allocated.peak));
  const most = all - 1;
  const guess = Math.min(most, Math.max(1, Math.ceil(peak * all)));
  const compaction = await compact(spec, objectives, { least: 1, most, guess }, runOnce);
  return { all, compaction: compaction ?? { machines: all, summary } };
}

/** The range of a search: integers, least <= guess <= most. */
export interface SearchRange {
  readonly least: number;
  readonly most: number;
  /** A good guess saves probes. */
  readonly guess: number;
}

/**
 * The smallest number of a range for which a condition holds; undefined if it does not hold for the largest. The condition should
 * be monotonic: if it holds for a number, it holds for larger ones. The search starts at the guess and doubles its steps until the
 * answer is enclosed, then bisects. Even without monotonicity, the condition holds for the result, and fails for the number below
 * it (or that number is out of range).
 */
export async function fewest(
  { least, most, guess }: SearchRange,
  holds: (count: number) => Promise<boolean>,
): Promise<number | undefined> {
  let fails = least - 1;
  let works = most + 1;
  const probe = async (count: number) => {
    if (await holds(count)) works = count;
    else fails = count;
  };
  await probe(guess);
  for (let step = FIRST_STEP; works - fails > 1 && (works > most || fails < least); step *= 2) {
    if (works > most) await probe(Math.min(most, fails + step));
    else await probe(Math.max(least, works - step));
    if (fails === most) return undefined;
  }
  while (works - fails > 1) await probe(Math.floor((fails + works) / 2));
  return works > most ? undefined : works;
}

const FIRST_STEP = 4;
