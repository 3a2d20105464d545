import { fromSeconds, type Parameter, type ParameterValues } from '../../model/index.js';
import type { Policy, WholeCellTerms } from '../policy.js';
import { JOB_PARAMETERS, jobPlacer, retryTerms } from './monolithic.js';

const OFFER_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'allocatorTime',
    default: fromSeconds(0.001),
    about: 'How long the allocator thinks before an offer reaches its framework.',
  },
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(1),
    about: 'A round of allocation happens so long after the first event that asks for one.',
  },
  {
    kind: 'number',
    name: 'minimumCpus',
    default: 0,
    min: 0,
    about: 'Nothing is offered while fewer cpus than this are free.',
  },
  {
    kind: 'choice',
    name: 'mode',
    default: 'sound',
    choices: ['sound', 'omega-simulator'],
    about:
      'Nothing more for a framework that thinks and no attempt that cannot succeed, or as google/cluster-scheduler-simulator does it.',
  },
];

/**
 * Mesos as the Omega paper models it: all that is free in the cell is offered to the one framework of the lowest dominant
 * share, and locked until it answers. The framework serves its jobs one after another from the offer and answers after the
 * decision times of all of them; its tasks start then. It shows what pessimistic locks cost when a framework thinks for long.
 * The paper's own caveat holds: with offers of the size of a fair share (drf here) the picture is another.
 *
 * Complexity: one placement per task and attempt; an offer looks at each machine once. Ties: lowest share, then the framework
 * that came first; machines by the placement. Known limits: one slow framework starves the others; a framework whose next job
 * does not fit the offer waits for another one.
 * Source: Schwarzkopf et al., "Omega", EuroSys 2013, sections 3.3 and 4.2; google/cluster-scheduler-simulator.
 */
export const wholeCellOffers: Policy = {
  name: 'whole-cell-offers',
  parameters: [...OFFER_PARAMETERS, ...JOB_PARAMETERS],
  build: (settings, context) => {
    const cpus = context.space.kinds.find((kind) => kind.name === 'cpus');
    return {
      architecture: 'whole-cell-offers',
      scheduler: () => jobPlacer('whole-cell-offers', settings),
      terms: wholeCellTerms(settings, cpus?.quantaPerUnit ?? 0),
      retry: retryTerms(settings),
    };
  },
};

function wholeCellTerms(settings: ParameterValues, quantaPerCpu: number): WholeCellTerms {
  return {
    allocatorTime: settings.number('allocatorTime'),
    interval: settings.number('interval'),
    minimumCpus: settings.number('minimumCpus') * quantaPerCpu,
    mode: settings.text('mode') as WholeCellTerms['mode'],
  };
}
