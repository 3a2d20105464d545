/** A mean over replications, with the half-width of its confidence interval; undefined with fewer than two values. */
export interface MeanInterval {
  readonly count: number;
  readonly mean: number;
  readonly halfWidth: number | undefined;
}

/** Mean and t-interval of independent values, at a confidence level such as 0.95. */
export function meanInterval(values: readonly number[], confidence = 0.95): MeanInterval {
  const count = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / count;
  if (count < 2) return { count, mean, halfWidth: undefined };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const halfWidth = studentT((1 + confidence) / 2, count - 1) * Math.sqrt(variance / count);
  return { count, mean, halfWidth };
}

/**
 * Quantile of Student's t distribution: the t with P(T <= t) = p, for `degrees` >= 1 degrees of freedom.
 * By bisection on the distribution function, which for whole degrees has a closed form (Abramowitz & Stegun, 26.7.3-4).
 */
export function studentT(p: number, degrees: number): number {
  if (p < 0.5) return -studentT(1 - p, degrees);
  let low = 0;
  let high = 1;
  while (distribution(high, degrees) < p) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (distribution(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function distribution(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees));
  const cos = Math.cos(theta);
  const sin = Math.sin(theta);
  let term = degrees % 2 === 1 ? cos : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = degrees % 2 === 1 ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cos * cos;
    sum += term;
  }
  const inside = degrees % 2 === 1 ? (2 / Math.PI) * (theta + sin * sum) : sin * sum;
  return (1 + inside) / 2;
}
