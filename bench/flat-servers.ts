import { boundedSlowdown } from '../src/metrics/kernels/bounded-slowdown.js';
import { LogHistogram } from '../src/metrics/kernels/log-histogram.js';
import { SharesOverTime } from '../src/metrics/kernels/shares-over-time.js';
import { FIRST_BIN_WIDTH, TimeBins } from '../src/metrics/kernels/time-bins.js';
import { TimeWeightedMean } from '../src/metrics/kernels/time-weighted-mean.js';
import { BareHeap } from './bare-heap.js';
import type { Tasks } from './engine-run.js';
import { SERVER_POOL } from './many-servers.js';

const PENDING = 0;
const RUNNING = 1;

/**
 * M/M/10 in one function with the histograms, series and sums of all default metrics, and without engine, policies and checks. It
 * shows how near to the bare loop a simulator with these metrics can come.
 *
 * @returns the mean wait in seconds
 */
export function flatServers({ arrival, duration, cpus, mem }: Tasks): number {
  const capacity = Float64Array.of(SERVER_POOL.cpus * 1000, SERVER_POOL.mem);
  const bins = new TimeBins(0, FIRST_BIN_WIDTH);
  const series = bins.amounts(2);
  const heat = bins.amounts(2);
  const allocated = bins.amounts(2);
  const shares = new SharesOverTime(capacity, 0);
  const dominantShare = new TimeWeightedMean(0);
  const [jobWait, taskWait, response, slowdown] = Array.from({ length: 4 }, () => new LogHistogram());
  const machineIntegral = new Float64Array(2);
  const allocatedTime = new Float64Array(2);
  const demand = new Float64Array(2);
  const sums = { pending: 0, peak: 0, pendingTime: 0, runTime: 0, starts: 0, finished: 0, lastEnd: 0 };
  const startedAt = new Float64Array(arrival.length);
  const heap = new BareHeap(SERVER_POOL.cpus + 1);
  let idle = SERVER_POOL.cpus;
  let head = 0;
  let tail = 0;

  const change = (customer: number, sign: number, now: number) => {
    demand[0] = cpus[customer] * 1000;
    demand[1] = mem[customer];
    shares.advance(now);
    let share = 0;
    for (let d = 0; d < 2; d++) {
      shares.amounts[d] += sign * demand[d];
      if (shares.amounts[d] > share * capacity[d]) share = shares.amounts[d] / capacity[d];
    }
    dominantShare.set(share, now);
  };
  const serve = (customer: number, now: number) => {
    const wait = now - arrival[customer];
    sums.pending--;
    sums.starts++;
    jobWait.record(wait);
    taskWait.record(wait);
    if (wait > 0) {
      sums.pendingTime += wait;
      bins.locate(arrival[customer], now);
      series.add(PENDING, 1);
    }
    change(customer, 1, now);
    startedAt[customer] = now;
    idle--;
    heap.push(now + duration[customer], customer);
  };
  const endOne = () => {
    const now = heap.top;
    const customer = heap.pop();
    const ran = now - startedAt[customer];
    idle++;
    sums.finished++;
    sums.runTime += ran;
    sums.lastEnd = now;
    change(customer, -1, now);
    bins.locate(startedAt[customer], now);
    series.add(RUNNING, 1);
    heat.addRow(0, demand, 0, 2);
    allocated.addRow(0, demand, 0, 2);
    for (let d = 0; d < 2; d++) {
      machineIntegral[d] += demand[d] * ran;
      allocatedTime[d] += demand[d] * ran;
    }
    response.record(now - arrival[customer]);
    slowdown.record(boundedSlowdown(now - arrival[customer], ran));
    if (head < tail) serve(head++, now);
  };
  for (; tail < arrival.length; tail++) {
    while (heap.size > 0 && heap.top <= arrival[tail]) endOne();
    sums.pending++;
    if (sums.pending > sums.peak) sums.peak = sums.pending;
    if (head === tail && idle > 0) serve(head++, arrival[tail]);
  }
  while (heap.size > 0) endOne();
  return jobWait.mean / 1e6;
}
