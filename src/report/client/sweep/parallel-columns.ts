import { metricText } from '../../../results/metric-text.js';
import type { SweepAxis, SweepMetric } from '../../sweep/sweep-data.js';
import { isLogarithmic, type LoadedSweep, NONE } from './loaded-sweep.js';
import { written } from './metric-choice.js';

/** Where lines of points go to which an axis does not apply: below the axis. */
export const BELOW = -0.07;

/** A value of a column, at its place: 0 at the bottom, 1 at the top. */
export interface Stop {
  readonly place: number;
  readonly text: string;
}

/** A vertical axis of parallel coordinates: an axis of the sweep, or the metric. */
export interface Column {
  readonly name: string;
  /** From the bottom to the top. */
  readonly stops: readonly Stop[];
  /** The place in `stops` of each point; -1 for a point without a value of the metric. */
  readonly stopOf: readonly number[];
}

/** The axes, then the metric. A value of the metric is the mean of a combination over its seeds. */
export function columnsOf(sweep: LoadedSweep, metric: SweepMetric): Column[] {
  return [...sweep.data.axes.map((_, axis) => axisColumn(sweep, axis)), metricColumn(sweep, metric)];
}

function axisColumn({ data: { axes }, levels }: LoadedSweep, axis: number): Column {
  const { name, levels: texts } = axes[axis];
  const places = placesOfLevels(axes[axis]);
  const below = levels[axis].includes(NONE) ? [{ place: BELOW, text: 'does not apply' }] : [];
  return {
    name,
    stops: [...below, ...texts.map((text, level) => ({ place: places[level], text }))],
    // NONE is one less than the first level, as its stop is one below.
    stopOf: Array.from(levels[axis], (level) => level + below.length),
  };
}

function metricColumn(sweep: LoadedSweep, metric: SweepMetric): Column {
  const means = sweep.points.map((point) => sweep.mean(metric, [point])?.mean);
  const values = [...new Set(means.filter((mean) => mean !== undefined))].sort((a, b) => a - b);
  const [low, high] = [values[0], values[values.length - 1]];
  const stops = new Map(values.map((value, i) => [value, i]));
  return {
    name: metric.key,
    stops: values.map((value) => ({
      place: high > low ? (value - low) / (high - low) : 0.5,
      text: metricText(value, written(metric)),
    })),
    stopOf: means.map((mean) => (mean === undefined ? -1 : (stops.get(mean) as number))),
  };
}

/** The place of each level between the lowest and the highest. */
export function placesOfLevels(axis: SweepAxis): number[] {
  const { levels, numbers } = axis;
  if (numbers === null) return levels.map((_, i) => (i + 0.5) / levels.length);
  const scale = isLogarithmic(axis) ? Math.log : (value: number) => value;
  const [first, last] = [scale(numbers[0]), scale(numbers[numbers.length - 1])];
  return numbers.map((value) => (last > first ? (scale(value) - first) / (last - first) : 0.5));
}
