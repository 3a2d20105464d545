import type { Allocator, Scheduler } from '../policies/contract.js';
import type { PolicyParts } from '../policies/policy.js';

/** Wraps the schedulers and the allocator of a policy. `pick` finds the same part in other parts of the same policy. */
export interface PartWrapper {
  scheduler(scheduler: Scheduler, pick: (parts: PolicyParts) => Scheduler): Scheduler;
  allocator(allocator: Allocator, pick: (parts: PolicyParts) => Allocator): Allocator;
}

/** The same parts, with each scheduler and the allocator wrapped. Sampling has neither. */
export function wrappedParts(parts: PolicyParts, wrap: PartWrapper): PolicyParts {
  switch (parts.architecture) {
    case 'monolithic':
      return {
        ...parts,
        scheduler: wrap.scheduler(parts.scheduler, (other) => (other as typeof parts).scheduler),
      };
    case 'two-level':
      return {
        ...parts,
        allocator: wrap.allocator(parts.allocator, (other) => (other as typeof parts).allocator),
        scheduler: (framework) =>
          wrap.scheduler(parts.scheduler(framework), (other) => (other as typeof parts).scheduler(framework)),
      };
    case 'shared-state':
    case 'whole-cell-offers':
      return {
        ...parts,
        scheduler: (framework) =>
          wrap.scheduler(parts.scheduler(framework), (other) => (other as typeof parts).scheduler(framework)),
      };
    case 'sampling':
      return parts;
  }
}

/** What a host reads of a part besides its methods. */
export function frameOf<N>(part: Frame<N>): Frame<N> {
  const { name, needs, mayOffer } = part;
  return {
    name,
    ...(needs !== undefined && { needs }),
    ...(mayOffer !== undefined && {
      mayOffer: (framework, machine) => mayOffer.call(part, framework, machine),
    }),
  };
}

interface Frame<N> extends Pick<Allocator, 'name' | 'mayOffer'> {
  readonly needs?: N;
}
