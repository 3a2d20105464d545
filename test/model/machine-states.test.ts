import { describe, expect, test } from 'vitest';
import { Cluster, type FreeTable, type MachineScore, NONE, ResourceSpace } from '../../src/model/index.js';
import { comparableScore } from '../../src/model/indexes/machine-score.js';
import { type Likeness, MachineStates } from '../../src/model/indexes/machine-states.js';
import { VisibleMachines } from '../../src/model/indexes/visible-machines.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';
import { freeOf, rowScore } from './row-score.js';

/** Scores by the row of a machine, with many ties; one has values that are no numbers. */
function rowScores(table: FreeTable, kindReads?: () => number): MachineScore[] {
  const terms = kindReads === undefined ? {} : { kindReads };
  const devices = (machine: number) => {
    const { gpuStart } = table.machines;
    return table.gpuFree.slice(gpuStart[machine], gpuStart[machine + 1]).reduce((sum, left) => sum + left, 0);
  };
  return [
    rowScore('most memory', (machine) => freeOf(table, machine, 1), terms),
    rowScore('fewest cores', (machine) => -freeOf(table, machine, 0), terms),
    rowScore('devices', (machine, taskClass) => (devices(machine) % 700) + taskClass, terms),
    rowScore('equal', () => 1, terms),
    rowScore('no number', (machine) => (freeOf(table, machine, 1) % 3 === 0 ? Number.NaN : 2), terms),
  ];
}

/** The rule: the highest value of all machines that fit, the lowest rank on ties. */
function naiveBest(table: FreeTable, score: MachineScore, taskClass: number): number {
  let best = NONE;
  let highest = Number.NaN;
  for (let machine = 0; machine < table.count; machine++) {
    if (!table.fits(machine, taskClass)) continue;
    const value = comparableScore(score, machine, taskClass, NONE);
    if (best !== NONE && value <= highest) continue;
    best = machine;
    highest = value;
  }
  return best;
}

describe('the states of machines', () => {
  test.each<Likeness>(['capacity', 'kind'])('by %s answer as a look at every machine does', (likeness) => {
    const busy = new BusyCluster(400, new RandomStreams(7).stream('states'));
    const table = busy.cluster.free;
    const states = new MachineStates(table, likeness, 0);
    const reads = likeness === 'capacity' ? () => 0 : undefined;
    const scores = rowScores(table, reads);
    const plain = busy.classes.filter((taskClass) => busy.cluster.classes.constraint[taskClass] === 0);
    let answers = 0;
    for (let i = 0; i < 6000; i++) {
      busy.step();
      // At times more changes than machines lie between two questions.
      if (i % 1000 > 400 && i % 1000 < 990) continue;
      const taskClass = plain[busy.below(plain.length)];
      const score = scores[i % scores.length];
      const best = states.best(score, taskClass);
      answers++;
      if (best !== naiveBest(table, score, taskClass)) expect(best).toBe(naiveBest(table, score, taskClass));
    }
    expect(answers).toBeGreaterThan(500);
  });

  test('are not asked by capacity about a score that reads kinds, or that does not count them', () => {
    const { free } = clusterOf(300);
    const states = new MachineStates(free, 'capacity');
    let reads = 0;
    const counted = rowScore('rack', () => ++reads, { kindReads: () => reads });
    expect(states.best(counted, 0)).toBe('reads kind');
    expect(
      states.best(
        rowScore('uncounted', () => 1),
        0,
      ),
    ).toBe('reads kind');
  });

  test('score one machine of each', () => {
    const { free } = clusterOf(1000);
    let calls = 0;
    const score = rowScore('counting', () => ++calls, { kindReads: () => 0 });
    expect(new MachineStates(free, 'capacity').best(score, 0)).not.toBe(NONE);
    expect(calls).toBe(4);
  });

  test('give up while most machines differ', () => {
    const { free } = clusterOf(300, (rank) => 1000 + rank);
    expect(
      new MachineStates(free, 'capacity').best(
        rowScore('equal', () => 1, { kindReads: () => 0 }),
        0,
      ),
    ).toBe('too many');
  });
});

test('a class that is new gets the machine of a full scan, also by a score that reads attributes', () => {
  const { free, machines, constraints, classes } = clusterOf(600);
  const visible = new VisibleMachines(free);
  let reads = 0;
  const rack = (machine: number) => {
    reads++;
    return Number(machines.specs[machine].attributes?.rack);
  };
  const r3 = constraints.intern([{ attribute: 'rack', operator: 'equal', values: ['3'] }]);
  const scores = [
    rowScore('rack', rack, { kindReads: () => reads }),
    ...rowScores(free, () => 0),
    ...rowScores(free),
  ];
  for (let cpus = 0; cpus < 40; cpus++)
    for (const score of scores) {
      const shape = { demand: [100 * cpus], ...(cpus % 4 === 3 && { constraint: r3 }) };
      const taskClass = classes.acquire(shape);
      expect(visible.best(taskClass, score)).toBe(naiveBest(free, score, taskClass));
    }
});

function clusterOf(machines: number, cpusOf = (rank: number) => 1000 * (1 + (rank % 4))): Cluster {
  const cluster = new Cluster(new ResourceSpace(['cpus']));
  for (let rank = 0; rank < machines; rank++)
    cluster.addMachine({
      name: `m${rank}`,
      capacity: [cpusOf(rank)],
      attributes: { rack: String((rank * 7) % 5) },
    });
  cluster.classes.acquire({ demand: [1] });
  return cluster;
}
