import { randomInt } from 'd3-random';
import type { Trial } from './properties.js';

/**
 * Random trials with 1 to 4 resources and 2 to 5 users. All amounts are positive integers, as the DRF paper assumes. `source` is
 * a stream of numbers in [0, 1).
 */
export function randomTrials(count: number, source: () => number): Trial[] {
  return Array.from({ length: count }, () => randomTrial(source));
}

function randomTrial(source: () => number): Trial {
  // Both ends are included.
  const whole = (least: number, most: number) => randomInt.source(source)(least, most + 1)();
  const capacity = Array.from({ length: whole(1, 4) }, () => whole(50, 250));
  const demand = () => capacity.map(() => whole(1, 30));
  return {
    problem: {
      capacity,
      users: Array.from({ length: whole(2, 5) }, (_, i) => ({ name: `user ${i + 1}`, demand: demand() })),
    },
    claim: demand(),
    grown: capacity.map((amount) => amount + whole(0, 1) * whole(1, 200)),
  };
}
