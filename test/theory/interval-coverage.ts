import { randomExponential } from 'd3-random';
import { meanInterval } from '../../src/results/statistics/mean-interval.js';
import { mser5 } from '../../src/results/statistics/warm-up.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { waitMG1 } from '../../src/studies/queueing/formulas.js';

/** Runs of an M/M/1 queue with service rate 1 that starts empty; each interval is over so many replications. */
export interface CoverageCase {
  readonly load: number;
  readonly customers: number;
  /** Customers at the start that `afterWarmUp` leaves out. */
  readonly warmUp: number;
  readonly replications: number;
  readonly intervals: number;
}

/** Shares of the 95 % t-intervals of the mean wait that contain a true mean. */
export interface Coverage {
  /** The mean in the steady state, by Pollaczek and Khinchin. */
  readonly steadyState: number;
  /** The mean over this finite horizon from the empty queue, estimated from all replications. */
  readonly finiteHorizon: number;
  /** The steady state again, when each run leaves out the given warm-up. */
  readonly afterWarmUp: number;
  /** The steady state again, when each run leaves out its warm-up by MSER-5. */
  readonly afterMser5: number;
}

/** Time constant of the slowest exponential by which M/M/1 approaches its steady state: 1 / (1 - sqrt(load))^2 service times (Morse, 1955). */
export function relaxationTime(load: number): number {
  return 1 / (1 - Math.sqrt(load)) ** 2;
}

/** Customers that arrive within so many relaxation times. */
export function customersIn(relaxationTimes: number, load: number): number {
  return Math.round(relaxationTimes * relaxationTime(load) * load);
}

/** The waits of the first customers, by Lindley's recursion with the streams of the simulated queue. */
export function waitsByLindley(load: number, customers: number, seed: string): Float64Array {
  const streams = new RandomStreams(seed);
  const gap = randomExponential.source(streams.stream('arrivals'))(load);
  const service = randomExponential.source(streams.stream('service'))(1);
  gap();
  const waits = new Float64Array(customers);
  for (let customer = 1; customer < customers; customer++)
    waits[customer] = Math.max(0, waits[customer - 1] + service() - gap());
  return waits;
}

function meanFrom(waits: Float64Array, first: number): number {
  let sum = 0;
  for (let i = first; i < waits.length; i++) sum += waits[i];
  return sum / (waits.length - first);
}

/** The coverage of intervals, each over replications with other seeds. */
export function coverageOf({ load, customers, warmUp, replications, intervals }: CoverageCase): Coverage {
  const samples: number[][] = [];
  const warm: number[][] = [];
  const truncated: number[][] = [];
  for (let interval = 0; interval < intervals; interval++) {
    const runs = Array.from({ length: replications }, (_, i) =>
      waitsByLindley(load, customers, `coverage/${interval * replications + i}`),
    );
    samples.push(runs.map((waits) => meanFrom(waits, 0)));
    warm.push(runs.map((waits) => meanFrom(waits, warmUp)));
    // One truncation for all replications, from their mean course.
    const course = Array.from({ length: customers }, (_, i) =>
      runs.reduce((sum, waits) => sum + waits[i], 0),
    );
    const first = mser5(course) ?? 0;
    truncated.push(runs.map((waits) => meanFrom(waits, first)));
  }
  const covers = (truth: number, among: readonly (readonly number[])[]) =>
    among.filter((values) => {
      const { mean, halfWidth = 0 } = meanInterval(values);
      return Math.abs(mean - truth) <= halfWidth;
    }).length / intervals;
  const steady = waitMG1(load, 1);
  return {
    steadyState: covers(steady, samples),
    finiteHorizon: covers(meanInterval(samples.flat()).mean, samples),
    afterWarmUp: covers(steady, warm),
    afterMser5: covers(steady, truncated),
  };
}
