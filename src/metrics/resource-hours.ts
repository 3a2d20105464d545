import { HOUR, type ResourceSpace } from '../model/index.js';

/** Hours x amount in the unit of each resource, from quanta x Micros per dimension. */
export function resourceHours(space: ResourceSpace, integral: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    space.kinds.map((kind, d) => [kind.name, integral[d] / kind.quantaPerUnit / HOUR]),
  );
}
