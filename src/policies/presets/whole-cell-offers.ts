import { fromSeconds, type Parameter, type ParameterValues } from '../../model/index.js';
import type { Policy, WholeCellTerms } from '../policy.js';
import { JOB_PARAMETERS, jobPlacer, retryTerms } from './monolithic.js';

const OFFER_PARAMETERS: readonly Parameter[] = [
  {
    kind: 'duration',
    name: 'allocatorTime',
    default: fromSeconds(0.001),
    about: 'Decision time of the allocator: an offer reaches its framework after this time.',
  },
  {
    kind: 'duration',
    name: 'interval',
    default: fromSeconds(1),
    about: 'Time from the first event that needs an allocation to the allocation.',
  },
  {
    kind: 'number',
    name: 'minimumCpus',
    default: 0,
    min: 0,
    about: 'No offer is made while fewer cpus than this are free.',
  },
  {
    kind: 'choice',
    name: 'mode',
    formerName: 'manners',
    default: 'sound',
    choices: ['sound', 'omega-simulator'],
    about:
      'With sound, a deciding framework gets no further offer, and jobs that cannot fit are not tried. The other follows google/cluster-scheduler-simulator. Formerly manners.',
  },
];

/**
 * All free resources are offered to one framework at a time, as in the Omega paper's model of Mesos: the framework with the
 * lowest dominant share gets the offer. The resources are locked until it answers. The framework places its jobs one after
 * another and answers after the sum of their decision times. Its tasks start then. This shows the cost of pessimistic
 * locking when decisions are slow. The paper's caveat holds: results differ when offers have the size of a fair share
 * (policy drf).
 *
 * Complexity: one placement per task and attempt; an offer reads each machine once. Ties: lowest share, then the framework
 * that arrived first; machines by the placement. Known limits: one slow framework starves the others; a framework whose next
 * job does not fit the offer waits for another one.
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
