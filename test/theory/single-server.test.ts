import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { stayQuantileMM1, waitMG1 } from '../../src/studies/queueing/formulas.js';
import {
  DETERMINISTIC,
  ERLANG_2,
  EXPONENTIAL,
  hyperexponential,
  meanStay,
  meanWait,
  type QueueSpec,
  replications,
  type ServiceLaw,
  shareAbove,
} from '../../src/studies/queueing/queue-run.js';
import { expectTheory } from './expect-theory.js';

/** One server, first come first served; so many customers after the warm-up. */
function oneServer(load: number, service: ServiceLaw, customers: number): QueueSpec {
  return { servers: 1, load, service, customers: customers + 1000, warmUp: 1000 };
}

const REPLICATIONS = 10;

describe('M/M/1', () => {
  test.each([
    [0.5, 15_000, 0.1],
    [0.8, 30_000, 0.15],
    [0.9, 50_000, 0.25],
  ])('at load %d has the mean wait of theory', async (load, customers, within) => {
    const runs = await replications(oneServer(load, EXPONENTIAL, customers), REPLICATIONS);
    expectTheory(runs.map(meanWait), waitMG1(load, 1), within);
  });

  test('at load 0.7 has the time in system of theory, whose tail is exponential', async () => {
    const load = 0.7;
    const runs = await replications(oneServer(load, EXPONENTIAL, 30_000), REPLICATIONS);
    expectTheory(runs.map(meanStay), 1 / (1 - load), 0.1);
    for (const [quantile, within] of [
      [0.5, 0.06],
      [0.9, 0.2],
      [0.99, 0.6],
    ]) {
      const limit = stayQuantileMM1(load, quantile);
      expectTheory(
        runs.map((run) => shareAbove(run.stays, limit)),
        1 - quantile,
        within,
      );
    }
  });

  test('lets a customer wait with the probability that the server is busy', async () => {
    const runs = await replications(oneServer(0.5, EXPONENTIAL, 15_000), REPLICATIONS);
    expectTheory(
      runs.map((run) => shareAbove(run.waits, 0)),
      0.5,
      0.05,
    );
  });
});

describe('M/D/1', () => {
  test.each([
    [0.5, 15_000, 0.06],
    [0.8, 30_000, 0.12],
  ])('at load %d has the mean wait of theory, half of that of M/M/1', async (load, customers, within) => {
    const runs = await replications(oneServer(load, DETERMINISTIC, customers), REPLICATIONS);
    expectTheory(runs.map(meanWait), waitMG1(load, 0), within);
  });
});

describe('M/G/1', () => {
  test.each([
    [ERLANG_2, 30_000, 0.15],
    [hyperexponential(4), 60_000, 0.3],
  ] as const)(
    'at load 0.8 has the wait of Pollaczek and Khinchine: $name',
    async (law, customers, within) => {
      const runs = await replications(oneServer(0.8, law, customers), REPLICATIONS);
      expectTheory(runs.map(meanWait), waitMG1(0.8, law.squaredCv), within);
    },
  );

  test('draws its service times with mean 1 and the variation that each law promises', () => {
    for (const law of [EXPONENTIAL, DETERMINISTIC, ERLANG_2, hyperexponential(4)]) {
      let state = 1;
      const draw = law.draw(() => {
        state = (state * 16807) % 2147483647;
        return state / 2147483647;
      });
      const values = Array.from({ length: 200_000 }, draw);
      const average = meanInterval(values).mean;
      expect(average, law.name).toBeCloseTo(1, 1);
      const variance = meanInterval(values.map((value) => (value - average) ** 2)).mean;
      expect(variance / average ** 2, law.name).toBeCloseTo(law.squaredCv, 0);
    }
  });
});
