import { lotteryAllocator } from '../allocators/lottery.js';
import type { Policy } from '../policy.js';
import { LIST_PARAMETER_NAMES, listNeedsTaskMix, listOf, listParameters } from './list-policies.js';
import { OFFER_PARAMETERS, OFFERS_OF_MASTER, offerTerms } from './offer-parameters.js';

/**
 * A lottery over offers: each machine with free resources is offered whole to a random framework with waiting tasks. The
 * probability is proportional to the weight of the framework; its allocation does not matter. Its scheduler takes what it can use and
 * declines the rest. It is the baseline for fair allocators.
 *
 * Complexity: machines with something free x frameworks, per allocation. Ties: none; each winner is drawn from the run's
 * random stream; machines in rank order. Known limits: a machine that the winner refuses waits one interval for the next
 * draw; there are no quota and no minimum for an offer.
 * Source: Hindman et al., "Mesos", NSDI 2011, on slots that several frameworks prefer; `simulate reproduce mesos-nsdi`
 * checks it.
 */
export const lottery: Policy = {
  name: 'lottery',
  parameters: [...OFFER_PARAMETERS, ...listParameters({ placement: 'first-fit', backfill: 'any' })],
  needsTaskMix: listNeedsTaskMix,
  masterParameters: OFFERS_OF_MASTER,
  frameworkParameters: LIST_PARAMETER_NAMES,
  build: (settings, context) => ({
    architecture: 'two-level',
    allocator: lotteryAllocator,
    scheduler: () => listOf('lottery', settings, context),
    terms: offerTerms(settings),
  }),
};
