import { drfAllocator } from '../allocators/drf.js';
import { placementNamed } from '../placement/index.js';
import type { Policy } from '../policy.js';
import { listScheduler } from '../schedulers/list-scheduler.js';
import { blockedParameter, placementParameter } from './list-parameters.js';
import { OFFER_PARAMETERS, offerTerms } from './offer-parameters.js';

/** Mesos's default `--min_allocatable_resources`: cpus 0.01 or mem 32; a GPU, disk or slot alone is worth an offer as well. */
const MINIMUM_OFFER = { cpus: 10, mem: 32 };

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
  parameters: [...OFFER_PARAMETERS, placementParameter('first-fit'), blockedParameter('skip')],
  build: (settings) => ({
    architecture: 'two-level',
    allocator: drfAllocator(MINIMUM_OFFER),
    scheduler: () =>
      listScheduler({
        name: 'drf',
        placement: placementNamed(settings.text('placement')),
        whenBlocked: settings.text('blocked') as 'wait' | 'skip',
      }),
    terms: offerTerms(settings),
  }),
};
