import { grown, NONE } from '../ledger/columns.js';
import { UNCONSTRAINED } from '../ledger/constraints.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskId } from '../ledger/task.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import { FirstFitIndex } from './first-fit-index.js';
import { MachineClasses } from './machine-classes.js';
import { comparableScore, type MachineScore } from './machine-score.js';
import { type Likeness, MachineStates } from './machine-states.js';
import { ScoreCache } from './score-cache.js';

/** May a task use this machine? Room is checked elsewhere. */
export type AllowsMachine = (machine: MachineId) => boolean;

/** A scan of fewer machines costs less than the states of machines. */
const FEW_MACHINES = 256;

/** The machines that a scheduler may place tasks on, with queries for placements. Ties go to the lowest rank. */
export class VisibleMachines {
  readonly table: FreeTable;
  private readonly firstFitIndex: FirstFitIndex;
  private readonly machineClasses: MachineClasses;
  private readonly scores: ScoreCache;
  /** Made when they are first needed. */
  private readonly states: Record<Likeness, MachineStates | undefined> = {
    capacity: undefined,
    kind: undefined,
  };
  /** Scores that told apart machines of equal capacity. */
  private readonly readKind = new WeakSet<MachineScore>();
  /** Machines that share the highest score, in rank order. */
  private highest = new Int32Array(0);

  constructor(table: FreeTable) {
    this.table = table;
    this.firstFitIndex = new FirstFitIndex(table);
    this.machineClasses = new MachineClasses(table);
    this.scores = new ScoreCache(table, this.firstFitIndex, this.machineClasses);
  }

  /** The lowest-ranked machine that fits, from rank `from` on; NONE if there is none. */
  firstFit(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    return this.firstFitIndex.first(taskClass, from);
  }

  /**
   * The fitting machine with the highest score; NONE if no machine fits. The lowest rank wins ties. With `random`, all
   * machines with the highest score have the same probability (one draw, or none if there is only one).
   */
  best(taskClass: TaskClassId, score: MachineScore, random?: () => number): MachineId {
    const scores = this.canKeep(score) ? this.scores.of(taskClass, score) : undefined;
    if (scores === undefined && random === undefined) return this.bestOfStates(taskClass, score);
    if (scores === undefined) return this.bestOfAll(taskClass, NONE, score, random);
    if (random === undefined) return scores.winner;
    this.highest = grown(this.highest, this.table.count);
    return this.drawn(scores.listWinners(this.highest), random);
  }

  /** The same for a score that is not kept, from one machine of each state where states can tell. */
  private bestOfStates(taskClass: TaskClassId, score: MachineScore): MachineId {
    const { table } = this;
    const isOfState = score.isAnonymous && score.keeps === 'while row' && table.count >= FEW_MACHINES;
    // A constraint may name a machine.
    if (!isOfState || table.classes.constraint[taskClass] !== UNCONSTRAINED)
      return this.bestOfAll(taskClass, NONE, score);
    if (!this.readKind.has(score)) {
      const best = this.statesBy('capacity').best(score, taskClass);
      if (typeof best === 'number') return best;
      if (best === 'reads kind') this.readKind.add(score);
    }
    const best = this.readKind.has(score) ? this.statesBy('kind').best(score, taskClass) : 'too many';
    return typeof best === 'number' ? best : this.bestOfAll(taskClass, NONE, score);
  }

  private statesBy(likeness: Likeness): MachineStates {
    this.states[likeness] ??= new MachineStates(this.table, likeness);
    return this.states[likeness];
  }

  /** The same among the machines that are allowed. */
  bestAmong(taskClass: TaskClassId, score: MachineScore, allows: AllowsMachine): MachineId {
    const scores = this.canKeep(score) ? this.scores.of(taskClass, score) : undefined;
    if (scores === undefined) return this.bestOfAll(taskClass, NONE, score, undefined, allows);
    return scores.winnerAmong(allows);
  }

  /**
   * The same result from a scan of all machines, of those that are allowed. For scores that are not kept, and for tasks
   * that may not use every machine.
   */
  bestOfAll(
    taskClass: TaskClassId,
    task: TaskId,
    score: MachineScore,
    random?: () => number,
    allows?: AllowsMachine,
  ): MachineId {
    this.highest = grown(this.highest, this.table.count);
    let ties = 0;
    let highest = Number.NaN;
    this.machineClasses.begin(score, taskClass, task);
    for (
      let machine = this.firstFit(taskClass);
      machine !== NONE;
      machine = this.firstFit(taskClass, machine + 1)
    ) {
      if (allows !== undefined && !allows(machine)) continue;
      const value = this.machineClasses.scoreOf(machine);
      if (value < highest) continue;
      if (value !== highest) ties = 0;
      highest = value;
      this.highest[ties++] = machine;
    }
    return random === undefined ? this.drawn(ties, () => 0) : this.drawn(ties, random);
  }

  /** Is this machine, of those that fit, one with the highest score, by a scan without kept or shared values? */
  isBest(
    machine: MachineId,
    taskClass: TaskClassId,
    score: MachineScore,
    allows: AllowsMachine = () => true,
  ): boolean {
    const value = machine === NONE ? Number.NaN : comparableScore(score, machine, taskClass, NONE);
    for (let other = this.firstFit(taskClass); other !== NONE; other = this.firstFit(taskClass, other + 1))
      if (allows(other) && !(comparableScore(score, other, taskClass, NONE) <= value)) return false;
    return machine === NONE || this.table.fits(machine, taskClass);
  }

  /** May values of this score be kept? Not every table records all events of the tasks on its machines. */
  canKeep(score: MachineScore): boolean {
    if (score.keeps === 'while row and tasks') return this.table.records === 'all tasks';
    return score.keeps === 'while row';
  }

  private drawn(count: number, random: () => number): MachineId {
    if (count === 0) return NONE;
    return this.highest[count === 1 ? 0 : Math.floor(random() * count)];
  }
}
