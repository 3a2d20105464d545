import { toSeconds } from '../../model/index.js';
import type { LogHistogram } from '../kernels/log-histogram.js';
import { hillTailIndex } from '../kernels/tail-index.js';
import { type EndedRun, length, ofRun, shareOfRun, steady } from './ended-run.js';

const STATISTICS = ['mean', 'p50', 'p95', 'p99'] as const;

/** How long jobs and tasks waited, and how long the run took. */
export const waits = {
  wait: steady(
    ofRun.distribution(({ recorder }) => recorder.jobWait, {
      unit: 's',
      about: 'seconds from the submission of a job to its first start; only jobs that started',
      short: ['mean', 'p95', 'p99'],
      long: STATISTICS,
    }),
  ),
  taskWait: steady(
    ofRun.distribution(({ recorder }) => recorder.taskWait, {
      unit: 's',
      about: 'seconds from the submission of a task to its first start; only tasks that started',
      short: ['mean', 'p95', 'p99'],
      long: STATISTICS,
    }),
  ),
  requeueWait: steady(
    ofRun.sinceVersion2(
      ofRun.distribution(({ recorder }) => recorder.queue.requeueWait, {
        unit: 's',
        about:
          'seconds from a stop of a task to its next start, for each start after the first: of preempted, failed, lost and restarted tasks',
        short: ['mean', 'p95'],
        ifAny: true,
      }),
    ),
  ),
  response: steady(
    ofRun.distribution(({ recorder }) => recorder.jobResponse, {
      unit: 's',
      about:
        'seconds from the submission of a job to its end; only jobs that ended, without instances of services',
      short: ['mean', 'p95'],
      long: STATISTICS,
    }),
  ),
  boundedSlowdown: steady(
    ofRun.distribution(({ recorder }) => recorder.boundedSlowdown, {
      unit: 'ratio',
      about:
        'max(1, response / max(run time, 10 s)), so tau is 10 s; only jobs that ended, without instances of services. The run time counts from the first start of an attempt that was not repeated: of a job with one task, it is the last attempt',
      short: ['mean', 'p95'],
      long: STATISTICS,
    }),
  ),
  tailIndex: steady(
    ofRun.sinceVersion2(
      ofRun.group(
        {
          wait: tailIndex(({ recorder }) => recorder.jobWait),
          taskWait: tailIndex(({ recorder }) => recorder.taskWait),
          response: tailIndex(({ recorder }) => recorder.jobResponse),
        },
        "Hill's estimate of the tail index from the largest 5 % of the values; at 2 or below the variance is infinite. null with fewer than 50 such values",
      ),
    ),
  ),
  makespan: ofRun.maybe(
    ({ recorder: { lastEnd, firstSubmission } }) =>
      Number.isNaN(lastEnd) ? null : toSeconds(lastEnd - firstSubmission),
    {
      unit: 's',
      about: 'seconds from the first submission to the last end of a task; null when none ended',
      better: 'lower',
      table: 'short',
    },
  ),
  throughput: steady(
    ofRun.group(
      {
        jobsPerHour: ofRun.number((run) => perHour(run.recorder.jobs.finished, length(run)), {
          unit: 'jobs/h',
          better: 'higher',
          table: 'long',
        }),
        tasksPerHour: ofRun.number((run) => perHour(run.recorder.tasks.finished, length(run)), {
          unit: 'tasks/h',
        }),
      },
      'finished, per hour of the run',
    ),
  ),
  queue: steady(
    ofRun.group(
      {
        mean: ofRun.number((run) => shareOfRun(run, run.recorder.queue.pendingTime), {
          unit: 'tasks',
          better: 'lower',
          table: 'short',
        }),
        peak: ofRun.number(({ recorder }) => recorder.queue.peak, {
          unit: 'tasks',
          better: 'lower',
          table: 'long',
        }),
      },
      'pending tasks',
    ),
  ),
};

function tailIndex(histogram: (run: EndedRun) => LogHistogram) {
  return ofRun.maybe((run) => hillTailIndex(histogram(run).histogram()) ?? null, { unit: 'ratio' });
}

function perHour(count: number, length: number): number {
  return length > 0 ? count / (toSeconds(length) / 3600) : 0;
}
