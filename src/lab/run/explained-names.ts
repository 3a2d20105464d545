import { InputError, type Micros, NearestNames, quote } from '../../model/index.js';
import { lookThrough } from '../../workloads/look-through.js';
import type { Trace } from '../../workloads/trace.js';
import type { RunSpec } from './run-spec.js';

/**
 * Checks that the names of `--explain` are names of jobs or frameworks that arrive within the run. It reads the workload for that, and
 * not at all without `--explain`. @throws InputError with the nearest names
 */
export async function checkExplained(
  { explain = [], seed }: RunSpec,
  horizon: Micros,
  open: () => Trace,
): Promise<void> {
  if (explain.length === 0) return;
  const missing = new Set(explain);
  const frameworks = await eachName(open(), horizon, (name) => {
    missing.delete(name);
    return missing.size > 0;
  });
  for (const name of frameworks) missing.delete(name);
  const [unknown] = missing;
  if (unknown === undefined) return;
  const nearest = new NearestNames(unknown);
  for (const name of await eachName(open(), horizon, (job) => {
    nearest.see(job);
    return true;
  }))
    nearest.see(name);
  throw new InputError(
    { field: '--explain' },
    `no job or framework is named ${quote(unknown)} in the run with seed ${seed}${nearest.text}`,
  );
}

/** Calls `visit` with the name of each job until it returns false. Returns the names of the frameworks. */
async function eachName(
  trace: Trace,
  horizon: Micros,
  visit: (job: string) => boolean,
): Promise<readonly string[]> {
  let start = Number.NaN;
  const take = ({
    length,
    job,
    submit,
  }: {
    length: number;
    job: ArrayLike<string | number>;
    submit: ArrayLike<number>;
  }) => {
    for (let row = 0; row < length; row++) {
      if (Number.isNaN(start)) start = submit[row];
      if (submit[row] - start > horizon || !visit(String(job[row]))) return false;
    }
    return true;
  };
  await lookThrough(trace.batches(), [{ take }]);
  return trace.frameworks.map(({ name }) => name);
}
