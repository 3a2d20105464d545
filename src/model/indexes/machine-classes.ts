import { mixed } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import { comparableScore, type MachineScore } from './machine-score.js';

/** Classes that are told apart in one look; more than half of the places are never taken. */
const PLACES = 2048;
const MAX_CLASSES = PLACES / 2;

/** So many more machines may be in a class of their own than in one that was met before, until sharing is given up. */
const PATIENCE = 64;

/**
 * Machines in the same state (shape, free amounts, free devices) form one class and share a pure score, as in Borg, which
 * scores one machine of each class (Verma et al., EuroSys 2015, section 3.4, equivalence classes). One look over the machines at a time; where
 * hardly two machines are alike the rest of the look scores each by itself, and has lost next to nothing.
 *
 * Typed arrays of a fixed size with stamps, because a look happens for every decision that no kept score answers.
 */
export class MachineClasses {
  private readonly table: FreeTable;
  /** The first machine met of the class in each place, its score, and the look that put it there. */
  private readonly first = new Int32Array(PLACES);
  private readonly scores = new Float64Array(PLACES);
  private readonly looks = new Float64Array(PLACES);
  private look = 0;
  private score: MachineScore | undefined;
  private taskClass: TaskClassId = 0;
  /** Machines that may still be alone in their class. */
  private patience = 0;
  private classes = 0;

  constructor(table: FreeTable) {
    this.table = table;
  }

  /** A look by this pure score begins. What reads the tasks on a machine is not shared. */
  begin(score: MachineScore, taskClass: TaskClassId): void {
    this.look++;
    this.score = score;
    this.taskClass = taskClass;
    this.classes = 0;
    this.patience = score.pure && score.reads !== 'row and tasks' ? PATIENCE : 0;
  }

  /** The comparable score of a machine that fits; the table has not changed since the look began. */
  scoreOf(machine: MachineId): number {
    const { table, taskClass } = this;
    const score = this.score as MachineScore;
    if (this.patience === 0) return comparableScore(score, table, machine, taskClass);
    let place = this.hashOf(machine);
    while (this.looks[place] === this.look) {
      if (this.areAlike(this.first[place], machine)) {
        this.patience++;
        return this.scores[place];
      }
      place = (place + 1) & (PLACES - 1);
    }
    const value = comparableScore(score, table, machine, taskClass);
    this.patience = ++this.classes === MAX_CLASSES ? 0 : this.patience - 1;
    this.looks[place] = this.look;
    this.first[place] = machine;
    this.scores[place] = value;
    return value;
  }

  private hashOf(machine: MachineId): number {
    const { free, gpuFree, dims, machines } = this.table;
    const { gpuStart } = machines;
    let hash = machines.shape[machine];
    for (let i = machine * dims; i < (machine + 1) * dims; i++) hash = mixed(hash, free[i]);
    for (let i = gpuStart[machine]; i < gpuStart[machine + 1]; i++) hash = mixed(hash, gpuFree[i]);
    return (hash ^ (hash >>> 15)) & (PLACES - 1);
  }

  private areAlike(one: MachineId, other: MachineId): boolean {
    const { free, gpuFree, dims, machines } = this.table;
    const { gpuStart, shape } = machines;
    if (shape[one] !== shape[other]) return false;
    for (let d = 0; d < dims; d++) if (free[one * dims + d] !== free[other * dims + d]) return false;
    const devices = gpuStart[one + 1] - gpuStart[one];
    for (let i = 0; i < devices; i++)
      if (gpuFree[gpuStart[one] + i] !== gpuFree[gpuStart[other] + i]) return false;
    return true;
  }
}
