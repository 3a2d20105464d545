import { describe, expect, it } from 'vitest';
import type { RunSpec } from '../../src/lab/run/run-spec.js';
import { firstSeeds, untilPrecise } from '../../src/lab/run/until-precise.js';
import type { RunRecord } from '../../src/metrics/run-record.js';
import { compareRuns } from '../../src/results/comparison.js';
import { parsePrecision, precisionReport } from '../../src/results/precision.js';
import { smallSpec, summaryOf, waitingLike } from './small-runs.js';

const base = await summaryOf(smallSpec({ policy: 'drf' }));

const waiting = waitingLike(base);

const reportOf = (waits: readonly number[], text: string) =>
  precisionReport(
    compareRuns(waits.map((mean, i) => waiting('drf', String(i + 1), mean))),
    parsePrecision(text, '--precision'),
    '--precision',
  );

describe('a precision', () => {
  it.each([
    ['wait.mean 5 %', { kind: 'relative', amount: 0.05 }],
    ['wait.mean 5%', { kind: 'relative', amount: 0.05 }],
    ['wait.mean 2m', { kind: 'absolute', amount: 120 }],
    [' queue.mean  0.5 ', { kind: 'absolute', amount: 0.5 }],
  ])('is read from "%s"', (text, halfWidth) => {
    expect(parsePrecision(text, '--precision')).toMatchObject({ halfWidth });
  });

  it.each([
    ['wait.mean', /--precision: found "wait\.mean", expected a metric and a half-width/],
    ['wait.mean 0 %', /expected a metric and a half-width/],
    ['wait.mean 5 parsecs', /expected a metric and a half-width/],
    [
      'weit.mean 5 %',
      /found "weit", expected a metric of the summary, such as wait\.mean; did you mean wait\?/,
    ],
  ])('is not read from "%s"', (text, message) => {
    expect(() => parsePrecision(text, '--precision')).toThrow(message);
  });

  it('is reached when the half-width is within it, and otherwise tells how many seeds are needed', () => {
    expect(reportOf([10, 10.1, 9.9, 10, 10.05], 'wait.mean 5 %')).toMatchObject({
      isReached: true,
      seedsNeeded: 5,
    });
    const { isReached, seedsNeeded, sentences } = reportOf([8, 12, 10, 9, 11], 'wait.mean 5 %');
    expect([isReached, seedsNeeded]).toEqual([false, 41]);
    expect(sentences).toEqual([
      'drf: wait.mean is 10.0 ± 2.0 s after 5 seeds; ± 500 ms needs about 36 more.',
    ]);
  });

  it('is reached by runs that do not depend on the seed, and never known with one seed', () => {
    expect(reportOf([10, 10, 10], 'wait.mean 1 %').isReached).toBe(true);
    expect(reportOf([10], 'wait.mean 1 %')).toMatchObject({ isReached: false, seedsNeeded: undefined });
    expect(() => reportOf([10, 11], 'wait.meen 1 %')).toThrow(/found "wait\.meen".*did you mean wait\.mean/);
  });
});

describe('runs until a precision is reached', () => {
  const specs = ['drf', 'fcfs'].map((policy): RunSpec => smallSpec({ policy, seed: '3' }));
  const rounds: number[] = [];
  /** The wait depends on the seed alone, with mean 10 and deviation about 2. */
  const run = async (these: readonly RunSpec[]) => {
    rounds.push(these.length);
    return these.map(({ policy, seed }) => {
      const summary = waiting(policy, seed, 10 + ((Number(seed) * 7) % 5) - 2);
      return { summary } as RunRecord;
    });
  };
  const goal = (text: string, mostSeeds: number) => ({
    precision: parsePrecision(text, '--until-precision'),
    mostSeeds,
  });

  it('begin with five seeds, and add seeds for every policy, at most as many as there are', async () => {
    rounds.length = 0;
    const first = firstSeeds(specs);
    expect(first.map(({ policy, seed }) => `${policy} ${seed}`).sort()).toEqual(
      ['drf', 'fcfs'].flatMap((policy) => ['3', '4', '5', '6', '7'].map((seed) => `${policy} ${seed}`)),
    );
    const { records, report } = await untilPrecise(first, goal('wait.mean 5 %', 100), run);
    expect(report.isReached).toBe(true);
    expect(rounds.slice(0, 3)).toEqual([10, 10, 20]);
    const seeds = records
      .filter(({ summary }) => summary.run.policy.name === 'fcfs')
      .map(({ summary }) => summary.run.seed);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.length).toBeLessThan(60);
  });

  it('end at the limit of seeds', async () => {
    const { records, report } = await untilPrecise(firstSeeds(specs), goal('wait.mean 0.1 %', 12), run);
    expect([records.length, report.isReached]).toEqual([24, false]);
  });
});
