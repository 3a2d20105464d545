import { describe, expect, test } from 'vitest';
import { Cluster, type FreeTable, type MachineScore, NONE, ResourceSpace } from '../../src/model/index.js';
import { MachineClasses } from '../../src/model/indexes/machine-classes.js';
import { comparableScore } from '../../src/model/indexes/machine-score.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';
import { rowScore } from './row-score.js';

/** Mixes all that an anonymous score may read of a machine, so that two that differ in anything hardly score the same. */
function readsAll(table: FreeTable): MachineScore {
  return rowScore('reads all', (machine, taskClass) => {
    const { free, gpuFree, dims, machines } = table;
    let sum = taskClass;
    for (let d = 0; d < dims; d++)
      sum = sum * 31 + free[machine * dims + d] + 7 * machines.capacity[machine * dims + d];
    for (let i = machines.gpuStart[machine]; i < machines.gpuStart[machine + 1]; i++)
      sum = sum * 31 + gpuFree[i];
    return sum + Object.values(machines.specs[machine].attributes ?? {}).join().length;
  });
}

function counting(terms: Partial<MachineScore> = {}) {
  const score = { ...rowScore('counting', () => 1, terms), calls: 0 };
  return Object.assign(score, { value: () => ++score.calls });
}

/** Looks at every machine. */
function lookAtAll(classes: MachineClasses, table: FreeTable, score: MachineScore): void {
  classes.begin(score, 0, NONE);
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
    const score = readsAll(table);
    for (let i = 0; i < 10_000; i++) {
      busy.step();
      if (i % 10 !== 0) continue;
      const taskClass = busy.classes[busy.below(busy.classes.length)];
      classes.begin(score, taskClass, NONE);
      for (let machine = 0; machine < table.count; machine++) {
        if (!table.fits(machine, taskClass)) continue;
        const alone = comparableScore(score, machine, taskClass, NONE);
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
    const score = counting({ keeps: 'while row and tasks' });
    lookAtAll(new MachineClasses(free), free, score);
    expect(score.calls).toBe(3);
  });

  test('share nothing of a score that may tell machines in equal states apart', () => {
    const { free } = clusterOf([1000, 1000, 1000]);
    const score = counting({ isAnonymous: false });
    lookAtAll(new MachineClasses(free), free, score);
    expect(score.calls).toBe(3);
  });
});
