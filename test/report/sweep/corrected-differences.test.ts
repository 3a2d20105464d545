import alea from 'seedrandom/lib/alea.js';
import { describe, expect, it } from 'vitest';
import {
  type ComparedPoints,
  correctedDifferences,
} from '../../../src/report/client/sweep/corrected-differences.js';
import { LoadedSweep } from '../../../src/report/client/sweep/loaded-sweep.js';
import { sweepData } from '../../../src/report/sweep/make-sweep-data.js';
import { meanInterval } from '../../../src/results/statistics/mean-interval.js';
import { correctForNumber } from '../../../src/results/statistics/simultaneous.js';
import { storedSweep } from './stored-sweeps.js';

const loaded = (options: Parameters<typeof storedSweep>[0]) =>
  new LoadedSweep(sweepData(storedSweep(options), { numbers: 3 }));

/** The wait of drf falls with machines and rises with its interval; silos has no interval. Seeds shift both alike. */
const SAME_IN_EVERY_SEED = loaded({
  policies: ['drf', 'silos'],
  axes: { machines: ['20x4cpu', '10x4cpu'], 'drf.interval': ['1s', '10s'] },
  seeds: 3,
  metrics: {
    'wait.p95': (policy, [machines, interval], seed) =>
      (policy === 'silos' ? 100 : 60 + Number.parseInt(interval, 10)) -
      Number.parseInt(machines, 10) +
      10 * seed ** 2,
  },
  without: { silos: 'drf.interval' },
});

function one(sweep: LoadedSweep, points: readonly number[], reference: readonly number[]) {
  return correctedDifferences(sweep, sweep.data.metrics[0], [{ points, reference }]).differences[0]
    ?.difference;
}

describe('paired differences of a sweep', () => {
  it('pair policies with the same seed and the same values of the axes that both have', () => {
    const sweep = SAME_IN_EVERY_SEED;
    const [drf, silos] = [sweep.ofPolicy(0), sweep.ofPolicy(1)];
    expect(one(sweep, drf, silos)).toMatchObject({ count: 3, mean: -34.5, halfWidth: 0 });
    expect(one(sweep, sweep.inClass(drf, 2, 1), silos)).toMatchObject({ mean: -30, halfWidth: 0 });
    expect(one(sweep, sweep.inClass(drf, 1, 0), sweep.inClass(silos, 1, 1))).toBeUndefined();
  });

  it('have the simultaneous interval of as many comparisons as are shown, as by hand', () => {
    // Under the seeds 1 to 3, b differs from a by 1, 2 and 3 on the first machine, by -10, 0 and 40 on the second.
    const differences: Readonly<Record<string, readonly number[]>> = { '1': [1, 2, 3], '2': [-10, 0, 40] };
    const sweep = loaded({
      policies: ['a', 'b'],
      axes: { machines: ['1', '2'] },
      seeds: 3,
      metrics: {
        'wait.p95': (policy, [machines], seed) =>
          50 * seed + (policy === 'b' ? differences[machines][seed - 1] : 0),
      },
    });
    const [a, b] = [sweep.ofPolicy(0), sweep.ofPolicy(1)];
    const compared = [0, 1].map((level) => ({ points: sweep.inClass(b, 1, level), reference: a }));
    const { differences: shown, comparisons } = correctedDifferences(sweep, sweep.data.metrics[0], compared);
    expect(comparisons).toBe(2);
    // Student's t for 2 degrees of freedom is 4.302653 at 97.5 % and 6.205347 at 98.75 %. The first standard error is 1 / sqrt(3).
    const [first, second] = shown.map(({ difference }) => difference);
    expect(first).toMatchObject({ mean: 2, isSupported: false });
    expect(first.halfWidth).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(first.corrected?.halfWidth).toBeCloseTo(6.205347 / Math.sqrt(3), 5);
    // The variance of -10, 0 and 40 is 700.
    expect(second.mean).toBe(10);
    expect(second.corrected?.halfWidth).toBeCloseTo(6.205347 * Math.sqrt(700 / 3), 4);
    // Of one comparison alone, the interval is the single one.
    expect(one(sweep, compared[0].points, a)?.corrected?.halfWidth).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
  });

  it('count a policy that does not depend on the axis once', () => {
    const draw = alea('once');
    const sweep = loaded({
      policies: ['drf', 'silos', 'bin-packing'],
      axes: { 'drf.interval': ['1s', '10s', '60s'] },
      seeds: 4,
      metrics: { 'wait.p95': () => draw() },
      without: { silos: 'drf.interval', 'bin-packing': 'drf.interval' },
    });
    const compared = [0, 2].flatMap((policy) =>
      [0, 1, 2].map((level) => ({
        points: sweep.inClass(sweep.ofPolicy(policy), 1, level),
        reference: sweep.inClass(sweep.ofPolicy(1), 1, level),
      })),
    );
    const { differences, comparisons } = correctedDifferences(sweep, sweep.data.metrics[0], compared);
    expect(differences).toHaveLength(6);
    expect(comparisons).toBe(4);
    expect(differences[3].difference).toEqual(differences[5].difference);
  });

  it('are those of a twin that reads the table run by run, also with seeds that have no value', () => {
    const draw = alea('twin');
    const machines = ['1', '2', '3'];
    const table = new Map<string, number | null>();
    const at = (policy: string, count: string, delay: string, seed: number) => {
      const key = [policy, count, delay, seed].join();
      if (!table.has(key)) table.set(key, draw() < 0.03 ? null : 100 * draw() + (policy === 'c' ? 60 : 0));
      return table.get(key) as number | null;
    };
    const sweep = loaded({
      policies: ['a', 'b', 'c'],
      axes: { machines, delay: ['0', '5'] },
      seeds: 12,
      metrics: { 'wait.p95': (policy, [count, delay], seed) => at(policy, count, delay, seed) },
    });
    const compared = [1, 2].flatMap((policy) =>
      machines.map((_, level): ComparedPoints => {
        const inClass = (of: number) => sweep.inClass(sweep.ofPolicy(of), 1, level);
        return { points: inClass(policy), reference: inClass(0) };
      }),
    );
    const twin = ['b', 'c'].flatMap((policy) =>
      machines.map((count) =>
        Array.from({ length: 12 }, (_, i) => {
          let sum = 0;
          for (const delay of ['0', '5']) {
            const [value, reference] = [at(policy, count, delay, i + 1), at('a', count, delay, i + 1)];
            if (value === null || reference === null) return undefined;
            sum += value - reference;
          }
          return sum / 2;
        }),
      ),
    );
    expect(twin.flat()).toContain(undefined);
    const { corrected } = correctForNumber(twin, { confidence: 0.95, seed: 'sweep' });
    const { differences } = correctedDifferences(sweep, sweep.data.metrics[0], compared);
    for (const [i, { difference }] of differences.entries()) {
      const single = meanInterval(twin[i].filter((value) => value !== undefined));
      expect(difference.mean).toBeCloseTo(single.mean, 9);
      expect(difference.halfWidth).toBeCloseTo(single.halfWidth as number, 9);
      expect(difference.corrected?.halfWidth).toBeCloseTo(corrected[i]?.halfWidth as number, 9);
      expect(difference.corrected?.halfWidth).toBeGreaterThan(single.halfWidth as number);
      expect(difference.isSupported).toBe((corrected[i]?.p as number) <= 0.05);
    }
    expect(differences.some(({ difference }) => difference.isSupported)).toBe(true);
  });
});
