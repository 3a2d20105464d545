import { FOREVER, InputError, type ParameterValues } from '../../model/index.js';
import {
  givenPartition,
  namedSilosAllocator,
  proportionalPartition,
  silosAllocator,
} from '../allocators/silos.js';
import type { Allocator } from '../contract.js';
import type { Policy, PolicyContext } from '../policy.js';
import { LIST_PARAMETER_NAMES, listNeedsTaskMix, listOf, listParameters } from './list-policies.js';

/**
 * Static partitions, one cluster per framework, without sharing: each framework uses only its own machines, even if others
 * are idle. Partitions are given (`--set partitions=spark:300,kafka:50`) or sized in proportion to each framework's share of
 * the demand. That demand is read from the workload before the run, like an operator's forecast.
 *
 * In a real master, the partitions must be given: `simulate master --policy silos --set partitions=web:2,batch:1`. Its machines
 * are assigned in the order in which they register; a machine that joins takes the place of one that left.
 *
 * Complexity: first-fit within the silo. Ties: lowest rank. Known limits: a perfect forecast makes silos look better than they
 * would be; after a restart of a real master, its machines register in another order and may change owner.
 * Source: the baseline of Hindman et al., "Mesos", NSDI 2011, section 6.1.
 */
export const silos: Policy = {
  name: 'silos',
  needsForecast: () => true,
  needsTaskMix: listNeedsTaskMix,
  masterParameters: ['partitions'],
  frameworkParameters: LIST_PARAMETER_NAMES,
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
    return {
      architecture: 'two-level',
      allocator: allocatorOf(settings, context),
      scheduler: () => listOf('silos', settings, context),
      // An owner keeps its machines for the whole run. Resources that its tasks free are offered to it again at once.
      terms: { interval: 0, hold: FOREVER, refuse: 0, timeout: FOREVER },
    };
  },
};

/** @throws InputError */
function allocatorOf(settings: ParameterValues, context: PolicyContext): Allocator {
  const given = settings.text('partitions');
  if (context.operator !== undefined) {
    if (given !== '') return namedSilosAllocator(given);
    throw new InputError(
      { field: 'partitions' },
      'is needed in a real master, which has no forecast of the demand; give the machines of each framework, such as --set partitions=web:2,batch:1',
    );
  }
  if (given !== '') return silosAllocator(givenPartition(given, context));
  const demand = settings.text('sizing') === 'peak' ? context.forecast?.peak : context.forecast?.mean;
  return silosAllocator(proportionalPartition(demand ?? new Float64Array(0), context));
}
