import { durationText, fromSeconds } from '../../model/index.js';
import type { DataFiles } from '../../results/files/data-files.js';
import type { StoredSweep } from '../../results/files/read-sweep.js';
import { metricAtPath } from '../../results/metric-paths.js';
import { listText, pluralText } from '../../results/metric-text.js';
import { meanInterval } from '../../results/statistics/mean-interval.js';
import { varianceShare } from '../../results/statistics/variance-shares.js';
import { fileGroups } from '../file-groups.js';
import { compressed } from '../packed-bytes.js';
import { type PlacedAxis, placedAxis } from './axes.js';
import type { ExplainedShare, SweepData, SweepMetric } from './sweep-data.js';

/** Numbers of a page: runs x metrics. With them, it is about 2 MB large. */
const MOST_VALUES = 180_000;
const FEWEST_METRICS = 6;

/** The metrics that a page of this many runs has: those of the short table first, then those that tables compare, then the others. */
export function metricsOfPage(names: readonly string[], runs: number): string[] {
  const most = Math.max(FEWEST_METRICS, Math.floor(MOST_VALUES / runs));
  const rank = (name: string) => {
    const metric = metricAtPath(name);
    if (metric === undefined || !metric.isCompared) return 3;
    return metric.table === 'short' ? 0 : metric.table === 'short-if-any' ? 1 : 2;
  };
  const ranks = new Map(names.map((name) => [name, rank(name)]));
  return names.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0)).slice(0, most);
}

/** All data of the page of a sweep. */
export function sweepData(
  sweep: StoredSweep,
  { files = [], numbers }: { readonly files?: readonly DataFiles[]; readonly numbers: number },
): SweepData {
  const { runs, axes: names, failed } = sweep;
  const policies = [...new Set(runs.map(({ policy }) => policy))];
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const points = new Map<string, number>();
  const pointOfRun = runs.map(({ policy, parameters }) => {
    const key = JSON.stringify([policy, ...parameters]);
    points.set(key, points.get(key) ?? points.size);
    return points.get(key) as number;
  });
  const first = [...points.values()].map((point) => runs[pointOfRun.indexOf(point)]);
  const axes = [
    ...(policies.length > 1
      ? [
          placedAxis(
            'policy',
            first.map(({ policy }) => policy),
          ),
        ]
      : []),
    ...names.map((name, i) =>
      placedAxis(
        name,
        first.map(({ parameters }) => parameters[i]),
      ),
    ),
  ].filter(({ axis }) => axis.levels.length > 1);
  const seedOfRun = runs.map(({ seed }) => seeds.indexOf(seed));
  const all = sweep.metrics.map((key) => metricOf(key, sweep.column(key), { axes, pointOfRun, seedOfRun }));
  const metrics = all.filter((metric) => metric !== undefined);
  const title = `${listText(sweep.workloads)} over ${listText(axes.map(({ axis }) => axis.name))}`;
  return {
    title,
    sentence: `${title}: ${pluralText(points.size, 'combination')}, ${pluralText(runs.length, 'run')}`,
    command: null,
    facts: [
      ...axes.map(({ axis }) => ({ term: axis.name, text: levelsText(axis.levels) })),
      ...(policies.length === 1 ? [{ term: 'Policy', text: policies[0] }] : []),
      { term: 'Seeds', text: levelsText(seeds) },
      { term: 'Length', text: lengthText(sweep.lengths) },
      ...(failed === 0 ? [] : [{ term: 'Failed', text: pluralText(failed, 'run') }]),
      { term: 'Made by', text: `Fairground ${sweep.version}` },
    ],
    files: fileGroups(files),
    policies,
    seeds,
    axes: axes.map(({ axis }) => axis),
    points: points.size,
    policyOfPoint: packedIntegers(
      Int16Array,
      first.map(({ policy }) => policies.indexOf(policy)),
    ),
    levelsOfPoints: axes.map(({ levelOf }) => packedIntegers(Int16Array, levelOf)),
    pointOfRun: packedIntegers(Int32Array, pointOfRun),
    seedOfRun: packedIntegers(Int16Array, seedOfRun),
    metrics: metrics.toSorted((a, b) => Number(b.isShort) - Number(a.isShort)),
    notes: notesOf(sweep, { seeds: seeds.length, numbers, same: all.length - metrics.length, axes }),
  };
}

