import { InputError } from '../model/index.js';
import { metricValue } from '../results/metric.js';
import { type Expression, wordsOf } from './expression.js';
import { parseFormula } from './parse.js';
import { METRICS, pathOf, valueIn } from './summary-words.js';
import { unitText } from './units.js';

type Summary = Parameters<typeof metricValue>[0];

/** A condition on the metrics of a summary. */
export interface FormulaObjective {
  readonly text: string;
  /** Paths of the metrics that it reads. */
  readonly metrics: readonly string[];
  isMet(summary: Summary): boolean;
}

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
  return valueIn(summary, condition) === 1;
}

/** The conditions that `and` joins. */
function conjunctsOf(expression: Expression): Expression[] {
  return expression.kind === 'call' && expression.operation === 'and'
    ? expression.parts.flatMap(conjunctsOf)
    : [expression];
}
