// npm run coverage: the share of 95 % intervals that contain the true mean wait of M/M/1, for docs/statistics.md.
import { coverageOf, customersIn, relaxationTime } from './interval-coverage.js';
import { runCoverage } from './run-coverage.js';

const INTERVALS = Number(process.argv[2] ?? 1000);
/** Whole runs of the simulator take longer than the recursion for waits alone. */
const RUN_INTERVALS = Number(process.argv[3] ?? 200);
const REPLICATIONS = 20;
/** The warm-up that is left out, in relaxation times. */
const WARM_UP = 5;
const CASES = [0.5, 0.8, 0.9].flatMap((load) => [7, 20, 50].map((times) => ({ load, times })));

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

process.stdout.write(
  'load, relaxation times, customers: whole run, after warm-up, after MSER-5; finite horizon\n',
);
for (const { load, times } of INTERVALS > 0 ? CASES : []) {
  const customers = customersIn(times, load);
  const warmUp = customersIn(WARM_UP, load);
  const size = { load, customers, warmUp, replications: REPLICATIONS, intervals: INTERVALS };
  const { steadyState, afterWarmUp, afterMser5, finiteHorizon } = coverageOf(size);
  const [whole, warm, mser, finite] = [steadyState, afterWarmUp, afterMser5, finiteHorizon].map(percent);
  process.stdout.write(`${load}, ${times}, ${customers}: ${whole}, ${warm}, ${mser}; ${finite}\n`);
}

process.stdout.write(
  'load, relaxation times: --warm-up 0, of 5 relaxation times, mser-5; mean of mser-5 in relaxation times, not found\n',
);
for (const { load, times } of RUN_INTERVALS > 0 ? CASES : []) {
  const relaxation = relaxationTime(load);
  const size = { load, seconds: times * relaxation, replications: REPLICATIONS, intervals: RUN_INTERVALS };
  const none = await runCoverage({ ...size, warmUp: '0' });
  const given = await runCoverage({ ...size, warmUp: `${(WARM_UP * relaxation).toFixed(6)}s` });
  const found = await runCoverage({ ...size, warmUp: 'mser-5' });
  const [whole, warm, mser] = [none, given, found].map(({ covered }) => percent(covered));
  const lasts = (found.warmUpSeconds / relaxation).toFixed(1);
  process.stdout.write(
    `${load}, ${times}: ${whole}, ${warm}, ${mser}; ${lasts}, ${percent(found.notFound)}\n`,
  );
}
