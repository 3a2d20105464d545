import { fromSeconds } from '../../model/index.js';
import type { Policy, SamplingTerms } from '../policy.js';
import { retryTime } from './monolithic.js';

/**
 * Batch sampling with late binding: a job of m tasks sends probes to d x m random workers. Each worker queues its probes. The
 * first m probes that reach the head of a queue with room get the tasks. Schedulers share no state, so there may be any
 * number of them, and a decision time delays only its own job. With `sampling=batch`, the tasks queue at the least loaded of
 * the probed workers instead. With `per-task`, each task probes d workers by itself (the power of two choices).
 *
 * Complexity: d draws per task. Ties: among equal loads, the worker drawn first; a worker serves its queue first come, first
 * served. Known limits: the load of a worker is its number of tasks, whatever their size; a large task blocks the queue of
 * its worker; gangs are not in the paper: a gang starts when it stands on the probed workers as a whole, and probes twice as
 * many workers after each vain attempt.
 * Source: Ousterhout et al., "Sparrow: Distributed, Low Latency Scheduling", SOSP 2013; radlab/sparrow.
 */
export const sparrow: Policy = {
  name: 'sparrow',
  parameters: [
    {
      kind: 'choice',
      name: 'sampling',
      default: 'late-binding',
      choices: ['late-binding', 'batch', 'per-task'],
      about:
        'Workers queue probes, which get their tasks late, or workers queue tasks, by the loads that probes report.',
    },
    {
      kind: 'number',
      name: 'probes',
      default: 2,
      min: 1,
      max: 100,
      about: 'Workers probed per task.',
    },
    {
      kind: 'duration',
      name: 'delay',
      default: fromSeconds(0.0005),
      about: 'Time that a message between a scheduler and a worker takes, one way.',
    },
    {
      kind: 'duration',
      name: 'retry',
      default: fromSeconds(1),
      about: 'A gang that found too little room probes other workers after this time.',
    },
  ],
  build: (settings) => ({
    architecture: 'sampling',
    terms: {
      rule: settings.text('sampling') as SamplingTerms['rule'],
      probes: settings.number('probes'),
      delay: settings.number('delay'),
      retry: retryTime(settings),
    },
  }),
};
