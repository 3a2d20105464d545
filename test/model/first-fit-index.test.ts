import { describe, expect, test } from 'vitest';
import { Cluster, FirstFitIndex, type FreeTable, NONE, ResourceSpace } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';

describe('the first-fit index', () => {
  test('answers as a scan over all machines does, through 10,000 random changes', () => {
    const busy = new BusyCluster(300, new RandomStreams(1).stream('first-fit'));
    const index = new FirstFitIndex(busy.cluster.free);
    let found = 0;
    for (let i = 0; i < 10_000; i++) {
      busy.step();
      const taskClass = busy.classes[busy.below(busy.classes.length)];
      const from = busy.below(4) === 0 ? busy.below(busy.cluster.machines.count + 2) : 0;
      const machine = scan(busy.cluster.free, taskClass, from);
      expect(index.first(taskClass, from), `step ${i}, class ${taskClass} from ${from}`).toBe(machine);
      if (machine > 64) found++;
    }
    expect(found).toBeGreaterThan(1000);
  });

  test('begins at the given rank, whether it goes by bits or by bounds', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus']));
    for (let i = 0; i < 70; i++) cluster.addMachine({ name: `m${i}`, capacity: [1] });
    const taskClass = cluster.classes.acquire({ demand: [1] });
    for (const index of [new FirstFitIndex(cluster.free), new FirstFitIndex(cluster.free, 0)])
      expect([0, 1, 63, 64, 69, 70].map((from) => index.first(taskClass, from))).toEqual([
        0,
        1,
        63,
        64,
        69,
        NONE,
      ]);
  });

  test('knows nothing of a class whose number stands for another one by now', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus']));
    cluster.addMachine({ name: 'm0', capacity: [10_000] });
    const { classes } = cluster;
    const index = new FirstFitIndex(cluster.free);
    const small = classes.acquire({ demand: [1] });
    expect(index.first(small)).toBe(0);
    // Classes without tasks are kept until there are many.
    for (let demand = 2; demand <= 4200; demand++) classes.acquire({ demand: [demand] });
    classes.release(small);
    const large = classes.acquire({ demand: [20_000] });
    expect(large).toBe(small);
    expect(index.first(large)).toBe(NONE);
  });

  test('answers so for a framework, which sees only what it is offered', () => {
    const busy = new BusyCluster(200, new RandomStreams(2).stream('first-fit'));
    const index = new FirstFitIndex(busy.cluster.offered.of(0));
    for (let i = 0; i < 4_000; i++) {
      busy.step();
      const taskClass = busy.classes[i % busy.classes.length];
      const table = busy.cluster.offered.of(0);
      expect(index.first(taskClass), `step ${i}`).toBe(scan(table, taskClass, 0));
    }
  });

  test('catches up with more changes than the log remembers', () => {
    const busy = new BusyCluster(150, new RandomStreams(3).stream('first-fit'));
    const index = new FirstFitIndex(busy.cluster.free);
    for (let round = 0; round < 5; round++) {
      for (const taskClass of busy.classes)
        expect(index.first(taskClass)).toBe(scan(busy.cluster.free, taskClass, 0));
      const { head } = busy.cluster.free.changes;
      while (busy.cluster.free.changes.head - head < 5_000) busy.step();
      expect(busy.cluster.free.changes.remembers(head)).toBe(false);
    }
  });

  test('does not miss what changed before all that the log remembers', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus']));
    for (let i = 0; i < 200; i++) cluster.addMachine({ name: `m${i}`, capacity: [1] });
    const taskClass = cluster.classes.acquire({ demand: [1] });
    for (let machine = 0; machine < 200; machine++) cluster.setMachineState(machine, 'down');
    const index = new FirstFitIndex(cluster.free);
    expect(index.first(taskClass)).toBe(NONE);
    cluster.setMachineState(150, 'up');
    for (let i = 0; i < 3000; i++)
      for (const state of ['up', 'down'] as const) cluster.setMachineState(0, state);
    expect(index.first(taskClass)).toBe(150);
  });

  test('finds nothing in a cluster without machines, and a machine that joins later', () => {
    const cluster = new Cluster(new ResourceSpace(['cpus']));
    const index = new FirstFitIndex(cluster.free);
    const taskClass = cluster.classes.acquire({ demand: [1] });
    expect(index.first(taskClass)).toBe(NONE);
    cluster.addMachine({ name: 'm0', capacity: [1] });
    expect(index.first(taskClass)).toBe(0);
    expect(index.first(taskClass, 1)).toBe(NONE);
  });
});

function scan(table: FreeTable, taskClass: number, from: number): number {
  for (let machine = from; machine < table.count; machine++)
    if (table.fits(machine, taskClass)) return machine;
  return NONE;
}
