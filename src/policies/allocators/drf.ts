import type { Allocator } from '../contract.js';
import { fullView } from '../contract-offers.js';
import { DrfRound } from './hierarchical/drf-round.js';
import { DRF_DEFAULTS, type DrfSettings } from './hierarchical/drf-settings.js';
import { RoleShares } from './hierarchical/role-shares.js';

/**
 * The hierarchical allocator of Mesos: weighted dominant-resource fairness between the roles of a tree, then between the
 * frameworks of a role. All free resources of a machine go to the framework with the lowest share. Frameworks without waiting
 * tasks, and frameworks that recently refused as much of the machine, are left out. Quota limits offers and holds back
 * resources for unmet guarantees. Ties: the fewest offers ever made, then the alphabetical order of the paths.
 */
export function drfAllocator(settings: Partial<DrfSettings> = {}): Allocator {
  const rules = { ...DRF_DEFAULTS, ...settings };
  let shares: RoleShares | undefined;
  let round: DrfRound | undefined;
  return {
    name: 'drf',
    ...(drawsNothing(rules) && { isSteady: true as const }),
    allocate(view, offers) {
      if (shares?.follow(view) !== true) {
        shares = new RoleShares(view, rules);
        shares.follow(view);
      }
      shares.load(view);
      if (round?.serves(view, offers, shares) !== true)
        round = new DrfRound(fullView(view), offers, rules, shares);
      round.run();
    },
  };
}

function drawsNothing({ machineOrder, roleSorter, frameworkSorter }: DrfSettings): boolean {
  return machineOrder === 'rank' && roleSorter === 'drf' && frameworkSorter === 'drf';
}
