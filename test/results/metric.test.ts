import { beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { compareRuns, isShort } from '../../src/results/comparison.js';
import { metricsOf, metricValue } from '../../src/results/metric.js';
import { countText, listText, metricText, pluralText } from '../../src/results/metric-text.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

let drf: Summary;
let silos: Summary;

beforeAll(async () => {
  drf = await summaryOf(smallSpec({ policy: 'drf' }));
  silos = await summaryOf(smallSpec({ policy: 'silos' }));
});

/** A summary whose frameworks have these names, each with its own mean wait. */
function withFrameworks(waits: Readonly<Record<string, number>>): Summary {
  const copy = structuredClone(drf);
  const [any] = Object.values(copy.byFramework);
  copy.byFramework = Object.fromEntries(
    Object.entries(waits).map(([name, mean]) => {
      const framework = structuredClone(any);
      framework.wait.mean = mean;
      return [name, framework];
    }),
  );
  return copy;
}

describe('the value of a metric', () => {
  it('is what stands at its path in the summary', () => {
    expect(metricValue(drf, 'wait.p95')).toBe(drf.wait.p95);
    expect(metricValue(drf, 'utilization.cpus.allocated.mean')).toBe(drf.utilization.cpus.allocated.mean);
    expect(metricValue(drf, 'byFramework.spark.wait.mean')).toBe(drf.byFramework.spark.wait.mean);
    expect(metricValue(drf, 'makespan')).toBe(drf.makespan);
  });

  it.each([
    'nope',
    'wait.p96',
    'wait',
    'wait.p95.x',
    'run.seed',
    'run.policy.name',
    'utilization.gpus.allocated',
    '',
  ])('is not there at "%s"', (key) => {
    expect(metricValue(drf, key)).toBeUndefined();
  });

  it('is not there where the summary has null, and never comes from a prototype', () => {
    const copy = structuredClone(drf);
    copy.wait.p50 = null;
    expect(metricValue(copy, 'wait.p50')).toBeUndefined();
    expect(metricValue(copy, 'run.policy.name.length')).toBeUndefined();
    expect(metricValue(copy, 'constructor.length')).toBeUndefined();
  });

  it('is found for frameworks whose names have dots, also when one name begins like another', () => {
    const summary = withFrameworks({ a: 1, 'a.b': 2, 'a.wait': 3, 'a.b.c': 4, '.': 5 });
    expect(metricValue(summary, 'byFramework.a.wait.mean')).toBe(1);
    expect(metricValue(summary, 'byFramework.a.b.wait.mean')).toBe(2);
    expect(metricValue(summary, 'byFramework.a.wait.wait.mean')).toBe(3);
    expect(metricValue(summary, 'byFramework.a.b.c.wait.mean')).toBe(4);
    expect(metricValue(summary, 'byFramework...wait.mean')).toBe(5);
  });
});

describe('the metrics of a summary', () => {
  it('have keys that are there, each once', () => {
    const metrics = metricsOf(drf);
    const keys = metrics.map((metric) => metric.key);
    expect(new Set(keys).size).toBe(keys.length);
    // A fragmentation, a p99 or a second wait can be null; all else of a run that finished jobs is a number.
    const missing = keys.filter((key) => metricValue(drf, key) === undefined);
    expect(missing.filter((key) => !/^(fragmentation|requeueWait|byFramework)\./.test(key))).toEqual([]);
  });

  it('say of utilization, waits and jobs which way is good', () => {
    const better = Object.fromEntries(metricsOf(drf).map((metric) => [metric.key, metric.better]));
    expect(better).toMatchObject({
      'utilization.cpus.allocated.mean': 'higher',
      'wait.p95': 'lower',
      'jobs.finished': 'higher',
      'jobs.failed': 'lower',
      'tasks.preempted': 'lower',
      'fairness.jain': 'higher',
      'offers.made': 'neither',
    });
  });

  it('leave out what is used where the workload does not say, and frameworks when there is one or a crowd', () => {
    const keys = (summary: Summary) => metricsOf(summary).map((metric) => metric.key);
    const silent = structuredClone(drf);
    silent.utilization.cpus.used = null;
    expect(keys(drf)).toContain('utilization.cpus.used.mean');
    expect(keys(silent)).not.toContain('utilization.cpus.used.mean');
    const crowd = (count: number) =>
      withFrameworks(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i])));
    const ofFrameworks = (count: number) =>
      keys(crowd(count)).filter((key) => key.startsWith('byFramework.'));
    expect([1, 2, 12, 13].map((count) => ofFrameworks(count).length > 0)).toEqual([false, true, true, false]);
  });
});

