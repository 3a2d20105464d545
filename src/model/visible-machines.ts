import { NONE } from './columns.js';
import type { FreeTable } from './free-table.js';
import { FirstFitIndex } from './indexes/first-fit-index.js';
import type { MachineId } from './machine.js';
import type { TaskClassId } from './task-classes.js';

/**
 * How good a machine is for a task of a class; the highest wins. A **pure** score reads nothing but the machine's row
 * and the class, so that it may be remembered while neither has changed.
 */
export interface MachineScore {
  readonly name: string;
  readonly pure: boolean;
  /** Called only for machines that fit. */
  score(table: FreeTable, machine: MachineId, taskClass: TaskClassId): number;
}

/** The machines a scheduler may place on, with the questions a placement asks. Ties go to the lowest rank. */
export class VisibleMachines {
  readonly table: FreeTable;
  private readonly firstFitIndex: FirstFitIndex;

  constructor(table: FreeTable) {
    this.table = table;
    this.firstFitIndex = new FirstFitIndex(table);
  }

  /** Number of machines in the cluster; those that are not visible are closed and fit nothing. */
  get count(): number {
    return this.table.count;
  }

  fits(machine: MachineId, taskClass: TaskClassId): boolean {
    return this.table.fits(machine, taskClass);
  }

  /** The fitting machine of the lowest rank, from rank `from` on; NONE when there is none. */
  firstFit(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    return this.firstFitIndex.first(taskClass, from);
  }

  /** The fitting machine with the highest score, lowest rank on ties; NONE when nothing fits. */
  best(taskClass: TaskClassId, score: MachineScore): MachineId {
    let best = NONE;
    let highest = Number.NEGATIVE_INFINITY;
    for (
      let machine = this.firstFit(taskClass);
      machine !== NONE;
      machine = this.firstFit(taskClass, machine + 1)
    ) {
      const value = score.score(this.table, machine, taskClass);
      if (best === NONE || value > highest) {
        best = machine;
        highest = value;
      }
    }
    return best;
  }
}
