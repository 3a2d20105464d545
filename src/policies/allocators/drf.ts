import { type FrameworkId, type MachineId, NONE } from '../../model/index.js';
import type { AllocationView, Allocator, OfferSink } from '../contract.js';
import { dominantShare } from './dominant-share.js';

/**
 * A machine is worth offering when at least one of these amounts (in quanta, by resource name) is free on it; where a run
 * has none of these resources, when anything is.
 */
export type MinimumOffer = Readonly<Record<string, number>>;

/** Weights by framework name; they take the place of the weights that the frameworks came with. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Weighted dominant-resource fairness over offers: machine by machine in rank order, everything free goes to the framework
 * with the lowest dominant share, divided by its weight, among those that want tasks placed and have not just refused as
 * much of this machine. Ties go to the name that is first in the alphabet.
 */
export function drfAllocator(minimum: MinimumOffer, weights: Weights = {}): Allocator {
  return {
    name: 'drf',
    allocate(view, offers) {
      for (let i = 0; i < view.candidateCount; i++) {
        const machine = view.candidates[i];
        if (isWorthOffering(view, machine, minimum)) offerToLowestShare(view, offers, machine, weights);
      }
    },
  };
}

function offerToLowestShare(
  view: AllocationView,
  offers: OfferSink,
  machine: MachineId,
  weights: Weights,
): void {
  const refused = new Set<FrameworkId>();
  for (;;) {
    const framework = lowestShare(view, refused, weights);
    if (framework === NONE || offers.offer(framework, machine) === 'done') return;
    refused.add(framework);
  }
}

function lowestShare(view: AllocationView, without: ReadonlySet<FrameworkId>, weights: Weights): FrameworkId {
  let lowest = NONE;
  let lowestShare = Number.POSITIVE_INFINITY;
  for (let framework = 0; framework < view.frameworks.length; framework++) {
    if (!view.wants(framework) || without.has(framework)) continue;
    const { name, weight } = view.frameworks[framework];
    const share = dominantShare(view, framework) / (weights[name] ?? weight);
    const isBefore = share === lowestShare && name < view.frameworks[lowest].name;
    if (share < lowestShare || isBefore) {
      lowest = framework;
      lowestShare = share;
    }
  }
  return lowest;
}

function isWorthOffering(view: AllocationView, machine: MachineId, minimum: MinimumOffer): boolean {
  const row = machine * view.space.size;
  const { names } = view.space;
  if (!names.some((name) => name in minimum)) return true;
  return names.some((name, d) => name in minimum && view.table.free[row + d] >= minimum[name]);
}
