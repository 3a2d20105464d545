import type { Summary } from '../../metrics/summary/summary-schema.js';
import type { RunSpec } from '../run/run-spec.js';
import { meets, type Objective } from './objective.js';

/** The fewest machines with which a run keeps its objectives. */
export interface Compaction {
  readonly machines: number;
  /** The run with so many. */
  readonly summary: Summary;
}

/** Performs one of the runs of a search. */
export type RunOnce = (spec: RunSpec) => Promise<Summary>;

/**
 * Borg's cell compaction (Verma et al., EuroSys 2015, section 5.1): how many machines can be taken away before the workload no longer fits.
 * Here it does not fit when an objective breaks. All runs of a search have the same seed, so they meet the same arrivals, and the machines of one
 * are among those of a larger one. undefined when the objectives break even with the most.
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
    // The last that holds is the answer.
    if (holds) best = { machines: count, summary };
    return holds;
  });
  return machines === undefined ? undefined : best;
}

/** What of the machines of a run is needed: all of them are tried first, and tell where to look. */
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

/** Where a search begins and ends: whole numbers, least <= guess <= most. */
export interface SearchRange {
  readonly least: number;
  readonly most: number;
  /** A good guess saves probes. */
  readonly guess: number;
}

/**
 * The fewest of a range with which something holds that more of them can only help; undefined when it does not hold with the most. Goes from
 * the guess in steps that double until the answer is enclosed, then halves. What comes out holds, and one less does not (or is out of range),
 * even where more do not always help.
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
