import { drfAllocator } from '../allocators/drf.js';
import { inRoles } from '../allocators/role-assignment.js';
import type { Policy } from '../policy.js';
import { DRF_PARAMETERS, drfSettings } from './drf-parameters.js';
import { listNeedsTaskMix, listOf, listParameters } from './list-parameters.js';
import { OFFER_PARAMETERS, offerTerms } from './offer-parameters.js';
import { namesRoles, quotasOf, ROLE_PARAMETERS, rolesOf, weightsOf } from './role-parameters.js';

/**
 * Weighted dominant-resource fairness over offers, as Mesos does it: each machine's free resources are offered, whole, to
 * the framework that has the lowest dominant share; its own scheduler takes what it can use and declines the rest.
 * Frameworks are charged to roles, a tree: shares are compared between the top-level roles first, then below them. Quota
 * cuts offers: a role's guarantee is served first and held back from others, its limit is not exceeded.
 * A framework whose queue was empty is offered machines as soon as a task comes; all others at the next interval.
 *
 * Complexity: machines with something free x roles and frameworks, per allocation. Ties: lowest share, then the fewest
 * offers ever made, then name; machines in rank order.
 * Known limits: a machine that a framework declined waits one interval for the next framework; a refusal of no more than an
 * interval is over at the batch that ends it (Mesos: at the one after); simulated machines have no reservations, revocable
 * resources or exclusive disks, which the allocator knows (docs/studies.md, mesos).
 * Source: Ghodsi et al., "Dominant Resource Fairness", NSDI 2011; Hindman et al., "Mesos", NSDI 2011; apache/mesos,
 * src/master/allocator/mesos/hierarchical.cpp, commit c1b42f7.
 */
export const drf: Policy = {
  name: 'drf',
  parameters: [
    ...ROLE_PARAMETERS,
    ...DRF_PARAMETERS,
    ...OFFER_PARAMETERS,
    ...listParameters({ placement: 'first-fit', backfill: 'any' }),
  ],
  needsForecast: namesRoles,
  needsTaskMix: listNeedsTaskMix,
  build(settings, context) {
    const allocator = drfAllocator({
      ...drfSettings(settings),
      weights: weightsOf(settings, context),
      quotas: quotasOf(settings, context),
    });
    return {
      architecture: 'two-level',
      allocator: inRoles(allocator, rolesOf(settings, context)),
      scheduler: () => listOf('drf', settings, context),
      terms: offerTerms(settings),
    };
  },
};
