import { studentT } from './student-t.js';

/** A mean over replications, with the half-width of its confidence interval; undefined with fewer than two values. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  readonly halfWidth: number | undefined;
}

/** Mean and t-interval of independent values, at a confidence such as 0.95. */
export function meanInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  const count = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / count;
  if (count < 2) return { count, mean, halfWidth: undefined };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const halfWidth = studentT((1 + confidence) / 2, count - 1) * Math.sqrt(variance / count);
  return { count, mean, halfWidth };
}
