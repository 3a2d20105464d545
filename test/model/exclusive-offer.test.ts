import { describe, expect, test } from 'vitest';
import {
  Cluster,
  ExclusiveOffer,
  FOREVER,
  FreeTotals,
  LedgerError,
  NONE,
  ResourceSpace,
} from '../../src/model/index.js';
import { RandomStreams } from '../../src/sim/random-streams.js';

const MACHINES = 30;

/** A cell in which tasks start and end, machines close and open, and up to three offers of the whole cell are out. */
class LendingCell {
  readonly cluster = new Cluster(new ResourceSpace(['cpus', 'mem', 'gpus']));
  readonly totals = new FreeTotals(this.cluster);
  readonly offers = [0, 1, 2].map(() => new ExclusiveOffer(this.cluster));
  private readonly random: () => number;
  private readonly running: number[] = [];
  private readonly job: number;
  private readonly taskClass: number;

  constructor(random: () => number) {
    this.random = random;
    for (let i = 0; i < MACHINES; i++)
      this.cluster.addMachine({ name: 'm', capacity: [4000, 16, i % 3 === 0 ? 2000 : 0] });
    this.cluster.addFramework({ name: 'a' });
    this.cluster.addFramework({ name: 'b' });
    this.job = this.cluster.addJob({ name: 'j', framework: 0, submitted: 0 });
    this.taskClass = this.cluster.classes.acquire({ demand: [1000, 2, 0] }, 1e6);
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  step(): void {
    const what = this.below(10);
    if (what < 4) this.start();
    else if (what < 7) this.end();
    else if (what < 8) this.changeState();
    else this.lendOrReturn();
  }

  private start(): void {
    const { cluster, job, taskClass } = this;
    const machine = this.below(MACHINES);
    if (!cluster.free.fits(machine, taskClass)) return;
    const task = cluster.submit({ job, taskClass, estimate: FOREVER, priority: 0, submitted: 0 });
    cluster.start(task, machine, 0);
    this.running.push(task);
  }

  private end(): void {
    if (this.running.length === 0) return;
    this.cluster.finish(this.running.splice(this.below(this.running.length), 1)[0]);
  }

  private changeState(): void {
    const { cluster } = this;
    const machine = this.below(MACHINES);
    const state = (['up', 'draining', 'down'] as const)[this.below(3)];
    if (state === 'down' && cluster.machines.tasks[machine] > 0) return;
    if (state !== 'up')
      for (const offer of this.offers) if (offer.framework !== NONE) offer.giveBackMachine(machine);
    cluster.setMachineState(machine, state);
  }

  private lendOrReturn(): void {
    const offer = this.offers[this.below(3)];
    if (offer.framework !== NONE) {
      offer.giveBack();
      return;
    }
    this.totals.update();
    offer.take(this.below(2), this.totals);
  }
}

describe('an offer of the whole cell', () => {
  test('moves what is free and loses nothing: capacity is free, lent and taken, machine by machine, whoever gives back first', () => {
    const cell = new LendingCell(new RandomStreams(7).stream('lend'));
    const { cluster, offers } = cell;
    const { free, machines } = cluster;
    for (let i = 0; i < 20_000; i++) {
      cell.step();
      for (let row = 0; row < MACHINES * 3; row++) {
        const machine = Math.floor(row / 3);
        const taken = [1000, 2, 0][row % 3] * machines.tasks[machine];
        const lent = offers.reduce((sum, { table }) => sum + (table.free[row] ?? 0), 0);
        if (free.free[row] + lent + taken !== machines.capacity[row])
          expect.fail(`step ${i}, row ${row}: ${free.free[row]} free, ${lent} lent, ${taken} taken`);
      }
      for (let device = 0; device < machines.gpuStart[MACHINES]; device++) {
        const whole = offers.reduce(
          (sum, { table }) => sum + (table.gpuFree[device] ?? 0),
          free.gpuFree[device],
        );
        if (whole !== 1000) expect.fail(`step ${i}: device ${device} has ${whole}`);
      }
    }
  });

  test('is counted as offered, and what is free in all is known without a look at each machine', () => {
    const cell = new LendingCell(new RandomStreams(8).stream('lend'));
    const { cluster, offers, totals } = cell;
    for (let i = 0; i < 5_000; i++) {
      cell.step();
      const lent = [0, 1, 2].map((d) => offers.reduce((sum, offer) => sum + offer.lent[d], 0));
      expect(Array.from(cluster.offered.total)).toEqual(lent);
      totals.update();
      const scanned = [0, 1, 2].map((d) => {
        let sum = 0;
        for (let m = 0; m < MACHINES; m++) sum += cluster.free.open[m] * cluster.free.free[m * 3 + d];
        return sum;
      });
      expect(Array.from(totals.amounts)).toEqual(scanned);
    }
  });

  test('leaves machines out that are not up, and is made once at a time', () => {
    const cell = new LendingCell(new RandomStreams(9).stream('lend'));
    const [offer] = cell.offers;
    cell.cluster.setMachineState(1, 'draining');
    cell.totals.update();
    offer.take(0, cell.totals);
    expect(Array.from(offer.table.free.subarray(0, 6))).toEqual([4000, 16, 2000, 0, 0, 0]);
    expect(offer.table.open[1]).toBe(0);
    expect(() => offer.take(1, cell.totals)).toThrow(LedgerError);
  });
});
