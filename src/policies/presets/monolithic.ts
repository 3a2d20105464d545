import { fromSeconds, InputError, type Parameter, type ParameterValues } from '../../model/index.js';
import type { Scheduler } from '../contract.js';
import { PLACEMENTS, placementNamed } from '../placement/index.js';
import type { Policy, RetryTerms } from '../policy.js';
import { listScheduler } from '../schedulers/list-scheduler.js';

/**
 * Parameters of schedulers that serve one job at a time: the placement, and the retries of a job that found too little room.
 * The defaults are those of google/cluster-scheduler-simulator.
 */
export const JOB_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'choice',
    name: 'placement',
    default: 'random',
    choices: PLACEMENTS.map((placement) => placement.name),
    about: 'Which of the machines that fit a task gets it.',
  },
  {
    kind: 'duration',
    name: 'retry',
    default: fromSeconds(1),
    about: 'A job that was placed only in part is queued again after this time.',
  },
  {
    kind: 'number',
    name: 'fruitlessAttempts',
    default: 100,
    min: 1,
    integer: true,
    about: 'A job without any started task is abandoned after more attempts than this.',
  },
  {
    kind: 'number',
    name: 'attempts',
    default: 1000,
    min: 1,
    integer: true,
    about: 'Any job is abandoned after more attempts than this.',
  },
];

/** Places every task of a job that fits somewhere. */
export function jobPlacer(name: string, settings: ParameterValues): Scheduler {
  return listScheduler({ name, placement: placementNamed(settings.text('placement')), backfill: 'any' });
}

/** @throws InputError when a job would be tried again without end at one instant. */
export function retryTerms(settings: ParameterValues): RetryTerms {
  return {
    after: retryTime(settings),
    fruitlessAttempts: settings.number('fruitlessAttempts'),
    attempts: settings.number('attempts'),
  };
}

/** @throws InputError when it is 0 or never. */
export function retryTime(settings: ParameterValues): number {
  const after = settings.number('retry');
  if (!(after > 0 && Number.isFinite(after)))
    throw InputError.expected({ field: 'retry' }, after, 'a finite duration above 0');
  return after;
}

/**
 * One scheduler that serves the jobs of all frameworks one at a time, in order of arrival. A decision takes perJob + perTask
 * x the waiting tasks of the job. Then the tasks are placed on the cell as it is at that moment, so nothing conflicts. A job
 * that finds too little room keeps the tasks that started and goes to the back of the queue. With one decision time for all
 * frameworks, it is the single-path scheduler of the Omega paper. With `decisionTimes` per framework, it is the multi-path
 * one. In both, a slow decision delays all jobs behind it.
 *
 * Complexity: one placement per task and attempt. Ties: jobs in order of arrival; machines by the placement. Known limits:
 * head-of-line blocking; in a full cell, a job is tried again every `retry`.
 * Source: Schwarzkopf et al., "Omega", EuroSys 2013, sections 3.1 and 4.1; google/cluster-scheduler-simulator.
 */
export const monolithic: Policy = {
  name: 'monolithic',
  parameters: JOB_PARAMETERS,
  build: (settings) => ({
    architecture: 'monolithic',
    scheduler: jobPlacer('monolithic', settings),
    retry: retryTerms(settings),
  }),
};
