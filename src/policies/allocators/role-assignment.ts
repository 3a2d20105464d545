import type { RolePath } from '../../model/index.js';
import type { DrfAllocator } from './drf.js';
import type { DrfView } from './hierarchical/drf-view.js';

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
