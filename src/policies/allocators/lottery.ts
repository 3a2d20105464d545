import { type FrameworkId, NONE } from '../../model/index.js';
import type { AllocationView, Allocator } from '../contract.js';

/**
 * A lottery over offers: each machine, in rank order, is offered whole to a random framework with waiting tasks. The
 * probability is proportional to the weight of the framework; its allocation does not matter (Hindman et al., "Mesos", NSDI
 * 2011, on slots that several frameworks prefer). A machine that is gathered for a gang goes to its framework. A machine that the winner refuses waits for the next allocation.
 *
 * Complexity: machines with something free x frameworks, per allocation.
 */
export const lotteryAllocator: Allocator = {
  name: 'lottery',
  allocate(view, offers) {
    for (let i = 0; i < view.candidateCount; i++) {
      const machine = view.candidate(i);
      const gatherer = view.gathering(machine);
      const winner = gatherer === NONE ? draw(view) : gatherer;
      if (winner === NONE) return;
      offers.offer(winner, machine);
    }
  },
};

function draw(view: AllocationView): FrameworkId {
  const { frameworks } = view;
  let weights = 0;
  for (let f = 0; f < frameworks.length; f++) if (view.wants(f)) weights += frameworks[f].weight;
  let ticket = view.random() * weights;
  let last = NONE;
  for (let f = 0; f < frameworks.length; f++) {
    if (!view.wants(f)) continue;
    ticket -= frameworks[f].weight;
    if (ticket < 0) return f;
    // Rounding errors can leave the ticket at 0 or above after the last framework.
    last = f;
  }
  return last;
}
