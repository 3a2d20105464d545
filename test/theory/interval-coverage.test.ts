import { describe, expect, test } from 'vitest';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { EXPONENTIAL, meanWait, queueRun } from '../../src/studies/queueing/queue-run.js';
import { coverageOf, customersIn, waitsByLindley } from './interval-coverage.js';

const INTERVALS = 300;
/** Three standard errors of a share of 0.95. */
const ERROR = 3 * Math.sqrt((0.95 * 0.05) / INTERVALS);

describe('intervals over seeds of M/M/1', () => {
  test('are computed for the waits of the simulator: Lindley recursion gives the same mean wait', async () => {
    const [load, customers] = [0.8, 2000];
    const spec = { servers: 1, load, service: EXPONENTIAL, customers, warmUp: 0 };
    for (const seed of ['1', '2'])
      expect(meanInterval([...waitsByLindley(load, customers, seed)]).mean).toBeCloseTo(
        meanWait(await queueRun(spec, seed)),
        4,
      );
  });

  test.each([0.5, 0.8])(
    'at load %d cover the steady state in runs of 50 relaxation times, of which 5 are warm-up',
    (load) => {
      const customers = customersIn(50, load);
      const warmUp = customersIn(5, load);
      const { afterWarmUp } = coverageOf({ load, customers, warmUp, replications: 20, intervals: INTERVALS });
      expect(afterWarmUp).toBeGreaterThan(0.93 - ERROR);
      expect(afterWarmUp).toBeLessThan(0.97 + ERROR);
    },
  );

  test('in a shorter run miss the steady state, and cover the mean over that horizon', () => {
    const short = { load: 0.8, customers: 500, warmUp: 0, replications: 10, intervals: INTERVALS };
    const { steadyState, finiteHorizon } = coverageOf(short);
    expect(steadyState).toBeLessThan(0.9);
    expect(finiteHorizon).toBeGreaterThan(0.93 - ERROR);
  });
});
