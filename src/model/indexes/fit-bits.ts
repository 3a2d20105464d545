import { grown, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';

/** Number of machines per word, and of words per summary word, as a power of two. */
const WORD_BITS = 5;

/**
 * Bits for machines that may fit tasks of one class, with a summary bit for each nonzero word. So the first fitting
 * machine is found in a few steps. For the changes of the table up to `seen`, a machine without its bit does not fit. A
 * machine with its bit fitted at its last check, and is checked again when it would be the answer. So `catchUp` reads
 * only the rows of machines that did not fit.
 */
export class FitBits {
  /** Number of changes of the table that the bits include. */
  seen = 0;
  /** Number of machines that the bits cover. */
  machines = 0;
  /** The generation of the class id; see TaskClasses.generation. */
  generation = 0;
  /** Number of checks spent on answers without the bits; see FirstFitIndex. */
  debt = 0;
  private readonly table: FreeTable;
  private words = new Int32Array(0);
  private summary = new Int32Array(0);

  constructor(table: FreeTable) {
    this.table = table;
  }

  /** Size of the bits of one class, in bytes. */
  static bytes(machines: number): number {
    return machines / 8 + machines / 256;
  }

  /** Checks every machine. */
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

  /** Checks the machines that did not fit and have changed since `seen`. The change log must have these changes. */
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

  /** The first machine of rank `from` or higher that fits, or NONE. The bits must be up to date. */
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
