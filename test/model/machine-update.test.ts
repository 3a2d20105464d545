import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Cluster,
  imbalance,
  LedgerError,
  NONE,
  ResourceSpace,
  satisfies,
  updateMachine,
  VisibleMachines,
} from '../../src/model/index.js';

const RACKS = ['a', 'b', 'c'];

const drawn = fc.array(
  fc.record({
    machine: fc.nat(4),
    cpus: fc.integer({ min: 0, max: 6 }),
    rack: fc.constantFrom(...RACKS),
    state: fc.constantFrom('up' as const, 'absent' as const, 'up' as const),
    demand: fc.integer({ min: 0, max: 5 }),
    allowed: fc.subarray(RACKS, { minLength: 1 }),
    starts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('a machine with another capacity and other attributes', () => {
  it('is found by every index and cache as a scan of all machines finds it', () => {
    fc.assert(
      fc.property(drawn, (steps) => {
        const cluster = new Cluster(new ResourceSpace(['cpus']));
        for (let i = 0; i < 5; i++)
          cluster.addMachine({ name: `m${i}`, capacity: [i], attributes: { rack: RACKS[i % 3] } });
        cluster.addFramework({ name: 'f' });
        const rack = cluster.attributes.intern('rack');
        const visible = new VisibleMachines(cluster.free);
        const { machines } = cluster;
        const score = {
          name: 'by rack and room',
          keeps: 'while row' as const,
          isAnonymous: true,
          version: () => 0,
          value: (machine: number) =>
            10 * cluster.attributes.domainOf(machine, rack) - cluster.free.free[machine],
        };
        for (const { machine, cpus, rack: name, state, demand, allowed, starts } of steps) {
          const held = machines.capacity[machine] - cluster.free.free[machine];
          const update = { capacity: [cpus], attributes: { rack: name } };
          if (held > cpus) expect(() => updateMachine(cluster, machine, update)).toThrow(LedgerError);
          else updateMachine(cluster, machine, update);
          if (machines.tasks[machine] === 0) cluster.setMachineState(machine, state);
          const conjunction = [{ attribute: 'rack', operator: 'equal' as const, values: allowed }];
          const constraint = cluster.constraints.intern(conjunction);
          const taskClass = cluster.classes.acquire({ demand: [demand], constraint });
          const fits = [0, 1, 2, 3, 4].filter(
            (m) =>
              machines.isUp(m) &&
              cluster.free.free[m] >= demand &&
              satisfies(machines.specs[m].attributes ?? {}, conjunction),
          );
          expect(visible.firstFit(taskClass)).toBe(fits[0] ?? NONE);
          const best = fits.reduce((a, b) => (a === NONE || score.value(b) > score.value(a) ? b : a), NONE);
          expect(visible.best(taskClass, score)).toBe(best);
          if (starts && best !== NONE) {
            const job = cluster.addJob({ name: 'j', framework: 0, submitted: 0 });
            const task = cluster.submit({
              job,
              taskClass,
              estimate: 1,
              timeLimit: 1,
              priority: 0,
              submitted: 0,
            });
            cluster.start(task, best, 0);
          }
          for (let m = 0; m < 5; m++) {
            const value = machines.specs[m].attributes?.rack as string;
            expect(cluster.attributes.domainOf(m, rack)).toBe(cluster.attributes.domainNamed(rack, value));
          }
          const present = [0, 1, 2, 3, 4].filter((m) => machines.isPresent(m));
          expect(cluster.total[0]).toBe(present.reduce((sum, m) => sum + machines.capacity[m], 0));
          expect(machines.inKind.reduce((a, b) => a + b, 0)).toBe(5);
          expect(imbalance(cluster)).toBeUndefined();
        }
      }),
      { seed: 20261130, numRuns: 150 },
    );
  });

  it('is of the kind of equal machines again', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus']));
    for (let i = 0; i < 2; i++)
      cluster.addMachine({ name: `m${i}`, capacity: [4], attributes: { rack: 'a' } });
    updateMachine(cluster, 0, { capacity: [4], attributes: { rack: 'b' } });
    expect(cluster.machines.kind[0]).not.toBe(cluster.machines.kind[1]);
    updateMachine(cluster, 1, { capacity: [4], attributes: { rack: 'b' } });
    expect(cluster.machines.kind[0]).toBe(cluster.machines.kind[1]);
  });

  it('keeps its GPU devices', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus', 'gpus']));
    cluster.addMachine({ name: 'm', capacity: [4, 2000] });
    expect(() => updateMachine(cluster, 0, { capacity: [4, 1000], attributes: {} })).toThrow(
      'machine 0 cannot get other GPU devices',
    );
  });
});
