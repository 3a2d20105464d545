import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError } from '../../model/index.js';
import type { RunSpec } from '../run/run-spec.js';
import { meets, type Objective } from './objective.js';

/** The smallest number of machines with which a run meets its objectives. */
export interface Compaction {
  readonly machines: number;
  /** The run with this number of machines. */
  readonly summary: Summary;
  /** Every smaller number from this one on misses the objectives. 1: no smaller number meets them. */
  readonly triedFrom: number;
}

/** Performs one of the runs of a search. */
export type RunOnce = (spec: RunSpec) => Promise<Summary>;

/**
 * Borg's cell compaction (Verma et al., EuroSys 2015, section 5.1): removes machines until the workload no longer fits. Here it no
 * longer fits when an objective is missed. All runs of a search have the same seed. So their arrivals are equal, and the machines
 * of a smaller run are a subset of those of a larger run. undefined when the objectives are missed with the most machines.
 *
 * A run may refuse a number of machines: 40 brokers on different machines do not fit on 36. Its objectives are missed then.
 * @throws InputError if the most machines are refused
 *
 * More machines can make a schedule worse (Graham, "Bounds on multiprocessing timing anomalies", 1969), so a smaller number may
 * meet the objectives although the one below the answer does not. `scan` more numbers below the answer are tried.
 */
export async function compact(
  spec: RunSpec,
  objectives: readonly Objective[],
  { scan = 0, ...range }: SearchRange & { readonly scan?: number },
  runOnce: RunOnce,
): Promise<Compaction | undefined> {
  /** Of numbers that meet the objectives their summary, otherwise null. */
  const tried = new Map<number, Summary | null>();
  const holds = async (count: number): Promise<boolean> => {
    const known = tried.get(count);
    if (known !== undefined) return known !== null;
    const summary = await runUnlessRefused({ ...spec, machineCount: count }, count === range.most, runOnce);
    const isMet = summary !== null && meets(summary, objectives);
    tried.set(count, isMet ? summary : null);
    return isMet;
  };
  const enclosed = await fewest(range, holds);
  if (enclosed === undefined) return undefined;
  const { found, triedFrom } = await fewestBelow(enclosed, scan, holds);
  return { machines: found, summary: tried.get(found) as Summary, triedFrom };
}

async function runUnlessRefused(spec: RunSpec, areMost: boolean, runOnce: RunOnce): Promise<Summary | null> {
  try {
    return await runOnce(spec);
  } catch (error) {
    if (error instanceof InputError && !areMost) return null;
    throw error;
  }
}

/**
 * Tries the numbers below one for which the condition holds, each of them, until it fails for `scan` numbers in a row, or for all
 * down to 1. It fails for all numbers from `triedFrom` to the one below the answer.
 */
async function fewestBelow(
  enclosed: number,
  scan: number,
  holds: (count: number) => Promise<boolean>,
): Promise<{ readonly found: number; readonly triedFrom: number }> {
  let found = enclosed;
  let next = enclosed - 1;
  while (next >= 1 && found - next <= Math.max(1, scan)) {
    if (await holds(next)) found = next;
    next--;
  }
  return { found, triedFrom: next + 1 };
}

/** The machines that a run needs. The first run has all machines; its peak allocation is the guess of the search. `scan`: see `compact`. */
export async function compactAll(
  spec: RunSpec,
  objectives: readonly Objective[],
  runOnce: RunOnce,
  scan = 0,
): Promise<{ readonly all: number; readonly compaction: Compaction | undefined }> {
  const summary = await runOnce(spec);
  const all = summary.run.machines.count;
  if (!meets(summary, objectives)) return { all, compaction: undefined };
  if (all === 1) return { all, compaction: { machines: 1, summary, triedFrom: 1 } };
  const peak = Math.max(...Object.values(summary.utilization).map(({ allocated }) => allocated.peak));
  const guess = Math.min(all - 1, Math.max(1, Math.ceil(peak * all)));
  const once: RunOnce = async (one) => (one.machineCount === all ? summary : runOnce(one));
  return { all, compaction: await compact(spec, objectives, { least: 1, most: all, guess, scan }, once) };
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
