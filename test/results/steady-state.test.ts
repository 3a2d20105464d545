import { randomNormal } from 'd3-random';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { independentObservations } from '../../src/results/statistics/independent-observations.js';
import { shortRunNotes } from '../../src/results/steady-state.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { smallSpec } from '../lab/small-runs.js';

/** A series of first-order autoregression. Its integrated autocorrelation time is (1 + a) / (1 - a). */
function autoregression(a: number, length: number, seed: string): number[] {
  const noise = randomNormal.source(new RandomStreams(seed).stream('noise'))(0, 1);
  let value = noise() / Math.sqrt(1 - a * a);
  return Array.from({ length }, () => {
    value = a * value + noise();
    return value;
  });
}

describe('the number of independent observations', () => {
  it.each([0, 0.5, 0.9])('of an autoregression with coefficient %d is that of theory', (a) => {
    const series = Array.from({ length: 20 }, (_, i) => autoregression(a, 2000, String(i)));
    const expected = (2000 * (1 - a)) / (1 + a);
    const found = independentObservations(series) ?? Number.NaN;
    expect(found / expected).toBeGreaterThan(0.8);
    expect(found / expected).toBeLessThan(1.2);
  });

  it('is not more than the length of a series that alternates', () => {
    expect(independentObservations([[1, -1, 1, -1, 1, -1]])).toBe(6);
  });

  it('does not exist for a constant or for three values', () => {
    expect(independentObservations([[2, 2, 2, 2, 2]])).toBeUndefined();
    expect(independentObservations([[1, 2, 3]])).toBeUndefined();
    expect(independentObservations([])).toBeUndefined();
  });

  it('is computed by hand for four values', () => {
    // Around the mean 2.5: covariances 5, 1.25, -1.5, -2.25. The first pair is 1.25, and the second is below 0.
    expect(independentObservations([[1, 2, 3, 4]])).toBeCloseTo(4 / 1.5, 12);
  });
});

let record: RunRecord;

beforeAll(async () => {
  record = await run(smallSpec());
});

/** The run with another number of waiting tasks over time. */
function withQueue(values: readonly number[], policy = 'drf'): RunRecord {
  const columns = ['pending', 'running'].map((name) => ({
    name,
    values: Float64Array.from(name === 'pending' ? values : values.map(() => 7)),
  }));
  const copy = structuredClone(record);
  copy.summary.run.policy.name = policy;
  return { ...copy, series: { start: 0, binSeconds: 4, lastBinSeconds: 4, columns } };
}

describe('the note on short runs', () => {
  const slow = autoregression(0.98, 400, 'slow');
  const fast = autoregression(0.5, 400, 'fast');

  it('is one line for all policies whose queue changes slowly, and none for others', () => {
    expect(shortRunNotes([withQueue(fast)])).toEqual([]);
    const [note, ...others] = shortRunNotes([
      withQueue(slow),
      withQueue(fast, 'easy'),
      withQueue(slow, 'fcfs'),
    ]);
    expect(others).toEqual([]);
    expect(note).toMatch(
      /^drf and fcfs: The run is short for a steady state\. It holds about \d+ independent observations of the number of tasks, and 20 are needed\./,
    );
  });

  it('does not exist for the replay of a trace, and for a queue that never changes', () => {
    const replay = withQueue(slow);
    replay.summary.run.workload.kind = 'trace';
    expect(shortRunNotes([replay])).toEqual([]);
    expect(shortRunNotes([withQueue(slow.map(() => 3))])).toEqual([]);
  });

  it('leaves out the warm-up of the run', () => {
    const settled = withQueue([...Array.from({ length: 200 }, (_, i) => 4000 - 20 * i), ...fast]);
    expect(shortRunNotes([settled])).toHaveLength(1);
    settled.summary.run.warmUp = { rule: 'time', seconds: 800 };
    expect(shortRunNotes([settled])).toEqual([]);
  });
});
