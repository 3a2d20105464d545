import type { Policy } from '../policy.js';
import { JOB_PARAMETERS, jobPlacer, retryTerms } from './job-parameters.js';

/**
 * One scheduler that serves the jobs of all frameworks, one at a time, in the order in which they come. It thinks for perJob +
 * perTask x the tasks that wait, then places them on the cell as it is at that moment, so that nothing conflicts. A job that
 * finds too little room keeps what it got and comes again at the back of the line. With one decision time for all it is the
 * single-path scheduler of the Omega paper, with `decisionTimes` of each framework the multi-path; in both, a slow decision
 * holds up everybody.
 *
 * Complexity: one placement per task and attempt. Ties: jobs in the order of their coming; machines by the placement. Known
 * limits: head-of-line blocking; a full cell is asked again every `retry`.
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
