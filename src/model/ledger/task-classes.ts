import { grown, mixed, NONE } from './columns.js';
import { type ConstraintId, UNCONSTRAINED } from './constraints.js';
import { LedgerError } from './ledger-error.js';
import { NO_SPEED_CLASS, type SpeedClassId } from './speeds.js';

/** Index of a task class: tasks with exactly the same request. */
export type TaskClassId = number;

/** Request of a task. `demand` is in quanta, one entry per dimension. */
export interface TaskShape {
  readonly demand: ArrayLike<number>;
  /** Number of requested devices, and thousandths of each; 0 devices when the task needs no GPU. */
  readonly gpuCount?: number;
  readonly gpuMilliEach?: number;
  readonly constraint?: ConstraintId;
  readonly speedClass?: SpeedClassId;
}

/**
 * Interned task shapes. Values that depend on the shape (whether it fits an empty machine, the score of a machine) are
 * computed once per class and shared by its tasks. Borg does the same (EuroSys 2015, section 3.4, equivalence classes).
 * Classes are reference-counted. The id of a class without tasks is reused, so continuous demands do not accumulate.
 */
export class TaskClasses {
  readonly dims: number;
  /** `demand[class * dims + dimension]`, in quanta. */
  demand: Int32Array;
  gpuCount: Int32Array;
  gpuMilliEach: Int32Array;
  constraint: Int32Array;
  speedClass: Int32Array;
  /** Counts the shapes that an id has had. Cached values of a class are stale after it changes. */
  generation: Int32Array;
  /** Upper bound of all ids so far. */
  bound = 0;

  private users: Int32Array;
  /** Number of current classes. */
  private known = 0;
  /**
   * First class of each hash bucket, and the next one in the same bucket. Strings as keys would cost more than the rest
   * of an arrival.
   */
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
    this.speedClass = new Int32Array(64);
    this.generation = new Int32Array(64);
    this.users = new Int32Array(64);
    this.next = new Int32Array(64);
  }

  /** The class of this shape. Adds `tasks` references. */
  acquire(shape: TaskShape, tasks = 1): TaskClassId {
    // In most traces, a row usually repeats the shape of the row before.
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

  /** Removes one reference, after a task of this class has ended. */
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
    // Unused classes are kept until there are many, because shapes recur.
    const id = this.unused.pop() ?? this.bound++;
    this.reserve(id + 1);
    for (let d = 0; d < this.dims; d++) this.demand[id * this.dims + d] = shape.demand[d];
    this.gpuCount[id] = shape.gpuCount ?? 0;
    this.gpuMilliEach[id] = shape.gpuMilliEach ?? 0;
    this.constraint[id] = shape.constraint ?? UNCONSTRAINED;
    this.speedClass[id] = shape.speedClass ?? NO_SPEED_CLASS;
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
      this.constraint[id] === (shape.constraint ?? UNCONSTRAINED) &&
      this.speedClass[id] === (shape.speedClass ?? NO_SPEED_CLASS)
    );
  }

  private reserve(length: number): void {
    this.demand = grown(this.demand, length * this.dims);
    this.gpuCount = grown(this.gpuCount, length);
    this.gpuMilliEach = grown(this.gpuMilliEach, length);
    this.constraint = grown(this.constraint, length);
    this.speedClass = grown(this.speedClass, length);
    this.generation = grown(this.generation, length);
    this.users = grown(this.users, length);
    this.next = grown(this.next, length);
  }
}

const RETAINED_CLASSES = 4096;