describe('a comparison', () => {
  it('has a column per policy in the order of the runs, each a mean over its seeds', async () => {
    const other = await summaryOf(smallSpec({ policy: 'drf', seed: '2' }));
    const { columns, rows } = compareRuns([drf, silos, other]);
    expect(columns.map(({ name, summaries }) => [name, summaries.length])).toEqual([
      ['drf', 2],
      ['silos', 1],
    ]);
    const wait = rows.find(({ metric }) => metric.key === 'taskWait.mean');
    const means = [drf, other].map((summary) => summary.taskWait.mean as number);
    expect(wait?.values[0]).toMatchObject({ count: 2, mean: (means[0] + means[1]) / 2 });
    expect(wait?.values[1]).toMatchObject({ count: 1, mean: silos.taskWait.mean, halfWidth: undefined });
  });

  it('has a row for every metric of any run, empty where a run has none', () => {
    const without = structuredClone(silos);
    without.utilization.cpus.used = null;
    const { rows } = compareRuns([drf, without]);
    const used = rows.find(({ metric }) => metric.key === 'utilization.cpus.used.mean');
    expect(used?.values[0]?.mean).toBe(drf.utilization.cpus.used?.mean);
    expect(used?.values[1]).toBeUndefined();
    expect(rows.length).toBe(metricsOf(drf).length);
  });
});

describe('the text of a metric', () => {
  it.each([
    [undefined, 's', '–'],
    [Number.NaN, 'count', '–'],
    [0.3754, 'share', '37.5 %'],
    [125, 's', '2m 5s'],
    [0, 's', '0 s'],
    [1_234_567, 'count', '1,234,567'],
    [0.0004, 'ratio', '0'],
    [6818.5853, 'ratio', '6,819'],
    [1.02624, 'ratio', '1.03'],
    [-12.345, 'ratio', '-12.3'],
  ] as const)('of %d as %s is "%s"', (value, unit, text) => {
    expect(metricText(value, { unit })).toBe(text);
  });

  it('counts and lists as people do', () => {
    expect([pluralText(1, 'machine'), pluralText(500, 'machine'), pluralText(0, 'row')]).toEqual([
      '1 machine',
      '500 machines',
      '0 rows',
    ]);
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listText)).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
    expect(countText(1234.56)).toBe('1,234.6');
  });
});

describe('the short table', () => {
  const tableOf = (key: string) => metricsOf(drf).find((metric) => metric.key === key)?.table;
  const row = (table: 'short' | 'short-if-any' | 'long', ...means: readonly (number | undefined)[]) => ({
    metric: { key: 'wait.p95', unit: 'count', better: 'lower', table } as const,
    values: means.map((mean) => (mean === undefined ? undefined : { count: 1, mean, halfWidth: undefined })),
  });

  it('has the metrics that most people look at first', () => {
    const keys = [
      'utilization.cpus.allocated.mean',
      'wait.p95',
      'taskWait.mean',
      'makespan',
      'jobs.finished',
    ];
    expect(keys.map(tableOf)).toEqual(keys.map(() => 'short'));
    expect(['wait.p50', 'offers.made', 'queue.peak'].map(tableOf)).toEqual(['long', 'long', 'long']);
  });

  it('has faults and frameworks as soon as any policy has a value above 0', () => {
    const keys = ['jobs.failed', 'tasks.rejected', 'byFramework.spark.wait.p95'];
    expect(keys.map(tableOf)).toEqual(keys.map(() => 'short-if-any'));
    expect(isShort(row('short-if-any', 0, 0))).toBe(false);
    expect(isShort(row('short-if-any', undefined, 0))).toBe(false);
    expect(isShort(row('short-if-any', 0, 3))).toBe(true);
    expect(isShort(row('short-if-any', undefined, 3))).toBe(true);
    expect(isShort(row('short', 0, 0))).toBe(true);
    expect(isShort(row('long', 5, 5))).toBe(false);
  });

  it('has each derived metric', () => {
    const { key, unit, better } = row('short').metric;
    expect(isShort({ metric: { key, unit, better }, values: row('short', 0, 0).values })).toBe(true);
  });
});
