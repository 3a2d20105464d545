import { describe, expect, test } from 'vitest';
import { type FreeTable, type MachineScore, NONE } from '../../src/model/index.js';
import { FirstFitIndex } from '../../src/model/indexes/first-fit-index.js';
import { MachineClasses } from '../../src/model/indexes/machine-classes.js';
import { ScoreCache } from '../../src/model/indexes/score-cache.js';
import { ScoreTournament } from '../../src/model/indexes/score-tournament.js';
import { RandomStreams } from '../../src/sim/random-streams.js';
import { BusyCluster } from './busy-cluster.js';
import { freeOf, rowScore } from './row-score.js';

/** Scores of several kinds: nearly distinct, with many ties, all equal, and one that is not a number now and then. */
const scoresOf = (table: FreeTable): readonly MachineScore[] => [
  rowScore('most free', (machine) => sumOfRow(table, machine)),
  rowScore('parity', (machine) => freeOf(table, machine, 1) % 3),
  rowScore('all equal', () => 0),
  rowScore('not always a number', (machine) => Math.log((freeOf(table, machine, 1) % 5) - 1)),
  // Machines that are alike have other values.
  rowScore('highest rank', (machine) => machine, { isAnonymous: false }),
];

function sumOfRow(table: FreeTable, machine: number): number {
  let sum = 0;
  for (let d = 0; d < table.dims; d++) sum += table.free[machine * table.dims + d];
  return sum;
}

