import { InputError } from '../../model/index.js';
import { drfAllocator } from '../allocators/drf.js';
import type { Policy, PolicyContext } from '../policy.js';
import { listOf, listParameters } from './list-parameters.js';
import { OFFER_PARAMETERS, offerTerms } from './offer-parameters.js';

/** Mesos's default `--min_allocatable_resources`: cpus 0.01 or mem 32. A run that has neither resource offers whatever is free. */
const MINIMUM_OFFER = [{ cpus: 10 }, { mem: 32 }];

/**
 * Weighted dominant-resource fairness over offers, as Mesos does it: each machine's free resources are offered, whole, to
 * the framework that has the lowest dominant share; its own scheduler takes what it can use and declines the rest.
 * A framework whose queue was empty is offered machines as soon as a task comes; all others at the next interval.
 *
 * Complexity: machines with something free x frameworks, per allocation. Ties: lowest share, then name; machines in rank order.
 * Known limits: a machine that a framework declined waits one interval for the next framework.
 * Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Hindman et al., "Mesos", NSDI 2011.
 */
export const drf: Policy = {
  name: 'drf',
  parameters: [
    {
      kind: 'text',
      name: 'weights',
      default: '',
      form: 'framework:weight,framework:weight, such as spark:2,web:1',
      pattern: /^([^:,]+:\d+(\.\d+)?(,[^:,]+:\d+(\.\d+)?)*)?$/,
      about: 'Weight of each framework in the shares; 1 where nothing is said.',
    },
    ...OFFER_PARAMETERS,
    ...listParameters({ placement: 'first-fit', backfill: 'any' }),
  ],
  // Weights name frameworks, and a misspelt name must be told.
  needsForecast: (settings) => settings.text('weights') !== '',
  build: (settings, context) => ({
    architecture: 'two-level',
    allocator: drfAllocator({
      minimum: MINIMUM_OFFER,
      weights: parseWeights(settings.text('weights'), context),
    }),
    scheduler: () => listOf('drf', settings),
    terms: offerTerms(settings),
  }),
};

/** @throws InputError when a framework is unknown, or a weight is 0. */
function parseWeights(text: string, context: PolicyContext): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [name, weight] = part.split(':') as [string, string];
    if (!context.frameworks.some((framework) => framework.name === name)) {
      const known = context.frameworks.map((framework) => framework.name).join(', ');
      throw InputError.expected({ field: 'weights' }, name, `one of the frameworks ${known}`);
    }
    if (Number(weight) === 0) throw InputError.expected({ field: 'weights' }, part, 'a weight above 0');
    weights.set(name, Number(weight));
  }
  return weights;
}
