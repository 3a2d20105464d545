import {
  type AllocationView,
  type Allocator,
  type FrameworkId,
  listScheduler,
  type PolicyFile,
  placementNamed,
} from 'fairground/policies';

const SECOND = 1_000_000;

/**
 * The Capacity Scheduler of YARN, with one queue for each framework: free resources are offered to the queue that has used the
 * smallest part of its capacity. A queue may grow beyond its capacity while others leave theirs, up to its maximum.
 *
 * Complexity: frameworks x resources for each offered machine. Ties: the framework that joined first. Known limits: no preemption
 * of what a queue has beyond its capacity; no user limits within a queue; capacities follow the weights of frameworks. A machine
 * is offered whole, so the last offer can exceed the maximum.
 * Source: Apache Hadoop 3.4, "Hadoop: Capacity Scheduler"; the order is that of PriorityUtilizationQueueOrderingPolicy.
 */
export default {
  parameters: [
    {
      kind: 'number',
      name: 'maximum',
      default: 1,
      min: 0.01,
      max: 1,
      about: 'Share of the cluster beyond which no queue is offered more.',
    },
  ],
  build(settings) {
    return {
      architecture: 'two-level',
      allocator: capacityQueues(settings.number('maximum')),
      scheduler: () =>
        listScheduler({ name: 'yarn-capacity', placement: placementNamed('first-fit'), backfill: 'any' }),
      terms: { interval: 0, hold: 0, refuse: 5 * SECOND, timeout: Number.POSITIVE_INFINITY },
    };
  },
} satisfies PolicyFile;

function capacityQueues(maximum: number): Allocator {
  return {
    name: 'capacity queues',
    allocate(view, offers) {
      // Backwards, because an offered machine is no longer a candidate.
      for (let i = view.candidateCount - 1; i >= 0; i--) {
        const machine = view.candidate(i);
        for (const framework of queues(view, maximum)) if (offers.offer(framework, machine) === 'done') break;
      }
    },
  };
}

/** The queues that want resources and are below their maximum: the smallest used part of its capacity first. */
function queues(view: AllocationView, maximum: number): FrameworkId[] {
  const weights = view.frameworks.reduce((sum, { weight }) => sum + weight, 0);
  const used = (framework: FrameworkId) =>
    shareOf(view, framework) / (view.frameworks[framework].weight / weights);
  return [...view.frameworks.keys()]
    .filter((framework) => view.wants(framework) && shareOf(view, framework) < maximum)
    .sort((a, b) => used(a) - used(b) || a - b);
}

/** The dominant share of a framework: the largest share that it has of any resource, with what it is offered. */
function shareOf(view: AllocationView, framework: FrameworkId): number {
  let most = 0;
  for (const d of view.space.dimensions) {
    const held = view.allocated(framework, d) + view.offered(framework, d);
    if (view.total(d) > 0) most = Math.max(most, held / view.total(d));
  }
  return most;
}
