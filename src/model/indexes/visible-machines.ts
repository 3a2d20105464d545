import { grown, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import { FirstFitIndex } from './first-fit-index.js';
import { MachineClasses } from './machine-classes.js';
import type { MachineScore } from './machine-score.js';
import { ScoreCache } from './score-cache.js';

/** The machines that a scheduler may place tasks on, with queries for placements. Ties go to the lowest rank. */
export class VisibleMachines {
  readonly table: FreeTable;
  private readonly firstFitIndex: FirstFitIndex;
  private readonly machineClasses: MachineClasses;
  private readonly scores: ScoreCache;
  private filter: ((machine: MachineId) => boolean) | undefined;
  /** Machines that share the highest score, in rank order. */
  private highest = new Int32Array(0);

  constructor(table: FreeTable) {
    this.table = table;
    this.firstFitIndex = new FirstFitIndex(table);
    this.machineClasses = new MachineClasses(table);
    this.scores = new ScoreCache(table, this.firstFitIndex, this.machineClasses);
  }

  /** Number of machines in the cluster. Machines that are not visible are closed, so no task fits them. */
  get count(): number {
    return this.table.count;
  }

  fits(machine: MachineId, taskClass: TaskClassId): boolean {
    return this.table.fits(machine, taskClass) && this.filter?.(machine) !== false;
  }

  /** The lowest-ranked machine that fits, from rank `from` on; NONE if there is none. */
  firstFit(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    let machine = this.firstFitIndex.first(taskClass, from);
    if (this.filter === undefined) return machine;
    while (machine !== NONE && !this.filter(machine))
      machine = this.firstFitIndex.first(taskClass, machine + 1);
    return machine;
  }

  /** Runs the query `ask` on only the machines that pass the filter. Calls must not be nested. */
  among<T>(filter: (machine: MachineId) => boolean, ask: () => T): T {
    this.filter = filter;
    try {
      return ask();
    } finally {
      this.filter = undefined;
    }
  }

  /**
   * The fitting machine with the highest score; NONE if no machine fits. The lowest rank wins ties. With `random`, all
   * machines with the highest score have the same probability (one draw, or none if there is only one).
   */
  best(taskClass: TaskClassId, score: MachineScore, random?: () => number): MachineId {
    const scores =
      this.filter === undefined && this.canKeep(score) ? this.scores.of(taskClass, score) : undefined;
    if (scores === undefined) return this.bestOfAll(taskClass, score, random);
    if (random === undefined) return scores.winner;
    this.highest = grown(this.highest, this.count);
    return this.drawn(scores.listWinners(this.highest), random);
  }

  /** The same result from a scan of all machines. `best` uses it for scores that are not cached. */
  bestOfAll(taskClass: TaskClassId, score: MachineScore, random?: () => number): MachineId {
    this.highest = grown(this.highest, this.count);
    let ties = 0;
    let highest = Number.NaN;
    this.machineClasses.begin(score, taskClass);
    for (
      let machine = this.firstFit(taskClass);
      machine !== NONE;
      machine = this.firstFit(taskClass, machine + 1)
    ) {
      const value = this.machineClasses.scoreOf(machine);
      if (value < highest) continue;
      if (value !== highest) ties = 0;
      highest = value;
      this.highest[ties++] = machine;
    }
    return random === undefined ? this.drawn(ties, () => 0) : this.drawn(ties, random);
  }

  /** A score that reads tasks becomes stale with every task event, and not every table records all of them. */
  private canKeep(score: MachineScore): boolean {
    return score.pure && (score.reads !== 'row and tasks' || this.table.records === 'all tasks');
  }

  private drawn(count: number, random: () => number): MachineId {
    if (count === 0) return NONE;
    return this.highest[count === 1 ? 0 : Math.floor(random() * count)];
  }
}
