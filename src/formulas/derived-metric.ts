import { InputError } from '../model/index.js';
import type { DerivedMetric } from '../results/comparison.js';
import { type Metric, metricValue } from '../results/metric.js';
import { wordsOf } from './expression.js';
import { parseFormula } from './parse.js';
import { METRICS, pathOf, valueIn } from './summary-words.js';
import { type MaybeUnit, sameUnit, TIME } from './units.js';

const FORM = 'NAME = FORMULA, such as pendingShare = queue.mean / queue.peak';

/**
 * Reads a metric that is computed from others, such as `tail = p99(taskWait) / mean(taskWait)`.
 * @throws InputError with the number of the character in the text
 */
export function derivedMetric(text: string): DerivedMetric {
  const [, before, name] = /^(\s*([\p{L}_][\p{L}\d _-]*?)\s*=)(?!=)/u.exec(text) ?? [];
  if (before === undefined) throw InputError.expected({}, text, FORM);
  const formula = formulaBehind(text, before.length);
  const paths = wordsOf(formula).map(pathOf);
  return {
    metric: { key: name, unit: unitOf(formula.unit), better: 'neither' },
    compute(summary) {
      if (paths.some((path) => metricValue(summary, path) === undefined)) return undefined;
      const value = valueIn(summary, formula);
      return Number.isFinite(value) ? value : undefined;
    },
  };
}

/** The formula after the name. Positions in its errors are those in the whole text. */
function formulaBehind(text: string, start: number): ReturnType<typeof parseFormula> {
  try {
    return parseFormula(text.slice(start), METRICS);
  } catch (error) {
    if (error instanceof InputError && error.place.column !== undefined)
      throw error.at({ column: error.place.column + start });
    throw error;
  }
}

function unitOf(unit: MaybeUnit): Metric['unit'] {
  return unit !== 'any' && sameUnit(unit, TIME) !== undefined ? 's' : 'ratio';
}
