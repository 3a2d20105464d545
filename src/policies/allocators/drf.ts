import type { RolePath } from '../../model/index.js';
import type { Allocator, OfferSink } from '../contract.js';
import { DrfRound } from './hierarchical/drf-round.js';
import { DRF_DEFAULTS, type DrfSettings, type DrfView } from './hierarchical/drf-settings.js';
import { RoleShares } from './hierarchical/role-shares.js';

/** An allocator that needs no more of its view than DrfView. */
export interface DrfAllocator extends Allocator {
  allocate(view: DrfView, offers: OfferSink): void;
}

/**
 * The hierarchical allocator of Mesos: weighted dominant-resource fairness between the roles of a tree, then between the
 * frameworks of a role. Everything free on a machine goes to the framework that is first by share, among those that want
 * tasks placed and have not just refused as much of it; quota cuts offers, and holds back what guarantees will need.
 * Ties go to whom fewer offers were made, then to the path that is first in the alphabet.
 */
export function drfAllocator(settings: Partial<DrfSettings> = {}): DrfAllocator {
  const rules = { ...DRF_DEFAULTS, ...settings };
  let shares: RoleShares | undefined;
  let known: DrfView['frameworks'] = [];
  let count = 0;
  return {
    name: 'drf',
    allocate(view, offers) {
      if (shares === undefined || known !== view.frameworks || count !== known.length) {
        shares = new RoleShares(view, rules);
        known = view.frameworks;
        count = known.length;
      }
      shares.load(view);
      new DrfRound(view, offers, rules, shares).run();
    },
  };
}

/** The same allocator for frameworks that are in other roles than they came with: a role by the framework's name. */
export function inRoles(allocator: DrfAllocator, roles: ReadonlyMap<string, RolePath>): DrfAllocator {
  if (roles.size === 0) return allocator;
  let assigned: DrfView['frameworks'] = [];
  return {
    name: allocator.name,
    allocate(view, offers) {
      if (assigned.length !== view.frameworks.length)
        assigned = view.frameworks.map((spec) => ({ ...spec, role: roles.get(spec.name) ?? spec.role }));
      allocator.allocate({ ...view, frameworks: assigned }, offers);
    },
  };
}
