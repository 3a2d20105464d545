import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planSweep } from '../src/lab/sweep/plan-sweep.js';
import { runSweep } from '../src/lab/sweep/run-sweep.js';
import { NO_SWEEP_FILE } from '../src/lab/sweep/sweep-file.js';
import type { BenchRow } from './row.js';
import { cpuSeconds, median } from './turns.js';

const TURNS = 3;

/**
 * How a sweep of equal runs uses a second core. Wall time would need an idle machine, so the row is the speed-up per core that follows
 * from CPU times: the work with one thread, against the time in which both cores are taken by the same work with two threads, where one
 * core is idle while the sweep is planned and its tables are merged. No row if the worker is not built.
 */
export async function* sweepRows(scale: number): AsyncGenerator<BenchRow> {
  if (!existsSync(fileURLToPath(new URL('../dist/worker.js', import.meta.url)))) return;
  // Short runs would measure how each thread compiles the code of the simulator.
  const [runs, until] = scale < 1 ? ([4, '4h'] as const) : ([8, '24h'] as const);
  const ratios: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn++) {
    const one = await sweepSeconds(runs, until, 1);
    const two = await sweepSeconds(runs, until, 2);
    least = Math.min(least, one.all / runs);
    ratios.push(one.all / (two.all + two.alone));
  }
  yield {
    work: `a sweep of ${runs} equal runs on two cores, per core`,
    against: 'one core',
    wants: 'at least',
    goal: 0.9,
    limit: 0.5,
    ratio: median(ratios),
    measured: `${least.toFixed(2)} CPU seconds per run`,
  };
}

/** CPU seconds of a sweep, and of the part of it that only one core does. */
async function sweepSeconds(
  runs: number,
  until: string,
  workers: number,
): Promise<{ readonly all: number; readonly alone: number }> {
  const results = mkdtempSync(join(tmpdir(), 'fairground-bench-'));
  const scenario = { policy: 'drf', seeds: `1-${runs}`, until };
  const sweep = async () => {
    const plan = await planSweep({ ...NO_SWEEP_FILE, scenario }, [], () => {});
    await runSweep(plan, { results, jobs: false, workers });
  };
  try {
    // The second time, all runs have results.
    return { all: await cpuSeconds(sweep), alone: await cpuSeconds(sweep) };
  } finally {
    rmSync(results, { recursive: true });
  }
}
