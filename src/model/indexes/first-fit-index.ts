import { grown, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';

/** Up to this number of checks an update is always worth it, because an answer by the bounds costs about as much. */
const ALWAYS = 512;

/** Number of machines per word, and of words per summary word, as a power of two. */
const WORD_BITS = 5;

/** Machines of a block, as a power of two. */
const BLOCK_BITS = 6;
const BLOCK = 1 << BLOCK_BITS;

/** On so few machines a scan costs less than the update of an index. */
const FEW_MACHINES = 8;

/** Maximum size of the bits of one table. Further classes are answered by the bounds. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * Finds the lowest-ranked machine that fits, without a scan of all machines. The answer is exact: it equals that of a
 * scan (test/model/first-fit-index.test.ts).
 *
 * Recurring task classes have a bit per machine (FitBits). Only machines that changed since the last query of the class
 * are checked. Other classes use bounds of blocks of machines. The bits of a class are built, or updated after a long
 * time, once the checks without them add up to the cost of that. So bits at most double the work.
 */
export class FirstFitIndex {
  private readonly table: FreeTable;
  private readonly bounds: BlockBounds;
  private readonly bits: (FitBits | undefined)[] = [];
  private readonly maxBytes: number;
  private bytes = 0;

  constructor(table: FreeTable, maxBytes = MAX_BYTES) {
    this.table = table;
    this.bounds = new BlockBounds(table);
    this.maxBytes = maxBytes;
  }

  /** The first machine of rank `from` or higher that fits a task of this class, or NONE. */
  first(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    if (this.table.count <= FEW_MACHINES) return this.scan(taskClass, from);
    const bits = this.bits[taskClass] ?? this.admit(taskClass);
    if (bits === undefined) return this.bounds.first(taskClass, from);
    const cost = this.updateCost(bits, taskClass);
    if (cost <= ALWAYS || cost <= bits.debt || cost < this.bounds.updateCost()) {
      this.update(bits, taskClass);
      return bits.first(taskClass, from);
    }
    const machine = this.bounds.first(taskClass, from);
    bits.debt += this.bounds.looks;
    return machine;
  }

  private scan(taskClass: TaskClassId, from: MachineId): MachineId {
    const { table } = this;
    for (let machine = from; machine < table.count; machine++)
      if (table.fits(machine, taskClass)) return machine;
    return NONE;
  }

  /** Number of checks needed to update the bits. */
  private updateCost(bits: FitBits, taskClass: TaskClassId): number {
    const missed = this.table.gains.head - bits.seen;
    return this.isFollowing(bits, taskClass) && missed < this.table.count ? missed : this.table.count;
  }

  private update(bits: FitBits, taskClass: TaskClassId): void {
    if (bits.seen === this.table.gains.head && this.isFollowing(bits, taskClass)) return;
    if (this.updateCost(bits, taskClass) < this.table.count) bits.catchUp(taskClass);
    else bits.rebuild(taskClass);
    bits.debt = 0;
  }

  /** Whether the bits belong to this class and these machines, and the log has all gains since. */
  private isFollowing(bits: FitBits, taskClass: TaskClassId): boolean {
    const { table } = this;
    return (
      bits.machines === table.count &&
      bits.generation === table.classes.generation[taskClass] &&
      table.gains.remembers(bits.seen)
    );
  }

  private admit(taskClass: TaskClassId): FitBits | undefined {
    const bytes = FitBits.bytes(this.table.count);
    if (this.bytes + bytes > this.maxBytes) return undefined;
    this.bytes += bytes;
    const bits = new FitBits(this.table);
    this.bits[taskClass] = bits;
    return bits;
  }
}

/**
 * Bits for machines that may fit tasks of one class, with a summary bit for each nonzero word. So the first fitting
 * machine is found in a few steps. For the gains of the table up to `seen`, a machine without its bit does not fit. A
 * machine with its bit fitted at its last check, and is checked again when it would be the answer. So `catchUp` reads
 * only the rows of machines that did not fit.
 */
class FitBits {
  /** Number of gains of the table that the bits include. A start only clears bits, which the next check does. */
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
    this.seen = table.gains.head;
    this.generation = table.classes.generation[taskClass];
    this.debt = 0;
  }

  /** Checks the machines that did not fit and have gained room since `seen`. The log must have these gains. */
  catchUp(taskClass: TaskClassId): void {
    const { table, words } = this;
    const { gains } = table;
    const { head } = gains;
    for (let i = this.seen; i < head; i++) {
      const machine = gains.at(i);
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

/**
 * Finds the lowest-ranked machine that fits, by bounds on the free resources of neighbouring machines.
 *
 * Machines form blocks of 64. Each block has an upper bound of the free amount on any of its machines, per dimension.
 * Blocks with too small a bound are skipped. A bound is raised when a machine gains resources. It is made exact only
 * after a search of the block found nothing. So a change costs one comparison per dimension. The answer is exact: it
 * equals that of a scan over all machines (test/model/first-fit-index.test.ts).
 */
class BlockBounds {
  /** Number of blocks and machines checked for the last answer. */
  looks = 0;
  private readonly table: FreeTable;
  private readonly dims: number;
  private blocks = 0;
  /** `bound[block * dims + dimension]`; -1 if no machine of the block is open. */
  private bound = new Int32Array(0);
  private cursor = 0;
  private rows = 0;

  constructor(table: FreeTable) {
    this.table = table;
    this.dims = table.dims;
  }

  /** The first machine of rank `from` or higher that fits a task of this class, or NONE. */
  first(taskClass: TaskClassId, from: MachineId = 0): MachineId {
    this.catchUp();
    const dims = this.dims;
    const demand = this.table.classes.demand;
    const want = taskClass * dims;
    let looks = 0;
    for (let block = from >> BLOCK_BITS; block < this.blocks; block++) {
      let possible = true;
      looks++;
      for (let d = 0; d < dims; d++) {
        if (this.bound[block * dims + d] < demand[want + d]) {
          possible = false;
          break;
        }
      }
      if (!possible) continue;
      const start = block << BLOCK_BITS;
      const end = Math.min(start + BLOCK, this.rows);
      looks += end - start;
      for (let machine = Math.max(start, from); machine < end; machine++) {
        if (!this.table.fits(machine, taskClass)) continue;
        this.looks = looks;
        return machine;
      }
      this.measure(block);
    }
    this.looks = looks;
    return NONE;
  }

  /** Number of checks needed to update the bounds, which the next answer does. */
  updateCost(): number {
    const { gains, count } = this.table;
    const isFollowing = this.rows === count && gains.remembers(this.cursor);
    return isFollowing ? gains.head - this.cursor : count;
  }

  private catchUp(): void {
    const { gains } = this.table;
    if (this.rows !== this.table.count || !gains.remembers(this.cursor)) {
      this.rebuild();
    } else {
      for (let i = this.cursor; i < gains.head; i++) this.raise(gains.at(i));
    }
    this.cursor = gains.head;
  }

  private rebuild(): void {
    this.rows = this.table.count;
    this.blocks = (this.rows + BLOCK - 1) >> BLOCK_BITS;
    this.bound = new Int32Array(this.blocks * this.dims);
    for (let block = 0; block < this.blocks; block++) this.measure(block);
  }

  private raise(machine: MachineId): void {
    if (this.table.open[machine] === 0) return;
    const dims = this.dims;
    let row = machine * dims;
    let bound = (machine >> BLOCK_BITS) * dims;
    for (let d = 0; d < dims; d++, row++, bound++) {
      if (this.table.free[row] > this.bound[bound]) this.bound[bound] = this.table.free[row];
    }
  }

  private measure(block: number): void {
    const dims = this.dims;
    this.bound.fill(-1, block * dims, (block + 1) * dims);
    const end = Math.min((block + 1) << BLOCK_BITS, this.rows);
    for (let machine = block << BLOCK_BITS; machine < end; machine++) this.raise(machine);
  }
}
