import { describe, expect, test } from 'vitest';
import { type FreeTable, type MachineScore, NONE, VisibleMachines } from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';
import { freeOf, rowScore } from './row-score.js';

/** Scores of several kinds: without ties, with many, negative ones, and one that is the lowest there is. */
const scoresOf = (table: FreeTable): readonly MachineScore[] => [
  rowScore('most cpus', (machine) => freeOf(table, machine, 0)),
  rowScore('least mem', (machine) => -freeOf(table, machine, 1)),
  rowScore('parity', (machine) => freeOf(table, machine, 1) % 2),
  rowScore('all equal', () => 0),
  rowScore('the lowest there is', () => Number.NEGATIVE_INFINITY),
  rowScore('highest rank', (machine) => machine, { isAnonymous: false }),
];

describe('the best machine', () => {
  test('is the one that a look at every machine finds: highest score, then lowest rank', () => {
    const busy = new BusyCluster(150, new RandomStreams(4).stream('best'));
    const visible = new VisibleMachines(busy.cluster.free);
    const scores = scoresOf(busy.cluster.free);
    for (let i = 0; i < 3_000; i++) {
      busy.step();
      const taskClass = busy.classes[busy.below(busy.classes.length)];
      const score = scores[i % scores.length];
      const wanted = fullScan(busy.cluster.free, taskClass, score);
      expect(visible.best(taskClass, score), `step ${i}, ${score.name}`).toBe(wanted);
    }
  });

  test('is asked for only among machines that fit', () => {
    const busy = new BusyCluster(50, new RandomStreams(5).stream('best'));
    const visible = new VisibleMachines(busy.cluster.free);
    for (let i = 0; i < 300; i++) busy.step();
    for (const taskClass of busy.classes) {
      const value = (machine: number, forClass: number) => {
        expect(forClass).toBe(taskClass);
        expect(busy.cluster.free.fits(machine, taskClass)).toBe(true);
        return 1;
      };
      visible.best(taskClass, rowScore('watching', value, { keeps: 'no' }));
    }
  });

  test('changes when a machine of another score gains, loses, or stops taking tasks', () => {
    const busy = new BusyCluster(3, new RandomStreams(6).stream('best'));
    const { cluster } = busy;
    const visible = new VisibleMachines(cluster.free);
    const taskClass = cluster.classes.acquire({ demand: [0, 0, 0] });
    const [mostCpus] = scoresOf(cluster.free);
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
    const value = score.value(machine, taskClass, NONE);
    if (best === NONE || value > score.value(best, taskClass, NONE)) best = machine;
  }
  return best;
}
