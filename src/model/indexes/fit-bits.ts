import { grown, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';

/** Words of machines that one bit of the summary stands for, as a power of two. */
const WORD_BITS = 5;

/**
 * Which machines may fit tasks of one class, a bit each, with a bit for each word that has any: the first machine that fits is
 * found in a few short looks. A machine without its bit does not fit, for the changes of the table up to `seen`; one with its bit
 * fitted when it was looked at last, and is looked at again when it would be the answer. So `catchUp` reads the rows of those
 * machines alone that did not fit.
 */
export class FitBits {
  /** Changes of the table that are in the bits. */
  seen = 0;
  /** Machines that the bits cover. */
  machines = 0;
  /** The shape that the class id stood for; see TaskClasses.generation. */
  generation = 0;
  /** Checks that answers without the bits have cost; see FirstFitIndex. */
  debt = 0;
  private readonly table: FreeTable;
  private words = new Int32Array(0);
  private summary = new Int32Array(0);

  constructor(table: FreeTable) {
    this.table = table;
  }

  /** Bytes that the bits of one class take. */
  static bytes(machines: number): number {
    return machines / 8 + machines / 256;
  }

  /** Looks at every machine. */
  rebuild(taskClass: TaskClassId): void {
    const { table } = this;
    this.machines = table.count;
    this.words = grown(this.words, (this.machines >> WORD_BITS) + 1);
    this.summary = grown(this.summary, (this.machines >> (2 * WORD_BITS)) + 1);
    this.words.fill(0);
    this.summary.fill(0);
    for (let machine = 0; machine < this.machines; machine++)
      if (table.fits(machine, taskClass)) this.set(machine);
    this.seen = table.changes.head;
    this.generation = table.classes.generation[taskClass];
    this.debt = 0;
  }

  /** Looks at the machines that did not fit and have changed since `seen`; the table must remember the changes. */
  catchUp(taskClass: TaskClassId): void {
    const { table, words } = this;
    const { changes } = table;
    const { head } = changes;
    for (let i = this.seen; i < head; i++) {
      const machine = changes.at(i);
      if ((words[machine >> WORD_BITS] & (1 << (machine & 31))) === 0 && table.fits(machine, taskClass))
        this.set(machine);
    }
    this.seen = head;
  }

  /** The first machine of rank `from` or higher that fits, or NONE; the bits must have caught up. */
  first(taskClass: TaskClassId, from: MachineId): MachineId {
    let machine = this.firstBit(from);
    while (machine !== NONE && !this.table.fits(machine, taskClass)) {
      this.clear(machine);
      machine = this.firstBit(machine + 1);
    }
    return machine;
  }

  private firstBit(from: MachineId): MachineId {
    if (from >= this.machines) return NONE;
    const word = from >> WORD_BITS;
    const rest = this.words[word] & (-1 << (from & 31));
    if (rest !== 0) return (word << WORD_BITS) + lowestBit(rest);
    const next = this.wordFrom(word + 1);
    return next === NONE ? NONE : (next << WORD_BITS) + lowestBit(this.words[next]);
  }

  private wordFrom(word: number): number {
    const { summary } = this;
    let place = word >> WORD_BITS;
    if (place >= summary.length) return NONE;
    let rest = summary[place] & (-1 << (word & 31));
    while (rest === 0) {
      if (++place >= summary.length) return NONE;
      rest = summary[place];
    }
    return (place << WORD_BITS) + lowestBit(rest);
  }

  private set(machine: MachineId): void {
    const word = machine >> WORD_BITS;
    this.words[word] |= 1 << (machine & 31);
    this.summary[word >> WORD_BITS] |= 1 << (word & 31);
  }

  private clear(machine: MachineId): void {
    const word = machine >> WORD_BITS;
    this.words[word] &= ~(1 << (machine & 31));
    if (this.words[word] === 0) this.summary[word >> WORD_BITS] &= ~(1 << (word & 31));
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
