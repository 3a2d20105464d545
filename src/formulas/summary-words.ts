import { nearestName, quote } from '../model/index.js';
import { metricValue } from '../results/metric.js';
import { numberPaths, pathKind } from '../results/metric-paths.js';
import { closureOf } from './evaluate.js';
import type { Expression, Vocabulary, WordExpression } from './expression.js';
import { type MaybeUnit, PLAIN, TIME } from './units.js';

/** Statistics that may be written as functions: `p95(wait)` is `wait.p95`. */
const STATISTICS: readonly string[] = ['mean', 'p50', 'p90', 'p95', 'p99', 'max', 'peak'];

/** The value of a formula of metrics in a summary. A metric without a value is NaN. */
export function valueIn(summary: Parameters<typeof metricValue>[0], expression: Expression): number {
  const evaluate = closureOf(expression, (word) => {
    const value = metricValue(summary, pathOf(word)) ?? Number.NaN;
    return () => value;
  });
  return evaluate(0, 0, 0);
}

/** The path in a summary that a word stands for. */
export function pathOf({ name, argument }: Pick<WordExpression, 'name' | 'argument'>): string {
  return argument === undefined ? name : `${argument}.${name}`;
}

/** Names of objectives and of derived metrics: paths of summary.json. */
export const METRICS: Vocabulary = {
  form: 'paths',
  argumentOf(name) {
    if (STATISTICS.includes(name)) return 'metric';
    return pathKind(name).kind === 'number' ? 'none' : undefined;
  },
  functions: STATISTICS,
  argumentsOf: (statistic) =>
    numberPaths()
      .filter((path) => path.endsWith(`.${statistic}`))
      .map((path) => path.slice(0, -statistic.length - 1)),
  unitOf(name, argument): MaybeUnit | undefined {
    const path = pathKind(pathOf({ name, argument }));
    if (path.kind !== 'number') return undefined;
    return path.unit === 's' ? TIME : PLAIN;
  },
  unknownText(name) {
    const path = pathKind(name);
    if (path.kind === 'section')
      return `${quote(name)} is not a number, expected one of ${path.numbers.join(', ')}`;
    const near = nearestName(name, numberPaths());
    const hint = near === undefined ? ', such as taskWait.p95' : `, did you mean "${near}"?`;
    return `found ${quote(name)}, expected a path of summary.json${hint}`;
  },
};
