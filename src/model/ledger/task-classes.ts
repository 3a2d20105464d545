import { grown, mixed, NONE } from './columns.js';
import { type ConstraintId, UNCONSTRAINED } from './constraints.js';
import { LedgerError } from './ledger-error.js';

/** Index of a task class: all tasks that ask for exactly the same. */
export type TaskClassId = number;

/** What a task asks of a machine. `demand` is in quanta, one entry per dimension. */
export interface TaskShape {
  readonly demand: ArrayLike<number>;
  /** Devices asked for, and 1/1000 of each; 0 devices when the task needs no GPU. */
  readonly gpuCount?: number;
  readonly gpuMilliEach?: number;
  readonly constraint?: ConstraintId;
}

/**
 * Interned task shapes. Whatever is computed per shape (does it fit an empty machine? what does this machine score?) is
 * computed once per class and shared by its tasks, as Borg does (EuroSys 2015, section 3.4, equivalence classes).
 * Classes are counted: one without tasks is forgotten and its id used again, so continuous demands do not pile up.
 */
export class TaskClasses {
  readonly dims: number;
  /** `demand[class * dims + dimension]`, in quanta. */
  demand: Int32Array;
  gpuCount: Int32Array;
  gpuMilliEach: Int32Array;
  constraint: Int32Array;
  /** Counts the shapes an id has stood for: what was remembered of a class is void once it has moved. */
  generation: Int32Array;
  /** Ids handed out so far lie below this. */
  bound = 0;

  private users: Int32Array;
  /** Classes that an id stands for now. */
  private known = 0;
  /** First class of each bucket of shapes, and the next one of the same bucket. Strings as keys would cost more than the rest of an arrival. */
  private buckets = new Int32Array(64).fill(NONE);
  private next: Int32Array;
  private readonly unused: TaskClassId[] = [];
  private last: TaskClassId = -1;

  constructor(dims: number) {
    this.dims = dims;
    this.demand = new Int32Array(64 * dims);
    this.gpuCount = new Int32Array(64);
    this.gpuMilliEach = new Int32Array(64);
    this.constraint = new Int32Array(64);
    this.generation = new Int32Array(64);
    this.users = new Int32Array(64);
    this.next = new Int32Array(64);
  }

  /** The class of this shape, with `tasks` more users. */
  acquire(shape: TaskShape, tasks = 1): TaskClassId {
    // Traces repeat the shape of the row before far more often than not.
    if (this.last >= 0 && this.equals(this.last, shape)) {
      this.users[this.last] += tasks;
      return this.last;
    }
    let id = this.buckets[this.bucketOf(shape)];
    while (id !== NONE && !this.equals(id, shape)) id = this.next[id];
    if (id === NONE) id = this.add(shape);
    this.users[id] += tasks;
    this.last = id;
    return id;
  }

  /** One task of this class has ended. */
  release(id: TaskClassId): void {
    const left = this.users[id] - 1;
    if (left < 0) throw new LedgerError(`task class ${id} has no user to release`);
    this.users[id] = left;
    if (left > 0 || this.known < RETAINED_CLASSES) return;
    this.unlink(id);
    this.known--;
    this.unused.push(id);
    if (this.last === id) this.last = -1;
  }

  private add(shape: TaskShape): TaskClassId {
    // Unused classes are kept until there are many, because shapes come back.
    const id = this.unused.pop() ?? this.bound++;
    this.reserve(id + 1);
    for (let d = 0; d < this.dims; d++) this.demand[id * this.dims + d] = shape.demand[d];
    this.gpuCount[id] = shape.gpuCount ?? 0;
    this.gpuMilliEach[id] = shape.gpuMilliEach ?? 0;
    this.constraint[id] = shape.constraint ?? UNCONSTRAINED;
    this.generation[id]++;
    this.users[id] = 0;
    if (++this.known > this.buckets.length) this.rehash();
    else this.link(id);
    return id;
  }

  private link(id: TaskClassId): void {
    const bucket = this.bucketOfClass(id);
    this.next[id] = this.buckets[bucket];
    this.buckets[bucket] = id;
  }

  private unlink(id: TaskClassId): void {
    const bucket = this.bucketOfClass(id);
    if (this.buckets[bucket] === id) {
      this.buckets[bucket] = this.next[id];
      return;
    }
    let before = this.buckets[bucket];
    while (this.next[before] !== id) before = this.next[before];
    this.next[before] = this.next[id];
  }

  private rehash(): void {
    this.buckets = new Int32Array(this.buckets.length * 4).fill(NONE);
    const unused = new Set(this.unused);
    for (let id = 0; id < this.bound; id++) if (!unused.has(id)) this.link(id);
  }

  private bucketOf({
    demand,
    gpuCount = 0,
    gpuMilliEach = 0,
    constraint = UNCONSTRAINED,
  }: TaskShape): number {
    let hash = mixed(mixed(mixed(0, gpuCount), gpuMilliEach), constraint);
    for (let d = 0; d < this.dims; d++) hash = mixed(hash, demand[d]);
    return (hash ^ (hash >>> 15)) & (this.buckets.length - 1);
  }

  private bucketOfClass(id: TaskClassId): number {
    let hash = mixed(mixed(mixed(0, this.gpuCount[id]), this.gpuMilliEach[id]), this.constraint[id]);
    for (let d = 0; d < this.dims; d++) hash = mixed(hash, this.demand[id * this.dims + d]);
    return (hash ^ (hash >>> 15)) & (this.buckets.length - 1);
  }

  private equals(id: TaskClassId, shape: TaskShape): boolean {
    for (let d = 0; d < this.dims; d++) if (this.demand[id * this.dims + d] !== shape.demand[d]) return false;
    return (
      this.gpuCount[id] === (shape.gpuCount ?? 0) &&
      this.gpuMilliEach[id] === (shape.gpuMilliEach ?? 0) &&
      this.constraint[id] === (shape.constraint ?? UNCONSTRAINED)
    );
  }

  private reserve(length: number): void {
    this.demand = grown(this.demand, length * this.dims);
    this.gpuCount = grown(this.gpuCount, length);
    this.gpuMilliEach = grown(this.gpuMilliEach, length);
    this.constraint = grown(this.constraint, length);
    this.generation = grown(this.generation, length);
    this.users = grown(this.users, length);
    this.next = grown(this.next, length);
  }
}

const RETAINED_CLASSES = 4096;
