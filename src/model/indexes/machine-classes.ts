import { mixed, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskId } from '../ledger/task.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import { comparableScore, type MachineScore } from './machine-score.js';

/** Size of the hash table. More than half of it stays empty, which limits the number of classes. */
const PLACES = 2048;
const MAX_CLASSES = PLACES / 2;

const NO_MACHINES = new Int32Array(0);
const NO_VALUES = new Float64Array(0);

/** Sharing stops when the machines in a new class outnumber those in a known class by this. */
const PATIENCE = 64;

/**
 * Machines in the same state (kind, free amounts, free devices) form one class and share an anonymous score. Borg also
 * scores one machine of each class (Verma et al., EuroSys 2015, section 3.4, equivalence classes). Classes are valid
 * for one scan over the machines. If hardly any two machines are alike, the rest of the scan scores each machine
 * separately, at almost no extra cost.
 *
 * The arrays have a fixed size and are reset by stamps, because a scan runs for every decision that no cached score
 * answers. They are made at the first scan, because there may be a thousand frameworks that never scan.
 */
export class MachineClasses {
  private readonly table: FreeTable;
  /** The first machine of the class in each place, its score, and the scan that set it. */
  private first = NO_MACHINES;
  private scores = NO_VALUES;
  private looks = NO_VALUES;
  private look = 0;
  private score: MachineScore | undefined;
  private taskClass: TaskClassId = 0;
  private task: TaskId = NONE;
  /** Number of further machines that may be in a new class. */
  private patience = 0;
  private classes = 0;

  constructor(table: FreeTable) {
    this.table = table;
  }

  /** Begins a scan by this score. Only anonymous scores of rows are shared. */
  begin(score: MachineScore, taskClass: TaskClassId, task: TaskId): void {
    this.look++;
    if (this.first.length === 0) {
      this.first = new Int32Array(PLACES);
      this.scores = new Float64Array(PLACES);
      this.looks = new Float64Array(PLACES);
    }
    this.score = score;
    this.taskClass = taskClass;
    this.task = task;
    this.classes = 0;
    this.patience = score.isAnonymous && score.keeps === 'while row' ? PATIENCE : 0;
  }

  /** The comparable score of a machine that fits. The table must not have changed since the scan began. */
  scoreOf(machine: MachineId): number {
    const { taskClass, task } = this;
    const score = this.score as MachineScore;
    if (this.patience === 0) return comparableScore(score, machine, taskClass, task);
    let place = this.hashOf(machine);
    while (this.looks[place] === this.look) {
      if (this.areAlike(this.first[place], machine)) {
        this.patience++;
        return this.scores[place];
      }
      place = (place + 1) & (PLACES - 1);
    }
    const value = comparableScore(score, machine, taskClass, task);
    this.patience = ++this.classes === MAX_CLASSES ? 0 : this.patience - 1;
    this.looks[place] = this.look;
    this.first[place] = machine;
    this.scores[place] = value;
    return value;
  }

  private hashOf(machine: MachineId): number {
    const { free, gpuFree, dims, machines } = this.table;
    const { gpuStart } = machines;
    let hash = machines.kind[machine];
    for (let i = machine * dims; i < (machine + 1) * dims; i++) hash = mixed(hash, free[i]);
    for (let i = gpuStart[machine]; i < gpuStart[machine + 1]; i++) hash = mixed(hash, gpuFree[i]);
    return (hash ^ (hash >>> 15)) & (PLACES - 1);
  }

  private areAlike(one: MachineId, other: MachineId): boolean {
    const { free, gpuFree, dims, machines } = this.table;
    const { gpuStart, kind } = machines;
    if (kind[one] !== kind[other]) return false;
    for (let d = 0; d < dims; d++) if (free[one * dims + d] !== free[other * dims + d]) return false;
    const devices = gpuStart[one + 1] - gpuStart[one];
    for (let i = 0; i < devices; i++)
      if (gpuFree[gpuStart[one] + i] !== gpuFree[gpuStart[other] + i]) return false;
    return true;
  }
}
