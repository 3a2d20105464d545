import { beforeAll, describe, expect, it } from 'vitest';
import { derivedMetric } from '../../src/formulas/derived-metric.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { compareRuns, isShort } from '../../src/results/comparison.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

describe('a metric by a formula', () => {
  let summary: Summary;

  beforeAll(async () => {
    const made = await summaryOf(smallSpec());
    summary = {
      ...made,
      taskWait: { ...made.taskWait, count: 4, mean: 30, p95: 100, p99: 120 },
      queue: { mean: 3, peak: 12 },
    };
  });

  it.each([
    ['tail = p99(taskWait) / mean(taskWait)', 'tail', 4, 'ratio'],
    ['extra wait=taskWait.p95 - 30 s', 'extra wait', 70, 's'],
    ['per-queued = mean(taskWait) / mean(queue)', 'per-queued', 10, 's'],
    ['is long = taskWait.p95 == 100 s', 'is long', 1, 'ratio'],
  ])('%s', (text, name, value, unit) => {
    const metric = derivedMetric(text);
    expect([metric.metric.key, metric.compute(summary), metric.metric.unit]).toEqual([name, value, unit]);
  });

  it('has no value where a metric has none, or where the result is not finite', () => {
    const empty = { ...summary, taskWait: { ...summary.taskWait, mean: null } } as Summary;
    expect(derivedMetric('tail = p99(taskWait) / mean(taskWait)').compute(empty)).toBeUndefined();
    expect(derivedMetric('none = queue.peak / 0').compute(summary)).toBeUndefined();
  });

  it.each([
    ['queue.peak', 'found "queue.peak", expected NAME = FORMULA'],
    ['queue.peak == 3', 'expected NAME = FORMULA'],
    ['tail = p99(taskWait) / maen(taskWait)', 'character 24: '],
    ['a = taskWait.p95 + queue.peak', 'character 20: found a plain number, expected a time'],
    ['a = taskWiat.p95', 'character 5: found "taskWiat.p95", expected a path of summary.json, did you mean'],
  ])('%s is refused: %s', (text, message) => {
    let error: unknown;
    try {
      derivedMetric(text);
    } catch (thrown) {
      error = thrown;
    }
    const { place, problem } = error as { place: { column?: number }; problem: string };
    expect(place.column === undefined ? problem : `character ${place.column}: ${problem}`).toContain(message);
  });

  it('is the last row of a comparison and always shown, as the mean over the seeds', () => {
    const other = {
      ...summary,
      queue: { mean: 3, peak: 6 },
      run: { ...summary.run, seed: 'other' },
    } as Summary;
    const { rows } = compareRuns([summary, other], {
      derived: [derivedMetric('burst = queue.peak / queue.mean')],
    });
    const last = rows.at(-1);
    expect([last?.metric.key, last?.values[0]?.mean]).toEqual(['burst', 3]);
    expect(last !== undefined && isShort(last)).toBe(true);
  });
});
