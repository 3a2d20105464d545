import type { TaskFacts, TaskId } from '../contract.js';

/** Up to so many new entries are inserted one by one, which moves whole blocks of memory. */
const FEW = 16;

/** Waiting tasks with their places in the order of a list scheduler, in columns. */
export class WaitingEntries {
  length = 0;
  tasks = new Int32Array(64);
  /** Keys of the order, all 0 for queue order. */
  keys = new Float64Array(64);
  /** `queuedAs` of each task when it was taken in: a task that left and came again is another entry. */
  joined = new Float64Array(64);

  clear(): void {
    this.length = 0;
  }

  push(task: TaskId, key: number, joined: number): void {
    if (this.length === this.tasks.length) this.reserve(this.length * 2);
    this.set(this.length++, task, key, joined);
  }

  /** Drops the entries of tasks that have left the queue. */
  keepWaiting(facts: TaskFacts): void {
    const { tasks, keys, joined } = this;
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (facts.queuedAs(tasks[i]) !== joined[i]) continue;
      if (kept !== i) this.set(kept, tasks[i], keys[i], joined[i]);
      kept++;
    }
    this.length = kept;
  }

  /** Puts all entries in order: lowest key first, equal keys in the order of the queue. Those before `from` are in order already. */
  mergeFrom(from: number): void {
    if (this.isOrderedFrom(Math.max(1, from))) return;
    if (this.length - from <= FEW) for (let i = from; i < this.length; i++) this.insert(i);
    else this.sort();
  }

  private isOrderedFrom(from: number): boolean {
    for (let i = from; i < this.length; i++)
      if (isBefore(this.keys[i], this.joined[i], this.keys[i - 1], this.joined[i - 1])) return false;
    return true;
  }

  /** Moves the entry at this index to its place among those before it. */
  private insert(index: number): void {
    const [task, key, joined] = [this.tasks[index], this.keys[index], this.joined[index]];
    let low = 0;
    let high = index;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(key, joined, this.keys[middle], this.joined[middle])) high = middle;
      else low = middle + 1;
    }
    this.tasks.copyWithin(low + 1, low, index);
    this.keys.copyWithin(low + 1, low, index);
    this.joined.copyWithin(low + 1, low, index);
    this.set(low, task, key, joined);
  }

  private sort(): void {
    const [tasks, keys, joined] = [this.tasks.slice(), this.keys.slice(), this.joined.slice()];
    const from = Uint32Array.from({ length: this.length }, (_, i) => i);
    from.sort((a, b) => (isBefore(keys[a], joined[a], keys[b], joined[b]) ? -1 : 1));
    for (const [i, place] of from.entries()) this.set(i, tasks[place], keys[place], joined[place]);
  }

  private set(index: number, task: TaskId, key: number, joined: number): void {
    this.tasks[index] = task;
    this.keys[index] = key;
    this.joined[index] = joined;
  }

  private reserve(length: number): void {
    const { tasks, keys, joined } = this;
    this.tasks = new Int32Array(length);
    this.keys = new Float64Array(length);
    this.joined = new Float64Array(length);
    this.tasks.set(tasks);
    this.keys.set(keys);
    this.joined.set(joined);
  }
}

/** Is the first of two places in the order of the scheduler before the second? No two entries have one `joined`. */
export function isBefore(keyA: number, joinedA: number, keyB: number, joinedB: number): boolean {
  return keyA < keyB || (keyA === keyB && joinedA < joinedB);
}
