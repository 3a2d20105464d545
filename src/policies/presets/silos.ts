import { FOREVER } from '../../model/index.js';
import { givenPartition, proportionalPartition, silosAllocator } from '../allocators/silos.js';
import type { Policy } from '../policy.js';
import { listNeedsTaskMix, listOf, listParameters } from './list-policies.js';

/**
 * Static partitions, one cluster per framework, as before there was sharing: each framework owns its machines and can use
 * no others, however idle they are. Partitions are given (`--set partitions=spark:300,kafka:50`) or sized in proportion to
 * each framework's share of the demand, which is then taken from a look through the workload, as an operator would plan.
 *
 * Complexity: first-fit within the silo. Ties: lowest rank. Known limit: sizing by a perfect forecast flatters silos.
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
      about: 'Machines of each framework; empty sizes the silos by demand.',
    },
    {
      kind: 'choice',
      name: 'sizing',
      default: 'mean',
      choices: ['mean', 'peak'],
      about: 'Silos in proportion to the mean or the peak demand, where no partitions are given.',
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
      // An owner keeps all it has for good, and gets back at once what one of its tasks frees.
      terms: { interval: 0, hold: FOREVER, refuse: 0, timeout: FOREVER },
    };
  },
};
