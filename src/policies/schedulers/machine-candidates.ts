import { type MachineId, NONE } from '../contract.js';
import type { SettledPlace, SettledTasks } from './settled-tasks.js';
import { isBefore } from './waiting-entries.js';

/**
 * For each of some machines, the next settled task that needs at most what the machine has free: a binary heap, with the machine of
 * the first such task on top.
 */
export class MachineCandidates {
  private readonly settled: SettledTasks;
  private readonly heap: MachineId[] = [];
  /** By machine in the heap. */
  private readonly places: SettledPlace[] = [];

  constructor(settled: SettledTasks) {
    this.settled = settled;
  }

  /** Adds a machine, if a task could fit there. */
  add(machine: MachineId): void {
    const place = this.settled.firstFor(machine, Number.NEGATIVE_INFINITY, 0);
    if (place === undefined) return;
    this.places[machine] = place;
    this.heap.push(machine);
    this.rise(this.heap.length - 1);
  }

  /** The machine of the first task; NONE when there is none. */
  get machine(): MachineId {
    return this.heap[0] ?? NONE;
  }

  /** The first task. There must be one. */
  get place(): SettledPlace {
    return this.places[this.heap[0]];
  }

  /** Goes on to the next task for the machine on top. */
  advance(): void {
    const { run, index } = this.place;
    const place = this.settled.firstFor(this.heap[0], run.keys[index], run.joined[index]);
    if (place === undefined) {
      this.drop();
      return;
    }
    this.places[this.heap[0]] = place;
    this.sink();
  }

  /** Removes the machine on top. */
  drop(): void {
    const last = this.heap.pop() as MachineId;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  private rise(from: number): void {
    const { heap } = this;
    const machine = heap[from];
    let at = from;
    for (let parent = (at - 1) >> 1; at > 0 && this.isAhead(machine, heap[parent]); parent = (at - 1) >> 1) {
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = machine;
  }

  private sink(): void {
    const { heap } = this;
    const [machine] = heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.isAhead(heap[child + 1], heap[child])) child++;
      if (!this.isAhead(heap[child], machine)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = machine;
  }

  private isAhead(a: MachineId, b: MachineId): boolean {
    const [one, other] = [this.places[a], this.places[b]];
    return isBefore(
      one.run.keys[one.index],
      one.run.joined[one.index],
      other.run.keys[other.index],
      other.run.joined[other.index],
    );
  }
}
