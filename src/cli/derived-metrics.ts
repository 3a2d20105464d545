import { InputError } from '../model/index.js';
import type { DerivedMetric } from '../results/comparison.js';

/** The option `--metric` of commands that print a comparison. */
export const METRIC_OPTION = {
  type: 'string',
  array: true,
  nargs: 1,
  describe: "a further row of the table, by a formula of metrics: 'tail = p99(taskWait) / mean(taskWait)'",
} as const;

/** The metrics of `--metric`. The parser is loaded only when there are any. @throws InputError */
export async function derivedMetrics(texts: readonly string[] = []): Promise<readonly DerivedMetric[]> {
  if (texts.length === 0) return [];
  const { derivedMetric } = await import('../formulas/derived-metric.js');
  return texts.map((text) => {
    try {
      return derivedMetric(text);
    } catch (error) {
      throw error instanceof InputError ? error.at({ field: '--metric' }) : error;
    }
  });
}
