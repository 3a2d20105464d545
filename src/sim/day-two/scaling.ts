import type { Scaling } from './operation.js';
import type { RolloutParts } from './rollout.js';

/**
 * Brings a service to the number of instances that is wanted: new ones are like the first and start where the policy likes; of too many, those
 * that wait go first, then those that came last. A gang goes back to its checkpoint for it, as a whole.
 */
export function scale({ framework, instances: wanted }: Scaling, { instances, actions }: RolloutParts): void {
  const places = instances.of(framework).filter((one) => one.role === 'wanted');
  if (places.length === 0 || places.length === wanted) return;
  const isWhole = instances.termsOf(framework)?.scope === 'job';
  const goFirst = [
    ...places.filter((one) => one.state === 'waiting'),
    ...places.filter((one) => one.state !== 'waiting').reverse(),
  ];
  const surplus = goFirst.slice(0, Math.max(0, places.length - wanted));
  for (const one of surplus) actions.retire(one);
  if (isWhole)
    for (const one of places)
      if (one.state === 'running' && !surplus.includes(one)) actions.restart(one, 'anywhere');
  for (let more = places.length; more < wanted; more++) actions.add(places[0]);
}
