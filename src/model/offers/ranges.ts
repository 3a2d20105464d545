/** A set of whole numbers, such as ports, as closed ranges: ascending, apart from each other. */
export type Ranges = readonly (readonly [from: number, to: number])[];

/** The same set with its ranges in order and joined where they touch. */
export function normalRanges(ranges: Ranges): Ranges {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** How many numbers are in the set. */
export function rangesSize(ranges: Ranges): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** What is in `a` and not in `b`. */
export function rangesWithout(a: Ranges, b: Ranges): Ranges {
  let rest = a;
  for (const [from, to] of b) {
    rest = rest.flatMap(([low, high]) => {
      const left: [number, number][] = [];
      if (low < from) left.push([low, Math.min(high, from - 1)]);
      if (high > to) left.push([Math.max(low, to + 1), high]);
      return left;
    });
  }
  return rest;
}
