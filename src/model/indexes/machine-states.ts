import { grown, mixed, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { MachineId } from '../ledger/machine.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import { comparableScore, type MachineScore } from './machine-score.js';

/** What makes machines alike, besides capacity, free amounts and free devices: nothing, or also their kind with its attributes. */
export type Likeness = 'capacity' | 'kind';

/** An answer that the states cannot give: the score told apart machines of one state, or there are too many states. */
export type NoAnswer = 'reads kind' | 'too many';

/** With more states than one per this many machines, a scan of the machines is faster. */
const MACHINES_PER_STATE = 3;
/** Number of questions that are left out when there were too many states. */
const REST = 64;

/**
 * The open machines by their state, with the lowest rank of each. An anonymous score is computed once per state, so a new task class
 * costs as much as there are states: on a large cluster, mostly the number of machines in use.
 *
 * The index follows the change log. A state has its members in a heap by rank. Members that left stay there until they come to the
 * top.
 */
export class MachineStates {
  private readonly table: FreeTable;
  private readonly likeness: Likeness;
  private readonly machinesPerState: number;
  private cursor = 0;
  private rows = 0;
  private rest = 0;
  /** State of each machine; NONE if it is closed. */
  private stateOf = new Int32Array(0);
  /** Words of each state: what its machines have in common. */
  private words = new Int32Array(0);
  private stride = 1;
  private scratch = new Int32Array(1);
  private sizes = new Int32Array(0);
  private members: MachineId[][] = [];
  /** The states in use, and the place of each in this list. */
  private live = new Int32Array(0);
  private placeOf = new Int32Array(0);
  private liveCount = 0;
  private made = 0;
  private readonly unused: number[] = [];
  /** Hash table with chains: the first state of each chain, and the next one of each state. */
  private chains = new Int32Array(16).fill(NONE);
  private nextOf = new Int32Array(0);

  constructor(table: FreeTable, likeness: Likeness, machinesPerState = MACHINES_PER_STATE) {
    this.table = table;
    this.machinesPerState = machinesPerState;
    this.likeness = likeness;
  }

  /** The fitting machine with the highest value, the lowest rank on ties; NONE if none fits. The class has no constraint. */
  best(score: MachineScore, taskClass: TaskClassId): MachineId | NoAnswer {
    if (this.rest > 0) {
      this.rest--;
      return 'too many';
    }
    this.update();
    if (this.liveCount * this.machinesPerState > this.table.count) {
      this.rest = REST;
      return 'too many';
    }
    if (this.tellsKindsApart(score)) return 'reads kind';
    let best = NONE;
    let highest = 0;
    for (let i = 0; i < this.liveCount; i++) {
      const machine = this.firstOf(this.live[i]);
      if (!this.table.fits(machine, taskClass)) continue;
      const value = comparableScore(score, machine, taskClass, NONE);
      if (best !== NONE && (value < highest || (value === highest && machine > best))) continue;
      best = machine;
      highest = value;
    }
    return this.tellsKindsApart(score) ? 'reads kind' : best;
  }

  private tellsKindsApart(score: MachineScore): boolean {
    return this.likeness === 'capacity' && score.kindReads?.() !== 0;
  }

  /** The member of lowest rank. */
  private firstOf(state: number): MachineId {
    const heap = this.members[state] as MachineId[];
    while (this.stateOf[heap[0] as MachineId] !== state) takeFirst(heap);
    return heap[0] as MachineId;
  }

  private update(): void {
    const { changes, count } = this.table;
    if (this.rows !== count || !changes.remembers(this.cursor) || changes.head - this.cursor > count)
      this.rebuild();
    else for (let i = this.cursor; i < changes.head; i++) this.place(changes.at(i));
    this.cursor = changes.head;
  }

  private rebuild(): void {
    const { machines, count, dims } = this.table;
    let devices = 0;
    for (let machine = 0; machine < count; machine++) devices = Math.max(devices, machines.devices(machine));
    this.rows = count;
    this.stride = 1 + 2 * dims + devices;
    this.scratch = new Int32Array(this.stride);
    this.stateOf = grown(this.stateOf, count).fill(NONE);
    this.words = new Int32Array(0);
    this.chains.fill(NONE);
    this.members = [];
    this.unused.length = 0;
    this.liveCount = 0;
    this.made = 0;
    for (let machine = 0; machine < count; machine++) this.place(machine);
  }

  /** Puts a machine into the state that it has now. */
  private place(machine: MachineId): void {
    const before = this.stateOf[machine];
    if (this.table.open[machine] === 0) {
      if (before !== NONE) this.leave(before);
      this.stateOf[machine] = NONE;
      return;
    }
    this.read(machine);
    if (before !== NONE && this.isState(before)) return;
    if (before !== NONE) this.leave(before);
    const state = this.find() ?? this.open();
    this.stateOf[machine] = state;
    this.sizes[state]++;
    addTo(this.members[state] as MachineId[], machine, this.sizes[state], this.stateOf, state);
  }

  /** Writes the state of a machine to `scratch`. */
  private read(machine: MachineId): void {
    const { free, gpuFree, machines, dims } = this.table;
    const { scratch } = this;
    let at = 0;
    scratch[at++] = this.likeness === 'kind' ? machines.kind[machine] : 0;
    for (let d = 0; d < dims; d++) {
      scratch[at++] = machines.capacity[machine * dims + d];
      scratch[at++] = free[machine * dims + d];
    }
    for (let i = machines.gpuStart[machine]; i < machines.gpuStart[machine + 1]; i++)
      scratch[at++] = gpuFree[i];
    // Machines of equal capacity have as many devices, so the rest needs only a fixed value.
    scratch.fill(0, at);
  }

  private isState(state: number): boolean {
    const { words, scratch, stride } = this;
    for (let i = 0, at = state * stride; i < stride; i++, at++) if (words[at] !== scratch[i]) return false;
    return true;
  }

  private chainOf(words: Int32Array, at: number): number {
    let hash = 0;
    for (let i = at; i < at + this.stride; i++) hash = mixed(hash, words[i]);
    return (hash ^ (hash >>> 15)) & (this.chains.length - 1);
  }

  private find(): number | undefined {
    for (let state = this.chains[this.chainOf(this.scratch, 0)]; state !== NONE; state = this.nextOf[state])
      if (this.isState(state)) return state;
    return undefined;
  }

  /** A new state, which `scratch` describes. */
  private open(): number {
    const state = this.unused.pop() ?? this.made++;
    this.words = grown(this.words, this.made * this.stride);
    this.sizes = grown(this.sizes, this.made);
    this.nextOf = grown(this.nextOf, this.made);
    this.live = grown(this.live, this.made);
    this.placeOf = grown(this.placeOf, this.made);
    this.words.set(this.scratch, state * this.stride);
    this.sizes[state] = 0;
    this.members[state] ??= [];
    this.placeOf[state] = this.liveCount;
    this.live[this.liveCount++] = state;
    if (this.liveCount > this.chains.length) this.widenChains();
    else this.link(state);
    return state;
  }

  private link(state: number): void {
    const chain = this.chainOf(this.words, state * this.stride);
    this.nextOf[state] = this.chains[chain];
    this.chains[chain] = state;
  }

  private widenChains(): void {
    this.chains = new Int32Array(4 * this.chains.length).fill(NONE);
    for (let i = 0; i < this.liveCount; i++) this.link(this.live[i]);
  }

  /** A machine leaves a state. A state without members ends. */
  private leave(state: number): void {
    if (--this.sizes[state] > 0) return;
    const chain = this.chainOf(this.words, state * this.stride);
    if (this.chains[chain] === state) this.chains[chain] = this.nextOf[state];
    else {
      let other = this.chains[chain];
      while (this.nextOf[other] !== state) other = this.nextOf[other];
      this.nextOf[other] = this.nextOf[state];
    }
    const last = this.live[--this.liveCount];
    this.live[this.placeOf[state]] = last;
    this.placeOf[last] = this.placeOf[state];
    (this.members[state] as MachineId[]).length = 0;
    this.unused.push(state);
  }
}

/** Adds a machine to a heap of machines by rank. A heap with many that left is made anew. */
function addTo(
  heap: MachineId[],
  machine: MachineId,
  size: number,
  stateOf: Int32Array,
  state: number,
): void {
  if (heap.length > 2 * size + 16) {
    const members = [...new Set(heap)].filter((other) => stateOf[other] === state).sort((a, b) => a - b);
    heap.length = 0;
    for (const member of members) heap.push(member);
    if (members.includes(machine)) return;
  }
  let place = heap.push(machine) - 1;
  for (; place > 0; place = (place - 1) >> 1) {
    const parent = heap[(place - 1) >> 1] as MachineId;
    if (parent <= machine) break;
    heap[place] = parent;
  }
  heap[place] = machine;
}

function takeFirst(heap: MachineId[]): void {
  const moved = heap.pop() as MachineId;
  if (heap.length === 0) return;
  let place = 0;
  for (let child = 1; child < heap.length; child = 2 * place + 1) {
    if (child + 1 < heap.length && (heap[child + 1] as MachineId) < (heap[child] as MachineId)) child++;
    if ((heap[child] as MachineId) >= moved) break;
    heap[place] = heap[child] as MachineId;
    place = child;
  }
  heap[place] = moved;
}
