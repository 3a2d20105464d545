import type { StoredSweep } from '../../../src/results/files/read-sweep.js';

/** A metric of a sweep in a test: its value by policy, values of the axes, and seed; null if it has none. */
type ValueOf = (policy: string, parameters: readonly string[], seed: number) => number | null;

/** A sweep of all combinations of these values. A policy of which `without` names an axis does not depend on it. */
export function storedSweep({
  policies,
  axes,
  seeds,
  metrics,
  without = {},
}: {
  readonly policies: readonly string[];
  readonly axes: Readonly<Record<string, readonly string[]>>;
  readonly seeds: number;
  readonly metrics: Readonly<Record<string, ValueOf>>;
  readonly without?: Readonly<Record<string, string>>;
}): StoredSweep {
  const names = Object.keys(axes);
  let points: string[][] = [[]];
  for (const name of names) points = points.flatMap((point) => axes[name].map((value) => [...point, value]));
  const cells = policies.flatMap((policy) => {
    const own = points.map((point) => point.map((value, i) => (without[policy] === names[i] ? '' : value)));
    const distinct = [...new Map(own.map((point) => [JSON.stringify(point), point])).values()];
    return distinct.flatMap((parameters) =>
      Array.from({ length: seeds }, (_, seed) => ({ policy, parameters, seed: `${seed + 1}` })),
    );
  });
  return {
    version: '0.1.0',
    axes: names,
    runs: cells,
    failed: 0,
    workloads: ['smack'],
    lengths: [3600],
    metrics: Object.keys(metrics),
    column: (name) =>
      cells.map(({ policy, parameters, seed }) => metrics[name](policy, parameters, Number(seed))),
  };
}
