import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cluster, ResourceSpace } from '../../src/model/index.js';
import { PlaceableClasses } from '../../src/sim/placeable-classes.js';

const amounts = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));

describe('classes that fit some empty machine', () => {
  it('are those that a look at each machine finds, however often they are asked for and whatever is placed', () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 6 }),
        fc.array(amounts, { maxLength: 200 }),
        (machines, demands) => {
          const cluster = new Cluster(new ResourceSpace(['cpus', 'mem']));
          machines.forEach((capacity, i) => {
            cluster.addMachine({ name: `m${i}`, capacity });
          });
          const placeable = new PlaceableClasses(cluster);
          for (const demand of demands) {
            const taskClass = cluster.classes.acquire({ demand });
            const fits = machines.some(([cpus, mem]) => cpus >= demand[0] && mem >= demand[1]);
            expect(placeable.has(taskClass, 0)).toBe(fits);
            expect(placeable.has(taskClass, 0)).toBe(fits);
          }
        },
      ),
      { seed: 20261121 },
    );
  });

  it('are looked at anew when the number of a class stands for another shape', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus']));
    cluster.addMachine({ name: 'm', capacity: [5000] });
    const placeable = new PlaceableClasses(cluster);
    const [seen, reused] = [new Set<number>(), new Set<number>()];
    // Classes without tasks are forgotten once there are thousands, and their numbers used again.
    for (let cpus = 1; cpus <= 10_000; cpus++) {
      const taskClass = cluster.classes.acquire({ demand: [cpus] });
      if (seen.has(taskClass)) reused.add(taskClass);
      seen.add(taskClass);
      expect(placeable.has(taskClass, 0)).toBe(cpus <= 5000);
      cluster.classes.release(taskClass);
    }
    expect(reused.size).toBeGreaterThan(0);
  });
});