/** The machines of the highest score, in rank order, from a look at every machine. */
function highestOf(
  table: FreeTable,
  taskClass: number,
  score: MachineScore,
  allows: (machine: number) => boolean = () => true,
): number[] {
  const comparable = (machine: number) => {
    const value = score.value(machine, taskClass, NONE);
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  const fitting: number[] = [];
  for (let machine = 0; machine < table.count; machine++)
    if (table.fits(machine, taskClass) && allows(machine)) fitting.push(machine);
  const highest = Math.max(...fitting.map(comparable));
  return fitting.filter((machine) => comparable(machine) === highest);
}

function expectEqual(cache: ScoreCache, table: FreeTable, taskClass: number, score: MachineScore): void {
  const kept = cache.of(taskClass, score);
  if (kept === undefined) return;
  const wanted = highestOf(table, taskClass, score);
  expect(kept.winner, score.name).toBe(wanted[0] ?? NONE);
  const listed = new Int32Array(table.count);
  expect([...listed.subarray(0, kept.listWinners(listed))], score.name).toEqual(wanted);
  // Among some of the machines, with a different choice at each call.
  const allows = (machine: number) => (machine * 7 + table.changes.head) % 5 > 1;
  const among = highestOf(table, taskClass, score, allows);
  expect(kept.winnerAmong(allows), score.name).toBe(among[0] ?? NONE);
}

const cacheOf = (table: FreeTable, maxBytes?: number) =>
  new ScoreCache(table, new FirstFitIndex(table), new MachineClasses(table), maxBytes);

describe('the score cache', () => {
  test('answers as a look at every machine does, while machines fail, drain, come back and join', () => {
    const busy = new BusyCluster(150, new RandomStreams(11).stream('scores'));
    const table = busy.cluster.free;
    const cache = cacheOf(table);
    const scores = scoresOf(table);
    for (let i = 0; i < 10_000; i++) {
      busy.step();
      const taskClass = busy.classes[busy.below(busy.classes.length)];
      expectEqual(cache, table, taskClass, scores[i % scores.length]);
    }
  });

  test('answers so for a framework, which sees only what it is offered', () => {
    const busy = new BusyCluster(100, new RandomStreams(12).stream('scores'));
    const table = busy.cluster.offered.of(0);
    const cache = cacheOf(table);
    const scores = scoresOf(table);
    for (let i = 0; i < 4_000; i++) {
      busy.step();
      busy.cluster.offered.of(0);
      expectEqual(cache, table, busy.classes[i % busy.classes.length], scores[i % scores.length]);
    }
  });

  test('catches up with more changes than the log remembers, and with classes that are rarely asked for', () => {
    const busy = new BusyCluster(150, new RandomStreams(13).stream('scores'));
    const table = busy.cluster.free;
    const cache = cacheOf(table);
    const [mostFree] = scoresOf(table);
    for (let round = 0; round < 6; round++) {
      for (const taskClass of busy.classes) expectEqual(cache, table, taskClass, mostFree);
      const { head } = table.changes;
      // The first class is asked for all the time, the others when the log has forgotten what they missed.
      while (table.changes.head - head < 5_000) {
        busy.step();
        expectEqual(cache, table, busy.classes[0], mostFree);
      }
    }
  });

  test('stays exact when it has room for two classes only', () => {
    const busy = new BusyCluster(60, new RandomStreams(14).stream('scores'));
    const table = busy.cluster.free;
    const cache = cacheOf(table, 2 * ScoreTournament.bytes(70));
    const scores = scoresOf(table);
    for (let i = 0; i < 3_000; i++) {
      busy.step();
      expectEqual(cache, table, busy.classes[busy.below(3)], scores[i % 2]);
    }
  });

  test('scores only what has changed since the class was last asked for', () => {
    const busy = new BusyCluster(100, new RandomStreams(15).stream('scores'));
    const table = busy.cluster.free;
    const cache = cacheOf(table);
    let scored = 0;
    // What reads the tasks of a machine is not shared between machines that look alike.
    const counting = rowScore('counting', () => ++scored && 0, { keeps: 'while row and tasks' });
    const smallest = busy.cluster.classes.acquire({ demand: [1, 1, 0] });
    expect(cache.of(smallest, counting)).toBeUndefined();
    cache.of(smallest, counting);
    expect(scored).toBe(100);
    cache.of(smallest, counting);
    expect(scored).toBe(100);
    for (const machine of [7, 9, 7]) table.changes.record(machine);
    cache.of(smallest, counting);
    expect(scored).toBe(102);
  });

  test('does not take a class for another that had its id', () => {
    const busy = new BusyCluster(20, new RandomStreams(16).stream('scores'));
    const { classes, free } = busy.cluster;
    const cache = cacheOf(free);
    const demandOf = rowScore(
      'fits little',
      (machine, taskClass) => freeOf(free, machine, 0) % (1 + classes.demand[taskClass * free.dims]),
    );
    const ids = Array.from({ length: 4_200 }, (_, i) => classes.acquire({ demand: [i, 1, 0] }));
    const reused = ids[1];
    for (let i = 0; i < 3; i++) expectEqual(cache, free, reused, demandOf);
    classes.release(reused);
    expect(classes.acquire({ demand: [777_777, 0, 0] })).toBe(reused);
    for (let i = 0; i < 3; i++) expectEqual(cache, free, reused, demandOf);
    expect(cache.of(reused, demandOf)?.winner).toBe(NONE);
  });
});

describe('a score that reads the tasks on a machine', () => {
  test('is kept by who sees every task, also those that were placed out of offers', () => {
    const busy = new BusyCluster(40, new RandomStreams(17).stream('scores'));
    const { cluster } = busy;
    const cache = cacheOf(cluster.free);
    const fewestTasks = rowScore('fewest tasks', (machine) => -cluster.machines.tasks[machine], {
      keeps: 'while row and tasks',
    });
    expect(cluster.free.records).toBe('all tasks');
    expect(cluster.offered.of(0).records).toBe('own tasks');
    const nothing = cluster.classes.acquire({ demand: [0, 0, 0] });
    for (let i = 0; i < 3_000; i++) {
      busy.step();
      expectEqual(cache, cluster.free, nothing, fewestTasks);
    }
  });
});

test('values are void when the version of their score changes', () => {
  const busy = new BusyCluster(30, new RandomStreams(18).stream('scores'));
  const table = busy.cluster.free;
  const cache = cacheOf(table);
  let best = 3;
  const versioned = rowScore('one machine', (machine) => (machine === best ? 1 : 0), {
    isAnonymous: false,
    version: () => best,
  });
  const nothing = busy.cluster.classes.acquire({ demand: [0, 0, 0] });
  cache.of(nothing, versioned);
  expect(cache.of(nothing, versioned)?.winner).toBe(3);
  best = 7;
  expect(cache.of(nothing, versioned)?.winner).toBe(7);
});

test('the best allowed machine is found without a look at all machines', () => {
  const tournament = new ScoreTournament();
  tournament.restart(10_000);
  for (let machine = 0; machine < 10_000; machine++) tournament.enter(machine, (machine * 7919) % 10_007);
  tournament.play();
  let asked = 0;
  const rejected = 20;
  tournament.winnerAmong(() => ++asked > rejected);
  expect(asked).toBe(rejected + 1);
});
