import type { NamedJobs } from '../collectors/named-jobs.js';
import type { TaskCounter } from '../collectors/task-counter.js';
import { type EndedRun, ofRun, steady } from './ended-run.js';
import { entriesOf } from './entry.js';

const ANY_LOWER = { better: 'lower', table: 'short-if-any' } as const;

/** Numbers of tasks by outcome. `isCompared`: whether tables show the important ones. */
export function taskCounts<A extends readonly unknown[]>(
  counter: (...where: A) => TaskCounter,
  isCompared: boolean,
) {
  const entries = entriesOf<A>();
  const count = (value: (tasks: TaskCounter) => number, about?: string, compared = false) =>
    entries.number((...where: A) => value(counter(...where)), {
      unit: 'count',
      ...(about !== undefined && { about }),
      ...(compared && isCompared && ANY_LOWER),
    });
  const ifAny = (value: (tasks: TaskCounter) => number, about: string) =>
    entries.needing('any', (...where) => value(counter(...where)) > 0, count(value, about));
  return {
    submitted: count((tasks) => tasks.submitted),
    started: count((tasks) => tasks.started, 'tasks that started at least once'),
    finished: count((tasks) => tasks.finished, 'tasks that completed their work'),
    failed: count((tasks) => tasks.failed, 'stopped at their time limit'),
    abandoned: count(
      (tasks) => tasks.abandoned,
      'removed while pending: their patience ran out, their job had too many failed attempts, or an operator (resize, surge, drain) or a scaling controller removed them',
      true,
    ),
    rejected: count((tasks) => tasks.rejected, 'can never run, or were rejected by the policy', true),
    preempted: count(
      (tasks) => tasks.preempted,
      'times that a policy stopped a running task, which starts again from zero',
      true,
    ),
    retried: count(
      (tasks) => tasks.retried,
      'attempts repeated after a failure, a lost machine, a revocation, an interruption, or the stop of another member of their gang',
    ),
    killed: ifAny((tasks) => tasks.killed, 'stopped by the policy for good'),
    notRun: ifAny((tasks) => tasks.notRun, 'could not run, because what they depend on did not finish'),
    restarted: ifAny((tasks) => tasks.restarted, 'restarts by an operator'),
    running: count((tasks) => tasks.running, 'still running at the end'),
    pending: count((tasks) => tasks.pending, 'still waiting at the end', true),
  };
}

const jobs = ofRun.group({
  submitted: ofRun.number(({ recorder }) => recorder.jobs.submitted, { unit: 'count' }),
  started: ofRun.number(({ recorder }) => recorder.jobs.started, {
    unit: 'count',
    about: 'jobs with at least one started task',
  }),
  finished: ofRun.number(({ recorder }) => recorder.jobs.finished, {
    unit: 'count',
    about: 'jobs whose tasks all finished',
    better: 'higher',
    table: 'short',
  }),
  failed: ofRun.number(({ recorder }) => recorder.jobs.failed, {
    unit: 'count',
    about: 'jobs that ended with an unfinished task',
    ...ANY_LOWER,
  }),
  unfinished: ofRun.number(({ recorder }) => recorder.jobs.unfinished, {
    unit: 'count',
    about: 'jobs still pending or running at the end of the run',
    table: 'short-if-any',
  }),
});

const tasks = ofRun.group({
  ...taskCounts(({ recorder }: EndedRun) => recorder.tasks, true),
  withoutEstimate: ofRun.needing(
    'any',
    ({ recorder, run }) => recorder.withoutEstimate > 0 && plansWithEstimates(run),
    ofRun.number(({ recorder }) => recorder.withoutEstimate, {
      unit: 'count',
      about: 'submitted without an estimate of the run time, under a policy that plans with estimates',
    }),
  ),
});

/** Does the order of the queue, or what may pass its head, depend on users' estimates? */
function plansWithEstimates({ policy: { name, parameters } }: EndedRun['run']): boolean {
  const { order, backfill } = parameters;
  return name === 'conservative' || order === 'shortest' || backfill === 'easy';
}

/** Fields of jobs with one fate. */
function fateFields(jobsOf: (run: EndedRun) => NamedJobs) {
  return {
    jobs: ofRun.number((run) => jobsOf(run).jobs, { unit: 'count' }),
    tasks: ofRun.number((run) => jobsOf(run).tasks, { unit: 'count' }),
    named: ofRun.data('named-jobs', (run) => [...jobsOf(run).named], 'the first of them'),
  };
}

/** Jobs with one fate; the key is absent when there are none. */
function fate(jobsOf: (run: EndedRun) => NamedJobs, about: string) {
  return ofRun.needing('any', (run) => jobsOf(run).jobs > 0, ofRun.group(fateFields(jobsOf), about));
}

/** Jobs and tasks by outcome, and jobs that never ran. */
export const counts = {
  jobs,
  tasks,
  impossible: ofRun.needing(
    'any',
    ({ recorder }) => recorder.impossible.jobs > 0,
    ofRun.group(
      {
        ...fateFields(({ recorder }) => recorder.impossible),
        alone: ofRun.number(({ recorder }) => recorder.impossibleAlone, {
          unit: 'count',
          about: 'tasks among them that are no members of gangs',
        }),
      },
      'jobs that can never run, even on the empty cluster, or under limits that never change; they were rejected',
    ),
  ),
  rejections: fate(({ recorder }) => recorder.rejections, 'jobs that the policy rejected'),
  stuck: fate(
    ({ recorder }) => recorder.stuck,
    'jobs that still wait when nothing can happen any more; the run ends then',
  ),
  notRun: fate(
    ({ recorder }) => recorder.dependencies.notRun,
    'jobs with tasks that could not run, because what they depend on did not finish',
  ),
  notSubmitted: fate(
    ({ recorder }) => recorder.dependencies.notSubmitted,
    'jobs with tasks that still waited for others at the end of the run, so they were not submitted and count nowhere else',
  ),
  dependencies: steady(
    ofRun.needing(
      'dependencies',
      ({ recorder }) => recorder.dependencies.criticalPath.count > 0,
      ofRun.group(
        {
          criticalPath: ofRun.distribution(({ recorder }) => recorder.dependencies.criticalPath, {
            unit: 's',
            about:
              'seconds of the longest chain of run times in the trace; only finished jobs whose tasks depend on each other',
          }),
          stretch: ofRun.distribution(({ recorder }) => recorder.dependencies.stretch, {
            unit: 'ratio',
            about: 'response / critical path of these jobs; 1 is the best',
          }),
        },
        'critical paths of jobs',
      ),
    ),
  ),
};
