/** The number of observations in a batch; 5 is the rule MSER-5. */
const BATCH = 5;

/** The variance of the last few batches is too uncertain for a minimum, so they alone are no candidates. */
const ENDING = 5;

/**
 * The number of observations to leave out at the start, by MSER-5: the truncation that minimizes the squared standard error of the mean of
 * what remains, over means of batches of five (White, An effective truncation heuristic for bias reduction in simulation output, 1997).
 * Undefined if the minimum is in the second half: then the series is too short to tell where its warm-up ends.
 */
export function mser5(observations: readonly number[]): number | undefined {
  const batches = Math.floor(observations.length / BATCH);
  if (batches <= ENDING) return undefined;
  const means = Array.from({ length: batches }, (_, batch) => {
    const values = observations.slice(batch * BATCH, (batch + 1) * BATCH);
    return values.reduce((sum, value) => sum + value, 0) / BATCH;
  });
  let sum = 0;
  let squares = 0;
  let best = Number.POSITIVE_INFINITY;
  let truncation = 0;
  // From the end, so that each truncation adds one batch.
  for (let first = batches - 1; first >= 0; first--) {
    sum += means[first];
    squares += means[first] ** 2;
    const kept = batches - first;
    if (kept <= ENDING) continue;
    const error = (squares - sum ** 2 / kept) / kept ** 2;
    if (error <= best) {
      best = error;
      truncation = first;
    }
  }
  return truncation > batches / 2 ? undefined : truncation * BATCH;
}
