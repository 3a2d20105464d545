import { describe, expect, it } from 'vitest';
import { LoadedSweep } from '../../../src/report/client/sweep/loaded-sweep.js';
import { placedAxis } from '../../../src/report/sweep/axes.js';
import { metricsOfPage, sweepData } from '../../../src/report/sweep/make-sweep-data.js';
import { meanInterval } from '../../../src/results/statistics/mean-interval.js';
import { storedSweep } from './stored-sweeps.js';

/** The wait of drf falls with machines and rises with its interval; silos has no interval. Seeds shift both alike. */
const wait = (policy: string, [machines, interval]: readonly string[], seed: number) =>
  (policy === 'silos' ? 100 : 60 + Number.parseInt(interval, 10)) -
  Number.parseInt(machines, 10) +
  10 * seed ** 2;

const SMALL = storedSweep({
  policies: ['drf', 'silos'],
  axes: { machines: ['20x4cpu', '10x4cpu'], 'drf.interval': ['1s', '10s'] },
  seeds: 3,
  metrics: {
    'wait.p95': wait,
    makespan: () => 7,
    'queue.mean': (_policy, _axes, seed) => (seed > 1 ? seed : null),
  },
  without: { silos: 'drf.interval' },
});

describe('an axis', () => {
  it.each([
    [['10x4cpu', '9x4cpu'], ['9x4cpu', '10x4cpu'], [9, 10], 'x4cpu'],
    [['10s', '1s', ''], ['1s', '10s'], [1, 10], 's'],
    [['2m', '30s'], ['30s', '2m'], [30, 120], 's'],
    [['0.5', '-1'], ['-1', '0.5'], [-1, 0.5], ''],
    [['b', 'a'], ['b', 'a'], null, ''],
    [['10x4cpu', '5x8cpu'], ['10x4cpu', '5x8cpu'], null, ''],
  ])('of %s is sorted if its values are numbers', (texts, levels, numbers, unit) => {
    expect(placedAxis('a', texts).axis).toMatchObject({ levels, numbers, unit });
  });

  it('takes many values together in classes with as many points each', () => {
    const texts = Array.from({ length: 60 }, (_, i) => `${i + 1}`);
    const { axis, levelOf } = placedAxis('a', texts);
    expect(axis.classes).toHaveLength(12);
    expect(axis.classes[0]).toBe('1 to 5');
    expect(axis.places?.[0]).toBe(3);
    expect(levelOf.filter((level) => axis.classOf[level] === 11)).toHaveLength(5);
  });
});

describe('the data of the page of a sweep', () => {
  const data = sweepData(SMALL, { numbers: 3 });

  it('has each combination once, and the axes that have several values', () => {
    expect(data.sentence).toBe('smack over policy, machines and drf.interval: 6 combinations, 18 runs');
    expect(data.axes.map(({ name }) => name)).toEqual(['policy', 'machines', 'drf.interval']);
    expect(data.metrics.map(({ key }) => key)).toEqual(['wait.p95', 'queue.mean']);
    expect(data.notes).toContain('The page leaves out 1 metric that has one value in all runs.');
  });

  it('has the share of each axis under a seed, as by hand', () => {
    // Of drf alone: 41, 50, 51, 60 around 50.5: squares 181; the interval has means 46 and 55: 81.
    const [policy, machines, interval] = data.metrics[0].shares;
    expect(interval?.mean).toBeCloseTo(81 / 181, 12);
    expect(interval?.halfWidth).toBeCloseTo(0, 12);
    expect(interval?.byChance).toBeCloseTo(1 / 3, 12);
    // With silos 80 and 90, all six around 62: squares 1818; machines have means 57 and 67, so 6 x 25 of them.
    expect(machines?.mean).toBeCloseTo(150 / 1818, 12);
    expect(policy?.mean).toBeCloseTo((4 * 11.5 ** 2 + 2 * 23 ** 2) / 1818, 12);
  });

  it('keeps as many metrics as fit: those of the short table first', () => {
    const names = ['nothing', 'wait.max', 'wait.p95'];
    expect(metricsOfPage(names, 100)[0]).toBe('wait.p95');
    expect(
      metricsOfPage(
        Array.from({ length: 400 }, (_, i) => `m${i}`),
        5000,
      ),
    ).toHaveLength(36);
    expect(
      metricsOfPage(
        Array.from({ length: 400 }, (_, i) => `m${i}`),
        50_000,
      ),
    ).toHaveLength(6);
  });

  it('gives means over combinations under each seed first, with the interval over the seeds', () => {
    const sweep = new LoadedSweep(data);
    const [metric, queue] = data.metrics;
    const drf = sweep.ofPolicy(0);
    const means = [1, 2, 3].map((seed) => 50.5 + 10 * seed ** 2);
    expect(sweep.mean(metric, drf)).toMatchObject(meanInterval(means));
    const [fewest] = [sweep.inClass(drf, 1, 0)];
    expect(sweep.mean(metric, fewest)).toMatchObject(meanInterval(means.map((mean) => mean + 5)));
    // Under the first seed, no combination has a queue.
    expect(sweep.mean(queue, drf)).toMatchObject(meanInterval([2, 3]));
  });
});
