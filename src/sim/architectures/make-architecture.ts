import { NONE } from '../../model/index.js';
import type { Feature, Random } from '../../policies/contract.js';
import { checkNeeds } from '../../policies/hosting/features.js';
import type { MonolithicParts, PolicyParts, RetryTerms, SharedStateParts } from '../../policies/policy.js';
import type { DecisionTimes } from '../decision-time.js';
import type { Execution } from '../execution.js';
import type { Architecture } from './architecture.js';
import { LiveCell } from './claims.js';
import { JobScheduler, PlacementNumbers } from './job-queue.js';
import { Monolithic } from './monolithic.js';
import { Sampling } from './sampling.js';
import { OneJobAtATime, PrivateCell } from './shared-state.js';
import { TwoLevel } from './two-level.js';
import { WholeCellOffers } from './whole-cell-offers.js';

/** Settings of a run for its schedulers, in addition to the policy. */
export interface RunTerms {
  readonly decisionTimes: DecisionTimes;
  readonly random: Random;
}

/** What the simulator has for every architecture. Its runs have no restart that memory must outlive. */
export const SIMULATOR_FEATURES: readonly Feature[] = [
  'gang',
  'devices',
  'kill',
  'preempt',
  'checkpoint',
  'drain',
  'usage',
  'power',
  'memory',
];

/** What it has for the schedulers of frameworks under offers. */
export const OFFERED_FEATURES: readonly Feature[] = [...SIMULATOR_FEATURES, 'offers', 'gather'];

/** Creates the architecture of a policy. @throws InputError when the policy needs a feature that the architecture does not have. */
export function makeArchitecture(parts: PolicyParts, execution: Execution, run: RunTerms): Architecture {
  checkFeatures(parts);
  switch (parts.architecture) {
    case 'monolithic':
      return parts.retry === undefined
        ? new Monolithic(execution, parts.scheduler, run.decisionTimes, run.random)
        : monolithicByJob(parts, parts.retry, execution, run);
    case 'two-level':
      return new TwoLevel(execution, { ...parts, ...run });
    case 'whole-cell-offers':
      return new WholeCellOffers(execution, { ...parts, ...run });
    case 'shared-state':
      return sharedState(parts, execution, run);
    case 'sampling':
      return new Sampling(execution, { ...run, terms: parts.terms });
  }
}

function checkFeatures(parts: PolicyParts): void {
  const host = `the architecture ${parts.architecture} of the simulator`;
  if (parts.architecture === 'monolithic') checkNeeds(parts.scheduler, new Set(SIMULATOR_FEATURES), host);
  else if (parts.architecture === 'two-level') {
    checkNeeds(parts.allocator, new Set(SIMULATOR_FEATURES), host);
    checkNeeds(parts.scheduler(0), new Set(OFFERED_FEATURES), host);
  } else if (parts.architecture !== 'sampling')
    checkNeeds(parts.scheduler(0), new Set(SIMULATOR_FEATURES), host);
}

function monolithicByJob(
  parts: MonolithicParts,
  retry: RetryTerms,
  execution: Execution,
  { decisionTimes, random }: RunTerms,
): Architecture {
  let only: readonly JobScheduler[] | undefined;
  return new OneJobAtATime(execution, {
    decisionTimes,
    retry,
    schedulersFor: (_framework, waiting) => {
      only ??= [
        new JobScheduler(execution, waiting, {
          framework: NONE,
          ordinal: 0,
          scheduler: parts.scheduler,
          random,
          access: (_queue, host) => new LiveCell(execution, host),
        }),
      ];
      return only;
    },
  });
}

function sharedState(
  parts: SharedStateParts,
  execution: Execution,
  { decisionTimes, random }: RunTerms,
): Architecture {
  const numbers = new PlacementNumbers();
  return new OneJobAtATime(execution, {
    decisionTimes,
    retry: parts.retry,
    schedulersFor: (framework, waiting) =>
      Array.from({ length: parts.schedulersOf(framework) }, (_, ordinal) => {
        return new JobScheduler(execution, waiting, {
          framework,
          ordinal,
          scheduler: parts.scheduler(framework),
          random,
          access: (queue, host) => new PrivateCell(execution, queue, host, parts.commit, numbers),
        });
      }),
  });
}
