import type { RolePath } from '../../model/index.js';
import type { Allocator, OfferSink } from '../contract.js';
import { DrfRound } from './hierarchical/drf-round.js';
import { DRF_DEFAULTS, type DrfSettings, type DrfView } from './hierarchical/drf-settings.js';
import { RoleShares } from './hierarchical/role-shares.js';

/** An allocator that reads only the DrfView part of its view. */
export interface DrfAllocator extends Allocator {
  allocate(view: DrfView, offers: OfferSink): void;
}

/**
 * The hierarchical allocator of Mesos: weighted dominant-resource fairness between the roles of a tree, then between the
 * frameworks of a role. All free resources of a machine go to the framework with the lowest share. Frameworks without waiting
 * tasks, and frameworks that recently refused as much of the machine, are left out. Quota limits offers and holds back
 * resources for unmet guarantees. Ties: the fewest offers ever made, then the alphabetical order of the paths.
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

/** The same allocator with other roles for some frameworks. `roles` maps a framework's name to its role. */
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
