import { InputError, nearestName, quote } from '../model/index.js';
import { metricValue } from '../results/metric.js';
import { numberPaths, pathKind } from '../results/metric-schema.js';
import { closureOf } from './evaluate.js';
import { type Expression, type Vocabulary, type WordExpression, wordsOf } from './expression.js';
import { parseFormula } from './parse.js';
import { type MaybeUnit, PLAIN, TIME, unitText } from './units.js';

type Summary = Parameters<typeof metricValue>[0];

/** A condition on the metrics of a summary. */
export interface FormulaObjective {
  readonly text: string;
  /** Paths of the metrics that it reads. */
  readonly metrics: readonly string[];
  isMet(summary: Summary): boolean;
}

/** Statistics that may be written as functions: `p95(wait)` is `wait.p95`. */
const STATISTICS: readonly string[] = ['mean', 'p50', 'p90', 'p95', 'p99', 'max', 'peak'];

const EXAMPLE = 'p95(taskWait) <= 2 min and utilization.cpus.allocated.mean > 60%';

/** Reads a condition such as `p95(taskWait) <= 2 min and queue.peak < 2000`. @throws InputError with the number of the character */
export function formulaObjective(text: string): FormulaObjective {
  const formula = parseFormula(text, METRICS);
  if (!formula.isCondition)
    throw new InputError(
      { column: formula.at },
      `found ${unitText(formula.unit)}, expected a condition such as ${EXAMPLE}`,
    );
  const conditions = conjunctsOf(formula).map((condition) => ({
    condition,
    metrics: wordsOf(condition).map(pathOf),
  }));
  return {
    text,
    metrics: [...new Set(conditions.flatMap(({ metrics }) => metrics))],
    isMet: (summary) =>
      conditions.every(
        ({ condition, metrics }) =>
          // A statistic without values meets any condition: no task of that framework waited, for example.
          metrics.some((path) => metricValue(summary, path) === undefined) || holds(condition, summary),
      ),
  };
}

function holds(condition: Expression, summary: Summary): boolean {
  const evaluate = closureOf(condition, (word) => {
    const value = metricValue(summary, pathOf(word)) ?? Number.NaN;
    return () => value;
  });
  return evaluate(0, 0, 0) === 1;
}

/** The conditions that `and` joins. */
function conjunctsOf(expression: Expression): Expression[] {
  return expression.kind === 'call' && expression.operation === 'and'
    ? expression.parts.flatMap(conjunctsOf)
    : [expression];
}

function pathOf({ name, argument }: Pick<WordExpression, 'name' | 'argument'>): string {
  return argument === undefined ? name : `${argument}.${name}`;
}

const METRICS: Vocabulary = {
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
