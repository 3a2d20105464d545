import { beforeAll, describe, expect, it } from 'vitest';
import { type FormulaObjective, formulaObjective } from '../../src/formulas/objective.js';
import { compactAll } from '../../src/lab/compaction/compact.js';
import { meets, readObjective } from '../../src/lab/compaction/objective.js';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { fromSeconds } from '../../src/model/index.js';
import { metricPathExists } from '../../src/results/metric.js';
import { numberPaths, pathKind } from '../../src/results/metric-paths.js';
import { smallSpec, summaryOf } from '../lab/small-runs.js';

describe('a formula over the metrics of a summary', () => {
  let summary: Summary;

  beforeAll(async () => {
    const made = await summaryOf(smallSpec());
    const taskWait = { ...made.taskWait, count: 4, mean: 30, p95: 100, p99: 130, max: 140 };
    const byFramework = { 'spark-1': { ...Object.values(made.byFramework)[0], wait: taskWait } };
    summary = { ...made, taskWait, byFramework, queue: { mean: 3, peak: 12 } };
  });

  it.each([
    ['taskWait.p95 <= 2 min', true],
    ['taskWait.p95 <= 90 s', false],
    ['p95(taskWait) <= 2 min and p99(taskWait) <= 2 min', false],
    ['p95(taskWait) <= 2 min or p99(taskWait) <= 2 min', true],
    ['not (max(taskWait) > 3 min)', true],
    ['max(p95(taskWait), p99(taskWait)) <= 130 s', true],
    ['peak(queue) / mean(queue) == 4', true],
    ['queue.peak < 10', false],
    ['byFramework.spark-1.wait.p95 <= 1.5 min + 10 s', true],
    ['byFramework.spark-1.wait.p95 - taskWait.mean <= 70 s', true],
    ['utilization.cpus.allocated.mean > 0%', true],
    ['1 min < taskWait.p95 <= 100 s', true],
    ['taskWait.mean / taskWait.p95 <= 30%', true],
    ['tasks.finished >= 0 ? queue.peak > 1 : queue.peak < 1', true],
  ])('%s is %s', (text, expected) => {
    expect(formulaObjective(text).isMet(summary)).toBe(expected);
  });

  it('is met where a statistic has no values, but its other conditions count', () => {
    const without = { ...summary, taskWait: { ...summary.taskWait, p95: null } };
    expect(formulaObjective('taskWait.p95 <= 1 s').isMet(without)).toBe(true);
    expect(formulaObjective('taskWait.p95 > 1 h').isMet(without)).toBe(true);
    expect(formulaObjective('taskWait.p95 <= 1 s and queue.peak < 10').isMet(without)).toBe(false);
  });

  it('names its metrics, and an unknown framework is found in the summary', () => {
    const objective = formulaObjective('p95(taskWait) <= 1 h and byFramework.nope.wait.p95 < 1 h');
    expect(objective.metrics).toEqual(['taskWait.p95', 'byFramework.nope.wait.p95']);
    expect(() => meets(summary, [objective])).toThrow(
      '--objective: found "byFramework.nope.wait.p95", expected a path of summary.json',
    );
  });
});

describe('a mistake in an objective', () => {
  it.each([
    [
      'taskWait.p96 <= 2 min',
      1,
      'found "taskWait.p96", expected a path of summary.json, did you mean "taskWait.p90"?',
    ],
    ['queue.peak < 5 and taskWait.p95 <= 60', 36, 'found a plain number, expected a time such as 2 min'],
    [
      'utilization.cpus > 0.6',
      1,
      /^"utilization.cpus" is not a number, expected one of utilization.cpus.allocated.mean, /,
    ],
    ['taskWait > 1 min', 1, /^"taskWait" is not a number, expected one of taskWait.count, taskWait.mean/],
    [
      'p95(utilization.cpus) > 0.6',
      5,
      /^found "utilization.cpus", expected one of wait, taskWait, requeueWait, response/,
    ],
    ['taskWait.p95', 1, /^found a time, expected a condition such as p95\(taskWait\) <= 2 min/],
    ['p95 < 2 min', 1, 'p95 needs the path of a metric, such as (wait)'],
    ['p42(wait) < 2 min', 1, /^unknown function "p42", expected one of abs/],
    ['constructor < 2', 1, /^found "constructor", expected a path of summary.json/],
    ['__proto__.constructor < 2', 1, /^found "__proto__.constructor", expected a path/],
    ['taskWait.constructor < 2', 1, /^found "taskWait.constructor", expected a path/],
  ])('%s is at character %i', async (text, column, problem) => {
    const error = await readObjective(text).then(
      () => undefined,
      (mistake) => mistake,
    );
    expect(error?.place).toEqual({ field: '--objective', column });
    if (typeof problem === 'string') expect(error.problem).toBe(problem);
    else expect(error.problem).toMatch(problem);
  });
});

describe('an objective of the command line', () => {
  it('is still a bound where it has that form', async () => {
    expect(await readObjective('wait.p95<=60')).toEqual({ metric: 'wait.p95', relation: '<=', bound: 60 });
    expect(await readObjective('wait.p95 <= 1h30m')).toEqual({
      metric: 'wait.p95',
      relation: '<=',
      bound: 5400,
    });
    expect(((await readObjective('wait.p95 <= 2 min')) as FormulaObjective).metrics).toEqual(['wait.p95']);
  });

  it('as a formula finds the same number of machines as bounds', async () => {
    const spec = {
      policy: 'bin-packing',
      workload: { kind: 'generated', name: 'services', services: ['akka'] },
      set: { 'akka.instances': '8', 'akka.cpus': '4' },
      machines: '20x16cpu/64GiB',
      seed: '1',
      until: fromSeconds(600),
    } as const;
    const needed = async (...texts: string[]) =>
      (await compactAll(spec, await Promise.all(texts.map(readObjective)), summaryOf)).compaction?.machines;
    expect(await needed('p99(taskWait) <= 1 s and utilization.cpus.allocated.mean <= 100%')).toBe(2);
    expect(await needed('taskWait.p99<=1s')).toBe(2);
    expect(await needed('p99(taskWait) <= 1 s and utilization.cpus.allocated.mean <= 50%')).toBe(4);
  });
});

describe('the paths of summary.json', () => {
  it('that name no framework or resource are those of a summary', async () => {
    const summary = await summaryOf(smallSpec());
    const fixed = ['makespan', 'taskWait.p95', 'queue.peak', 'tasks.finished', 'fairness.jain'];
    expect(numberPaths()).toEqual(expect.arrayContaining(fixed));
    for (const path of fixed) expect(metricPathExists(summary, path)).toBe(true);
  });

  it.each([
    ['makespan', 's'],
    ['taskWait.p95', 's'],
    ['taskWait.count', 'count'],
    ['byFramework.a.b.wait.p99', 's'],
    ['utilization.cpus.allocated.mean', 'share'],
    ['boundedSlowdown.p95', 'ratio'],
  ])('%s is in %s', (path, unit) => {
    expect(pathKind(path)).toEqual({ kind: 'number', unit });
  });
});
