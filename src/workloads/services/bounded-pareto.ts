/**
 * A draw from a Pareto distribution with tail index `alpha`, cut to [low, high]: the usual model of job sizes, whose mean
 * exists whatever alpha is (Harchol-Balter, "Performance Modeling and Design of Computer Systems", chapter 20).
 */
export function boundedPareto(u: number, alpha: number, low: number, high: number): number {
  if (low === high) return low;
  const ratio = (low / high) ** alpha;
  return low / (1 - u * (1 - ratio)) ** (1 / alpha);
}
