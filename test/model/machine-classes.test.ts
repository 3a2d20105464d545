import { describe, expect, test } from 'vitest';
import { Cluster, type FreeTable, type MachineScore, ResourceSpace } from '../../src/model/index.js';
import { MachineClasses } from '../../src/model/indexes/machine-classes.js';
import { comparableScore } from '../../src/model/indexes/machine-score.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';

/** Mixes all that a pure score may read of a machine, so that two that differ in anything hardly score the same. */
const READS_ALL: MachineScore = {
  name: 'reads all',
  pure: true,
  score: ({ free, gpuFree, dims, machines }, machine, taskClass) => {
    let sum = taskClass;
    for (let d = 0; d < dims; d++)
      sum = sum * 31 + free[machine * dims + d] + 7 * machines.capacity[machine * dims + d];
    for (let i = machines.gpuStart[machine]; i < machines.gpuStart[machine + 1]; i++)
      sum = sum * 31 + gpuFree[i];
    return sum + Object.values(machines.specs[machine].attributes ?? {}).join().length;
  },
};

function counting(reads: 'row' | 'row and tasks' = 'row') {
  const score = { name: 'counting', pure: true, reads, calls: 0, score: () => ++score.calls && 1 };
  return score;
}

/** Looks at every machine. */
function lookAtAll(classes: MachineClasses, table: FreeTable, score: MachineScore): void {
  classes.begin(score, 0);
  for (let machine = 0; machine < table.count; machine++) classes.scoreOf(machine);
}

function clusterOf(
  capacities: readonly number[],
  attributes: readonly Record<string, string>[] = [],
): Cluster {
  const cluster = new Cluster(new ResourceSpace(['cpus']));
  for (const [rank, cpus] of capacities.entries())
    cluster.addMachine({ name: `m${rank}`, capacity: [cpus], attributes: attributes[rank] ?? {} });
  return cluster;
}

describe('machine classes', () => {
  test('give the score that each machine has by itself, while machines fail, drain, come back and join', () => {
    const busy = new BusyCluster(120, new RandomStreams(31).stream('classes'));
    const table = busy.cluster.free;
    const classes = new MachineClasses(table);
    for (let i = 0; i < 10_000; i++) {
      busy.step();
      if (i % 10 !== 0) continue;
      const taskClass = busy.classes[busy.below(busy.classes.length)];
      classes.begin(READS_ALL, taskClass);
      for (let machine = 0; machine < table.count; machine++) {
        if (!table.fits(machine, taskClass)) continue;
        const alone = comparableScore(READS_ALL, table, machine, taskClass);
        if (classes.scoreOf(machine) !== alone) expect(classes.scoreOf(machine)).toBe(alone);
      }
    }
  });

  test('score one machine of each state', () => {
    const { free } = clusterOf(Array.from({ length: 1000 }, (_, rank) => 1000 * (1 + (rank % 4))));
    const score = counting();
    lookAtAll(new MachineClasses(free), free, score);
    expect(score.calls).toBe(4);
  });

  test('tell machines of equal amounts and other attributes apart', () => {
    const { free } = clusterOf([1000, 1000, 1000], [{ rack: 'a' }, { rack: 'b' }, { rack: 'a' }]);
    const score = counting();
    lookAtAll(new MachineClasses(free), free, score);
    expect(score.calls).toBe(2);
  });

  test('score every machine by itself where hardly two are alike', () => {
    const { free } = clusterOf(Array.from({ length: 500 }, (_, rank) => 1 + Math.min(rank, 400)));
    const score = counting();
    lookAtAll(new MachineClasses(free), free, score);
    // The last hundred are alike, but sharing was given up before.
    expect(score.calls).toBe(500);
  });

  test('share nothing of a score that reads the tasks on a machine', () => {
    const { free } = clusterOf([1000, 1000, 1000]);
    const score = counting('row and tasks');
    lookAtAll(new MachineClasses(free), free, score);
    expect(score.calls).toBe(3);
  });
});
