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

/** Two-sided p-value: P(|T| >= |t|). */
export function studentP(t: number, degrees: number): number {
  return Math.max(0, 2 * (1 - distribution(Math.abs(t), degrees)));
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
