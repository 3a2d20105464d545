/** Means over bins of equal width; the last bin may be shorter. */
interface BinnedMeans {
  readonly binSeconds: number;
  readonly lastBinSeconds: number;
  readonly values: Float64Array;
}

/** How many neighbouring bins become one, so that at most `most` remain: a power of two. */
export function binsPerStep(bins: number, most: number): number {
  let merged = 1;
  while (bins / merged > most) merged *= 2;
  return merged;
}

/** Means over `merged` neighbouring bins, weighted by their lengths: the mean over the run stays. */
export function mergedBins(
  { binSeconds, lastBinSeconds, values }: BinnedMeans,
  merged: number,
): Float64Array {
  if (merged === 1) return values;
  const means = new Float64Array(Math.ceil(values.length / merged));
  for (let step = 0; step < means.length; step++) {
    let sum = 0;
    let lasted = 0;
    for (let bin = step * merged; bin < Math.min(values.length, (step + 1) * merged); bin++) {
      const seconds = bin === values.length - 1 ? lastBinSeconds : binSeconds;
      sum += values[bin] * seconds;
      lasted += seconds;
    }
    means[step] = lasted > 0 ? sum / lasted : 0;
  }
  return means;
}

/** Means of `merged` neighbouring rows; the last group may have fewer. */
export function mergedRows(rows: readonly Float64Array[], merged: number): readonly Float64Array[] {
  if (merged === 1) return rows;
  return Array.from({ length: Math.ceil(rows.length / merged) }, (_, group) => {
    const members = rows.slice(group * merged, (group + 1) * merged);
    return members[0].map((_, bin) => members.reduce((sum, row) => sum + row[bin], 0) / members.length);
  });
}
