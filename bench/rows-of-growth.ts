import { run } from '../src/lab/run/node/run.js';
import { type GrowthTrace, growthFiles } from './growth-trace.js';
import type { BenchRow } from './row.js';
import { cpuSeconds } from './turns.js';

/** A case whose CPU time grows with its size. */
export interface GrowthCase {
  readonly name: string;
  readonly policy: string;
  /** Three sizes, the smallest first. */
  readonly sizes: readonly [number, number, number];
  /** `scale` is that of the sizes, for what does not depend on them. */
  trace(size: number, scale: number): GrowthTrace;
  machines(size: number): number;
  /** Largest ratio of the CPU time of the largest size to that of the smallest: the growth that is promised. */
  readonly goal: number;
  /** The same under `--quick`, far enough to tolerate the noise of a busy machine. */
  readonly limit: number;
}

const waiting = (jobs: number): GrowthTrace => ({ jobs, gap: 0, isDistinct: true });
const FIFTY = () => 50;
const SIZES_OF_MACHINES = [1000, 10_000, 100_000] as const;

/** n log n from 10,000 to 100,000 is 12.5 times; some policies have a larger constant per look. */
const distinct = (policy: string): GrowthCase => ({
  name: `${policy}, distinct shapes waiting, tasks`,
  policy,
  sizes: [10_000, 50_000, 100_000],
  trace: waiting,
  machines: FIFTY,
  goal: 12.5,
  limit: 25,
});

const neverRepeated = (policy: string): GrowthCase => ({
  name: `${policy}, new shapes, machines`,
  policy,
  sizes: SIZES_OF_MACHINES,
  trace: (_, scale) => ({ jobs: 20_000 * scale, gap: 0.06, isDistinct: true }),
  machines: (size) => size,
  goal: 3,
  limit: 8,
});

/** The sizes are jobs, frameworks or machines, as the name says. */
export const GROWTH_CASES: readonly GrowthCase[] = [
  {
    name: 'conservative, jobs waiting',
    policy: 'conservative',
    sizes: [1000, 2500, 5000],
    trace: waiting,
    machines: FIFTY,
    goal: 25,
    limit: 60,
  },
  {
    name: 'bin-packing, waiting gangs of 10',
    policy: 'bin-packing',
    sizes: [500, 1000, 2000],
    trace: (jobs) => ({ jobs, gap: 0, isDistinct: false, tasks: 10, isGang: true }),
    machines: FIFTY,
    goal: 5,
    limit: 10,
  },
  ...['bin-packing', 'sjf-skip', 'fgd', 'silos', 'drf'].map(distinct),
  {
    name: 'easy, saturated, jobs',
    policy: 'easy',
    sizes: [5000, 10_000, 20_000],
    trace: (jobs) => ({ jobs, gap: 1, isDistinct: false }),
    machines: () => 10,
    goal: 5,
    limit: 10,
  },
  {
    name: 'drf, frameworks',
    policy: 'drf',
    sizes: [10, 100, 1000],
    trace: (frameworks) => ({ jobs: 10_000, gap: 0.6, isDistinct: false, frameworks }),
    machines: () => 200,
    goal: 2.5,
    limit: 6,
  },
  ...['bin-packing', 'fgd'].map(neverRepeated),
  {
    name: 'bin-packing, spread, machines',
    policy: 'bin-packing',
    sizes: SIZES_OF_MACHINES,
    trace: (_, scale) => ({
      jobs: 4000 * scale,
      gap: 0.3,
      isDistinct: false,
      tasks: 5,
      spread: 'machine;rack',
    }),
    machines: (size) => size,
    goal: 3,
    limit: 8,
  },
  {
    name: 'bin-packing, preferences, machines',
    policy: 'bin-packing',
    sizes: SIZES_OF_MACHINES,
    trace: (_, scale) => ({ jobs: 20_000 * scale, gap: 0.06, isDistinct: false, preferredRacks: 20 }),
    machines: (size) => size,
    goal: 3,
    limit: 8,
  },
];

/** How CPU time grows: each case at three sizes, a tenth of them in a quick run. */
export async function* growthOfCases(scale: number): AsyncGenerator<BenchRow> {
  for (const one of GROWTH_CASES) yield await growthRow(one, scale);
}

/** Runs a case at its three sizes. The row has the ratio of the CPU times of the largest and the smallest. */
export async function growthRow(one: GrowthCase, scale: number): Promise<BenchRow> {
  const times: number[] = [];
  const sizes = one.sizes.map((size) => Math.max(10, Math.round(size * scale)));
  // Larger sizes take paths that the smallest does not take, so the middle one warms the compiler too.
  for (const size of [sizes[1], sizes[0]]) await timeOf(one, size, scale);
  for (const size of sizes) times.push(await timeOf(one, size, scale));
  return {
    work: `${one.name}: ${sizes.map(shortSize).join(' to ')}`,
    against: 'its smallest size',
    wants: 'at most',
    goal: one.goal,
    limit: one.limit,
    ratio: times[2] / times[0],
    measured: `${times.map((seconds) => seconds.toFixed(2)).join(', ')} CPU seconds`,
  };
}

/** `2.5k` for 2,500. */
function shortSize(size: number): string {
  return size >= 1000 ? `${size / 1000}k` : String(size);
}

async function timeOf(one: GrowthCase, size: number, scale: number): Promise<number> {
  const files = growthFiles(one.trace(size, scale), one.machines(size));
  try {
    return await cpuSeconds(() =>
      run({
        policy: one.policy,
        workload: { kind: 'trace', path: files.trace, format: 'csv' },
        machines: files.machines,
        seed: '1',
        set: {},
      }),
    );
  } finally {
    files.remove();
  }
}
