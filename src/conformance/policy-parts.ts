import type { Allocator, Scheduler } from '../policies/contract.js';
import type { Controller } from '../policies/contract-control.js';
import type { PolicyParts } from '../policies/policy.js';

/** Wraps the parts of a policy that a host calls. `pick` finds the same part in other parts of the same policy. */
export interface PartWrapper {
  controller(controller: Controller, pick: (parts: PolicyParts) => Controller): Controller;
  scheduler(scheduler: Scheduler, pick: (parts: PolicyParts) => Scheduler): Scheduler;
  allocator(allocator: Allocator, pick: (parts: PolicyParts) => Allocator): Allocator;
}

/** The same parts, with each scheduler, the allocator and the control loops wrapped. Sampling has control loops only. */
export function wrappedParts(parts: PolicyParts, wrap: PartWrapper): PolicyParts {
  const placing = wrappedPlacing(parts, wrap);
  if (parts.controllers === undefined) return placing;
  const controllers = parts.controllers.map((controller, i) =>
    wrap.controller(controller, (other) => other.controllers?.[i] as Controller),
  );
  return { ...placing, controllers };
}

function wrappedPlacing(parts: PolicyParts, wrap: PartWrapper): PolicyParts {
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

/** What a host reads of a part besides the methods that a wrapper replaces. */
export function frameOf<N>({ name, needs }: { readonly name: string; readonly needs?: N }): {
  readonly name: string;
  readonly needs?: N;
} {
  return { name, ...(needs !== undefined && { needs }) };
}

/** The frame of an allocator. A host asks `mayOffer` at any time, so it needs no wrapper. */
export function allocatorFrame(allocator: Allocator): Omit<Allocator, 'allocate' | 'begin'> {
  return {
    ...frameOf(allocator),
    ...(allocator.mayOffer !== undefined && { mayOffer: allocator.mayOffer.bind(allocator) }),
  };
}
