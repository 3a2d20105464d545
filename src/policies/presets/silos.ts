import { FOREVER } from '../../model/index.js';
import { givenPartition, proportionalPartition, silosAllocator } from '../allocators/silos.js';
import type { Policy } from '../policy.js';
import { listNeedsTaskMix, listOf, listParameters } from './list-policies.js';

/**
 * Static partitions, one cluster per framework, without sharing: each framework uses only its own machines, even if others
 * are idle. Partitions are given (`--set partitions=spark:300,kafka:50`) or sized in proportion to each framework's share of
 * the demand. That demand is read from the workload before the run, like an operator's forecast.
 *
 * Complexity: first-fit within the silo. Ties: lowest rank. Known limit: a perfect forecast makes silos look better than they
 * would be.
 * Source: the baseline of Hindman et al., "Mesos", NSDI 2011, section 6.1.
 */
export const silos: Policy = {
  name: 'silos',
  needsForecast: () => true,
  needsTaskMix: listNeedsTaskMix,
  parameters: [
    {
      kind: 'text',
      name: 'partitions',
      default: '',
      form: 'framework:machines,framework:machines, such as spark:300,kafka:50',
      pattern: /^([^:,]+:\d+(,[^:,]+:\d+)*)?$/,
      about: 'Machines of each framework. When empty, silos are sized by demand.',
    },
    {
      kind: 'choice',
      name: 'sizing',
      default: 'mean',
      choices: ['mean', 'peak'],
      about: 'Without partitions: silos are sized in proportion to the mean or to the peak demand.',
    },
    ...listParameters({ placement: 'first-fit', backfill: 'any' }),
  ],
  build(settings, context) {
    const given = settings.text('partitions');
    const demand = settings.text('sizing') === 'peak' ? context.forecast?.peak : context.forecast?.mean;
    const owner =
      given !== ''
        ? givenPartition(given, context)
        : proportionalPartition(demand ?? new Float64Array(0), context);
    return {
      architecture: 'two-level',
      allocator: silosAllocator(owner),
      scheduler: () => listOf('silos', settings, context),
      // An owner keeps its machines for the whole run. Resources that its tasks free are offered to it again at once.
      terms: { interval: 0, hold: FOREVER, refuse: 0, timeout: FOREVER },
    };
  },
};
