// npm run coverage: the share of 95 % intervals that contain the true mean wait of M/M/1, for docs/statistics.md.
import { coverageOf, customersIn } from './interval-coverage.js';

const INTERVALS = Number(process.argv[2] ?? 1000);
const REPLICATIONS = 20;
/** The warm-up that is left out, in relaxation times. */
const WARM_UP = 5;

process.stdout.write(
  'load, relaxation times, customers: whole run, after warm-up, after MSER-5; finite horizon\n',
);
for (const load of [0.5, 0.8, 0.9]) {
  for (const times of [7, 20, 50]) {
    const customers = customersIn(times, load);
    const warmUp = customersIn(WARM_UP, load);
    const size = { load, customers, warmUp, replications: REPLICATIONS, intervals: INTERVALS };
    const { steadyState, afterWarmUp, afterMser5, finiteHorizon } = coverageOf(size);
    const [whole, warm, mser, finite] = [steadyState, afterWarmUp, afterMser5, finiteHorizon].map(
      (share) => `${(share * 100).toFixed(1)} %`,
    );
    process.stdout.write(`${load}, ${times}, ${customers}: ${whole}, ${warm}, ${mser}; ${finite}\n`);
  }
}
