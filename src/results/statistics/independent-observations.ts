/**
 * The number of independent observations that say as much about the mean of a stationary series as the series itself: its length divided by
 * its integrated autocorrelation time. The sum of the autocorrelations ends by the initial monotone sequence rule (Geyer, Practical Markov
 * chain Monte Carlo, 1992). Autocovariances are means over all series, which are of one process and one length, around their common mean.
 * Undefined if the series do not vary or have fewer than four values.
 */
export function independentObservations(series: readonly (readonly number[])[]): number | undefined {
  const length = series[0]?.length ?? 0;
  if (length < 4) return undefined;
  const mean = series.flat().reduce((sum, value) => sum + value, 0) / (length * series.length);
  const covariance = (lag: number) => {
    let sum = 0;
    for (const values of series)
      for (let i = lag; i < length; i++) sum += (values[i] - mean) * (values[i - lag] - mean);
    return sum;
  };
  const variance = covariance(0);
  if (!(variance > 0)) return undefined;
  let time = -1;
  let last = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < length; lag += 2) {
    const pair = (covariance(lag) + covariance(lag + 1)) / variance;
    if (pair <= 0) break;
    last = Math.min(last, pair);
    time += 2 * last;
  }
  return length / Math.max(1, time);
}
