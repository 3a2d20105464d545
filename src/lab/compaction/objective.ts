import type { FormulaObjective } from '../../formulas/objective.js';
import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { InputError, parseDuration, toSeconds } from '../../model/index.js';
import { metricPathExists, metricValue } from '../../results/metric.js';

/** An objective of capacity planning: a bound for one metric, or a formula over several. */
export type Objective = MetricBound | FormulaObjective;

/** A bound for a metric of a summary. */
export interface MetricBound {
  /** Path in the summary, such as `byFramework.web.wait.p95`. */
  readonly metric: string;
  readonly relation: '<=' | '>=';
  /** In the unit of the metric: seconds, a share, or a count. */
  readonly bound: number;
}

/** A run has too few machines if a larger share of its tasks has not started at the end (Borg, EuroSys 2015, section 5.1). */
const UNPLACED_SHARE = 0.002;

const FORM = 'METRIC<=VALUE or METRIC>=VALUE, such as taskWait.p95<=60s or byFramework.web.health.down<=0.1%';
const OBJECTIVE = /^([^<>=\s]+)\s*(<=|>=)\s*(\S+)$/;
const NUMBER = /^\d+(\.\d+)?(%?)$/;

/**
 * Reads a bound, or a condition by a formula (docs/formulas.md). A bound keeps its own form, because its value may be `60`, `2%`
 * or `1h30m`, and so that mathjs is loaded only for formulas. @throws InputError
 */
export async function readObjective(text: string): Promise<Objective> {
  if (isBound(text)) return parseObjective(text);
  const { formulaObjective } = await import('../../formulas/objective.js');
  try {
    return formulaObjective(text);
  } catch (error) {
    throw error instanceof InputError ? error.at({ field: '--objective' }) : error;
  }
}

function isBound(text: string): boolean {
  const value = OBJECTIVE.exec(text)?.[3];
  return value !== undefined && (NUMBER.test(value) || parseDuration(value) !== undefined);
}

/** Reads `byFramework.web.wait.p95<=60s`. @throws InputError */
export function parseObjective(text: string): MetricBound {
  const match = OBJECTIVE.exec(text);
  if (match === null) throw InputError.expected({ field: '--objective' }, text, FORM);
  const [, metric, relation, value] = match;
  return { metric, relation: relation as MetricBound['relation'], bound: boundOf(value) };
}

function boundOf(text: string): number {
  const number = NUMBER.exec(text);
  if (number !== null) return Number.parseFloat(text) / (number[2] === '%' ? 100 : 1);
  const duration = parseDuration(text);
  if (duration === undefined)
    throw InputError.expected({ field: '--objective' }, text, 'a number, a share such as 2%, or a duration');
  return toSeconds(duration);
}

/**
 * Does the run meet all objectives, and did all but a few tasks start? A statistic without values (for example, no task of that
 * framework waited) meets any bound.
 * @throws InputError when a summary has no such metric.
 */
export function meets(summary: Summary, objectives: readonly Objective[]): boolean {
  for (const metric of objectives.flatMap((one) => ('metrics' in one ? one.metrics : [one.metric])))
    if (!metricPathExists(summary, metric))
      throw InputError.expected(
        { field: '--objective' },
        metric,
        'a path of summary.json, such as taskWait.p95',
      );
  const { submitted, pending, rejected, abandoned } = summary.tasks;
  if (pending + rejected + abandoned > UNPLACED_SHARE * submitted) return false;
  return objectives.every((objective) => {
    if ('metrics' in objective) return objective.isMet(summary);
    const { metric, relation, bound } = objective;
    const value = metricValue(summary, metric);
    return value === undefined || (relation === '<=' ? value <= bound : value >= bound);
  });
}
