import { describe, expect, test } from 'vitest';
import { type FreeTable, type MachineScore, NONE, VisibleMachines } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';

/** Pure scores of several kinds: without ties, with many, negative ones, and one that is the lowest there is. */
const SCORES: readonly MachineScore[] = [
  { name: 'most cpus', pure: true, score: (table, machine) => table.free[machine * table.dims] },
  { name: 'least mem', pure: true, score: (table, machine) => -table.free[machine * table.dims + 1] },
  { name: 'parity', pure: true, score: (table, machine) => table.free[machine * table.dims + 1] % 2 },
  { name: 'all equal', pure: true, score: () => 0 },
  { name: 'the lowest there is', pure: true, score: () => Number.NEGATIVE_INFINITY },
];

describe('the best machine', () => {
  test('is the one that a look at every machine finds: highest score, then lowest rank', () => {
    const busy = new BusyCluster(150, new RandomStreams(4).stream('best'));
    const visible = new VisibleMachines(busy.cluster.free);
    for (let i = 0; i < 3_000; i++) {
      busy.step();
      const taskClass = busy.classes[busy.below(busy.classes.length)];
      const score = SCORES[i % SCORES.length];
      const wanted = fullScan(busy.cluster.free, taskClass, score);
      expect(visible.best(taskClass, score), `step ${i}, ${score.name}`).toBe(wanted);
    }
  });

  test('is asked for only among machines that fit', () => {
    const busy = new BusyCluster(50, new RandomStreams(5).stream('best'));
    const visible = new VisibleMachines(busy.cluster.free);
    for (let i = 0; i < 300; i++) busy.step();
    for (const taskClass of busy.classes) {
      const score = (table: FreeTable, machine: number, forClass: number) => {
        expect(forClass).toBe(taskClass);
        expect(table.fits(machine, taskClass)).toBe(true);
        return 1;
      };
      visible.best(taskClass, { name: 'watching', pure: false, score });
    }
  });

  test('changes when a machine of another score gains, loses, or stops taking tasks', () => {
    const busy = new BusyCluster(3, new RandomStreams(6).stream('best'));
    const { cluster } = busy;
    const visible = new VisibleMachines(cluster.free);
    const taskClass = cluster.classes.acquire({ demand: [0, 0, 0] });
    const mostCpus = SCORES[0];
    cluster.addMachine({ name: 'big', capacity: [64_000, 1, 0] });
    expect(visible.best(taskClass, mostCpus)).toBe(3);
    cluster.setMachineState(3, 'draining');
    expect(visible.best(taskClass, mostCpus)).not.toBe(3);
    cluster.setMachineState(3, 'up');
    expect(visible.best(taskClass, mostCpus)).toBe(3);
  });
});

function fullScan(table: FreeTable, taskClass: number, score: MachineScore): number {
  let best = NONE;
  for (let machine = 0; machine < table.count; machine++) {
    if (!table.fits(machine, taskClass)) continue;
    const beats =
      best === NONE || score.score(table, machine, taskClass) > score.score(table, best, taskClass);
    if (beats) best = machine;
  }
  return best;
}
