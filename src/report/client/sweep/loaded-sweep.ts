import type { LimitedMean } from '../../../results/interval-text.js';
import { rangeOf } from '../../../results/metric-text.js';
import { limitsWithin, meanInterval } from '../../../results/statistics/mean-interval.js';
import { differencesOf } from '../../../results/statistics/paired-difference.js';
import type { DifferencesBySeed } from '../../../results/statistics/simultaneous.js';
import { decompressed } from '../../packed-bytes.js';
import type { SweepAxis, SweepData, SweepMetric } from '../../sweep/sweep-data.js';

/** The level of a point on an axis that does not apply to it. */
export const NONE = -1;

/** The data of a sweep, unpacked, and the means of what a reader picks. */
export class LoadedSweep {
  readonly data: SweepData;
  readonly policyOfPoint: Int16Array;
  /** `levels[axis][point]`. */
  readonly levels: readonly Int16Array[];
  /** The number of the axis of policies; -1 if there is one policy. */
  readonly policyAxis: number;
  readonly points: readonly number[];
  private readonly runs: Int32Array;
  private readonly columns = new Map<SweepMetric, Float64Array>();
  private readonly means = new Map<SweepMetric, Map<number, LimitedMean | undefined>>();

  constructor(data: SweepData) {
    this.data = data;
    this.policyOfPoint = new Int16Array(bufferOf(data.policyOfPoint));
    this.levels = data.levelsOfPoints.map((packed) => new Int16Array(bufferOf(packed)));
    this.policyAxis = data.policies.length > 1 ? 0 : NONE;
    this.points = Array.from({ length: data.points }, (_, point) => point);
    const pointOfRun = new Int32Array(bufferOf(data.pointOfRun));
    const seedOfRun = new Int16Array(bufferOf(data.seedOfRun));
    this.runs = new Int32Array(data.points * data.seeds.length).fill(NONE);
    for (const [run, point] of pointOfRun.entries())
      this.runs[point * data.seeds.length + seedOfRun[run]] = run;
  }

  /** NaN without a run or a value. */
  value(metric: SweepMetric, point: number, seed: number): number {
    let column = this.columns.get(metric);
    if (column === undefined) {
      column = new Float64Array(bufferOf(metric.values));
      this.columns.set(metric, column);
    }
    const run = this.runs[point * this.data.seeds.length + seed];
    return run === NONE ? Number.NaN : column[run];
  }

  /**
   * The mean of a metric over points: under each seed over the points, then over the seeds, with the interval that a table shows. A point without any value is
   * left out, and so is a seed under which another point has none. Undefined if nothing is left.
   */
  mean(metric: SweepMetric, points: readonly number[]): LimitedMean | undefined {
    if (points.length !== 1) return this.meanOf(metric, points);
    // Several figures show each point.
    const known = this.means.get(metric) ?? new Map<number, LimitedMean | undefined>();
    this.means.set(metric, known);
    const [point] = points;
    if (!known.has(point)) known.set(point, this.meanOf(metric, points));
    return known.get(point);
  }

  private meanOf(metric: SweepMetric, points: readonly number[]): LimitedMean | undefined {
    const seeds = this.data.seeds.map((_, seed) => seed);
    const known = points.filter((point) =>
      seeds.some((seed) => !Number.isNaN(this.value(metric, point, seed))),
    );
    if (known.length === 0) return undefined;
    const means = seeds.flatMap((seed) => {
      let sum = 0;
      for (const point of known) sum += this.value(metric, point, seed);
      return Number.isNaN(sum) ? [] : [sum / known.length];
    });
    if (means.length === 0) return undefined;
    const interval = meanInterval(means);
    return { ...interval, limits: limitsWithin(interval, rangeOf({ unit: metric.unit || 'ratio' })) };
  }

  /** Each point with the points of the reference that have the same values of all axes that apply to both. */
  pairsOf(points: readonly number[], reference: readonly number[]): (readonly [number, number])[] {
    return points.flatMap((point) =>
      reference.flatMap((other) => (this.isSame(point, other) ? [[point, other] as const] : [])),
    );
  }

  /** The mean difference over these pairs under each seed; undefined for a seed under which a point has no value. */
  differencesBySeed(metric: SweepMetric, pairs: readonly (readonly [number, number])[]): DifferencesBySeed {
    const bySeed = this.data.seeds.map((_, seed) => {
      let [value, reference] = [0, 0];
      for (const [point, other] of pairs) {
        value += this.value(metric, point, seed);
        reference += this.value(metric, other, seed);
      }
      if (pairs.length === 0 || Number.isNaN(value + reference)) return undefined;
      return { value: value / pairs.length, reference: reference / pairs.length };
    });
    const differences = differencesOf(bySeed.filter((one) => one !== undefined)).values();
    return bySeed.map((one) => (one === undefined ? undefined : differences.next().value));
  }

  /** Points of a class of an axis, among these; those to which the axis does not apply are in every class. */
  inClass(points: readonly number[], axis: number, one: number): number[] {
    return points.filter((point) => {
      const level = this.levels[axis][point];
      return level === NONE || this.data.axes[axis].classOf[level] === one;
    });
  }

  /** Points of a policy. */
  ofPolicy(policy: number): number[] {
    return this.points.filter((point) => this.policyOfPoint[point] === policy);
  }

  /** The text of a point on an axis; a dash where the axis does not apply. */
  text(axis: number, point: number): string {
    const level = this.levels[axis][point];
    return level === NONE ? '–' : this.data.axes[axis].levels[level];
  }

  /** Whether two points differ at most in their policy. */
  private isSame(a: number, b: number): boolean {
    return this.levels.every(
      (levels, axis) =>
        axis === this.policyAxis || levels[a] === levels[b] || levels[a] === NONE || levels[b] === NONE,
    );
  }
}

/** Whether the values of an axis are drawn on a logarithmic scale: they are positive and spread widely. */
export function isLogarithmic({ numbers }: SweepAxis): boolean {
  return numbers !== null && numbers[0] > 0 && numbers[numbers.length - 1] / numbers[0] >= 20;
}

/** A buffer that has the bytes and nothing else. */
function bufferOf(text: string): ArrayBuffer {
  return decompressed(text).slice().buffer as ArrayBuffer;
}
