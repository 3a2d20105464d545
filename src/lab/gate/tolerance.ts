import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError, quote } from '../../model/index.js';
import { type Metric, metricsOf } from '../../results/metric.js';

/** How much worse a metric may become: a share of the baseline, or an absolute amount in the metric's unit. */
export interface Tolerance {
  readonly kind: 'relative' | 'absolute';
  readonly amount: number;
}

/** Tolerances by metric or by the beginning of its path; `''` is for all others. */
export type Tolerances = ReadonlyMap<string, Tolerance>;

/** Without any `--tolerance`, every metric is gated with this one. */
const DEFAULT_TOLERANCE: Tolerance = { kind: 'relative', amount: 0.05 };

/**
 * Reads `wait.p95=5%`, `queue=0.5` (absolute), `10%` (for all metrics).
 * @throws InputError for another form, and when a metric has two tolerances.
 */
export function parseTolerances(texts: readonly string[]): Tolerances {
  const tolerances = new Map<string, Tolerance>();
  for (const [key, tolerance] of texts.map(parseTolerance)) {
    if (tolerances.has(key))
      throw new InputError(
        { field: '--tolerance' },
        `${key === '' ? 'a tolerance for all metrics' : quote(key)} is given twice`,
      );
    tolerances.set(key, tolerance);
  }
  return tolerances;
}

/** Reads one tolerance, with its metric. @throws InputError */
export function parseTolerance(text: string): [string, Tolerance] {
  const match = /^(?:([A-Za-z][\w.-]*)=)?(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  if (match === null)
    throw InputError.expected({ field: '--tolerance' }, text, 'metric=5%, metric=0.5, or 5% for all metrics');
  const [, key = '', amount, percent] = match;
  return [
    key,
    percent === '%'
      ? { kind: 'relative', amount: Number(amount) / 100 }
      : { kind: 'absolute', amount: Number(amount) },
  ];
}

/** A tolerance for a metric that the runs do not have, or that has no good direction, is a mistake. @throws InputError */
export function checkTolerances(tolerances: Tolerances, runs: readonly Summary[]): void {
  const known = new Map(runs.flatMap(metricsOf).map((metric) => [metric.key, metric]));
  for (const key of tolerances.keys()) {
    if (known.get(key)?.better === 'neither')
      throw new InputError(
        { field: '--tolerance' },
        `${quote(key)} is neither better when it is lower nor when it is higher, so it has no tolerance`,
      );
    if (key !== '' && ![...known.keys()].some((metric) => metric === key || metric.startsWith(`${key}.`)))
      throw InputError.expected({ field: '--tolerance' }, key, 'a metric of the runs, such as wait.p95', [
        ...known.keys(),
      ]);
  }
}

/**
 * The tolerance of a metric: that with the longest key that is its path or the beginning of its path (`wait` covers `wait.p95`).
 * Undefined if the metric is not gated: it has no good direction, or only others have tolerances.
 */
export function toleranceOf({ key, better }: Metric, tolerances: Tolerances): Tolerance | undefined {
  if (better === 'neither') return undefined;
  if (tolerances.size === 0) return DEFAULT_TOLERANCE;
  for (
    let prefix = key;
    prefix !== '';
    prefix = prefix.includes('.') ? prefix.slice(0, prefix.lastIndexOf('.')) : ''
  ) {
    const tolerance = tolerances.get(prefix);
    if (tolerance !== undefined) return tolerance;
  }
  return tolerances.get('');
}

/** The largest harm that the tolerance allows, in the unit of the metric. */
export function allowedHarm({ kind, amount }: Tolerance, baseline: number): number {
  return kind === 'absolute' ? amount : amount * Math.abs(baseline);
}
