import { PENDING, RUNNING } from '../src/metrics/collectors/queue-metrics.js';
import type { BinnedAmounts } from '../src/metrics/kernels/time-bins.js';
import type { Recorder } from '../src/metrics/recorder.js';

/** Sums that settle in another order agree within this share. */
const RELATIVE = 1e-9;

/**
 * Checks of every run: metrics that are computed on different ways agree.
 * - conservation: each submitted task is in one place; so is each job
 * - Little's law: the mean number of pending (running) tasks x the length of the run = the sum of the waits (runs)
 * - utilization: what machines gave = what frameworks got = the series over time, and never more than existed
 */
export function checkSums(recorder: Recorder): void {
  const { tasks, jobs, queue, machines, frameworks, allocation, capacity, cluster } = recorder;
  must(tasks.pending >= 0, 'pending tasks');
  must(sum(frameworks.map((one) => one.tasks.submitted)) === tasks.submitted, 'submitted tasks');
  must(sum(frameworks.map((one) => one.tasks.pending)) === tasks.pending, 'pending tasks of frameworks');
  must(jobs.unfinished >= 0, 'unfinished jobs');
  must(recorder.taskWait.count === tasks.started, 'first waits');

  agree(integral(recorder, queue.series, PENDING), queue.pendingTime, 'pending time');
  // Waits of tasks that left before their first start, or still wait, are no values of the distributions.
  const waited = recorder.taskWait.sum + queue.requeueWait.sum;
  must(waited <= queue.pendingTime * (1 + RELATIVE) + 1, 'waits');
  for (let d = 0; d < cluster.space.size; d++) {
    const name = cluster.space.names[d];
    const got = sum(frameworks.map(({ allocatedTime }) => allocatedTime[d]));
    const gave = sum(
      Array.from({ length: cluster.machines.count }, (_, m) => machines.integral[m * cluster.space.size + d]),
    );
    agree(gave, got, `${name} of machines and frameworks`);
    agree(sum(frameworks.map(({ allocated }) => integral(recorder, allocated, d))), got, `${name} over time`);
    if (capacity.total(d) > 0)
      agree(allocation.of(d).mean * capacity.total(d), got, `${name} allocated, of the capacity`);
    const used = sum(frameworks.map(({ usedTime }) => usedTime[d]));
    agree(sum(frameworks.map((one) => integral(recorder, one.used, d))), used, `${name} used over time`);
  }
  must(integral(recorder, queue.series, RUNNING) >= 0, 'running time');
}

function integral({ bins, end }: Recorder, amounts: BinnedAmounts | undefined, column: number): number {
  if (amounts === undefined) return 0;
  return amounts.means(column, end).reduce((all, mean, bin) => all + mean * bins.lengthOf(bin, end), 0);
}

/** Not an assertion of the test runner, because tests count theirs. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the sums of the run do not agree: ${what}`);
}

function agree(a: number, b: number, what: string): void {
  must(Math.abs(a - b) <= RELATIVE * Math.max(Math.abs(a), Math.abs(b)) + 1, `${what}: ${a} and ${b}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