interface Design {
  readonly axes: readonly PlacedAxis[];
  readonly pointOfRun: readonly number[];
  readonly seedOfRun: readonly number[];
}

/** Undefined for a metric that is the same in all runs that have it. */
function metricOf(key: string, column: readonly (number | null)[], design: Design): SweepMetric | undefined {
  const known = column.filter((value) => value !== null);
  if (known.length === 0 || known.every((value) => value === known[0])) return undefined;
  const metric = metricAtPath(key);
  const { unit = '', about = '', better = 'neither', isRare = false } = metric ?? {};
  const values = Float64Array.from(column, (value) => value ?? Number.NaN);
  return {
    key,
    unit,
    about,
    better,
    isRare: isRare === true,
    isShort: metric?.isCompared === true && metric.table !== 'long',
    values: compressed(new Uint8Array(values.buffer)),
    shares: design.axes.map((axis) => explainedShare(values, axis, design)),
  };
}

/** The share of one axis under each seed, and its interval over the seeds. */
function explainedShare(
  values: Float64Array,
  { axis, levelOf }: PlacedAxis,
  { pointOfRun, seedOfRun }: Design,
): ExplainedShare | null {
  const seeds = Math.max(...seedOfRun) + 1;
  const bySeed = Array.from({ length: seeds }, () => ({
    values: [] as number[],
    levels: [] as (number | undefined)[],
  }));
  for (const [run, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const level = levelOf[pointOfRun[run]];
    const own = bySeed[seedOfRun[run]];
    own.values.push(value);
    own.levels.push(level < 0 ? undefined : axis.classOf[level]);
  }
  const shares = bySeed.flatMap((own) => varianceShare(own.values, own.levels) ?? []);
  if (shares.length === 0) return null;
  const { mean, halfWidth } = meanInterval(shares.map(({ share }) => share));
  return { mean, halfWidth: halfWidth ?? null, byChance: meanInterval(shares.map((s) => s.byChance)).mean };
}

const MOST_LISTED = 8;

function levelsText(levels: readonly string[]): string {
  if (levels.length <= MOST_LISTED) return levels.join(', ');
  return `${levels.length} values, ${levels[0]} to ${levels[levels.length - 1]}`;
}

function lengthText(lengths: readonly number[]): string {
  const texts = [Math.min(...lengths), Math.max(...lengths)].map((s) => durationText(fromSeconds(s)));
  return texts[0] === texts[1] ? texts[0] : `${texts[0]} to ${texts[1]}`;
}

function notesOf(
  { metrics, failed }: StoredSweep,
  {
    seeds,
    numbers,
    same,
    axes,
  }: {
    readonly seeds: number;
    readonly numbers: number;
    readonly same: number;
    readonly axes: readonly PlacedAxis[];
  },
): string[] {
  const classed = axes.filter(({ axis }) => axis.classes.length < axis.levels.length);
  return [
    seeds > 1
      ? 'Means are over the seeds; intervals are 95 % confidence intervals (Student’s t). A mean over several combinations is taken under each seed first. Runs with the same seed have the same arrivals, run times and failures, so that differences are paired.'
      : 'All numbers are for one seed. Another seed gives other numbers; a sweep with several seeds gives intervals.',
    ...(failed > 0 ? [`${pluralText(failed, 'run')} failed and are not in the figures (failures.csv).`] : []),
    ...(same > 0
      ? [
          `The page leaves out ${pluralText(same, 'metric')} that ${same === 1 ? 'has' : 'have'} one value in all runs.`,
        ]
      : []),
    ...(numbers > metrics.length
      ? [
          `To keep the page small, it has ${metrics.length} of ${pluralText(numbers, 'metric')}; runs.parquet has all.`,
        ]
      : []),
    ...classed.map(
      ({ axis }) =>
        `${axis.name} has ${axis.levels.length} values. Figures take them together in ${axis.classes.length} classes with about as many combinations each.`,
    ),
  ];
}

function packedIntegers(kind: typeof Int16Array | typeof Int32Array, values: readonly number[]): string {
  const array = kind.from(values);
  return compressed(new Uint8Array(array.buffer));
}
