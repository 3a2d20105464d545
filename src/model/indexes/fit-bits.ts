import { grown, NONE } from '../columns.js';
import { UNCONSTRAINED } from '../constraints.js';
import type { FreeTable } from '../free-table.js';
import type { MachineId } from '../machine.js';
import type { TaskClassId } from '../task-classes.js';

/** Words of machines that one bit of the summary stands for, as a power of two. */
const WORD_BITS = 5;

/**
 * Which machines fit tasks of one class, a bit each, with a bit for each word that has any: the first machine that fits is
 * found in two short looks. Bits are right for the changes of the table up to `seen`; `catchUp` looks at the machines that
 * have changed since.
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

  /** Looks at the machines that have changed since `seen`; the table must remember them. */
  catchUp(taskClass: TaskClassId): void {
    const { table, words, summary } = this;
    const { changes, classes, free, open, dims } = table;
    const { demand } = classes;
    const want = taskClass * dims;
    // A fit check is more than amounts for some classes only; the others are checked here, since each class meets each change.
    const isPlain = classes.gpuCount[taskClass] === 0 && classes.constraint[taskClass] === UNCONSTRAINED;
    const { head } = changes;
    for (let i = this.seen; i < head; i++) {
      const machine = changes.at(i);
      let fits = open[machine] !== 0;
      for (let d = 0, row = machine * dims; d < dims; d++) fits &&= free[row + d] >= demand[want + d];
      if (fits && !isPlain) fits = table.fits(machine, taskClass);
      const word = machine >> WORD_BITS;
      const before = words[word];
      const after = fits ? before | (1 << (machine & 31)) : before & ~(1 << (machine & 31));
      if (before === after) continue;
      words[word] = after;
      if (after === 0) summary[word >> WORD_BITS] &= ~(1 << (word & 31));
      else if (before === 0) summary[word >> WORD_BITS] |= 1 << (word & 31);
    }
    this.seen = head;
  }

  /** The first machine of rank `from` or higher that fits, or NONE. */
  first(from: MachineId): MachineId {
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
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
