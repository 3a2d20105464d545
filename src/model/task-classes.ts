import { grown } from './columns.js';
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
  private readonly keys: (string | undefined)[] = [];
  private readonly idOf = new Map<string, TaskClassId>();
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
  }

  /** The class of this shape, with `tasks` more users. */
  acquire(shape: TaskShape, tasks = 1): TaskClassId {
    // Traces repeat the shape of the row before far more often than not.
    if (this.last >= 0 && this.equals(this.last, shape)) {
      this.users[this.last] += tasks;
      return this.last;
    }
    const key = shapeKey(shape, this.dims);
    const id = this.idOf.get(key) ?? this.add(key, shape);
    this.users[id] += tasks;
    this.last = id;
    return id;
  }

  /** One task of this class has ended. */
  release(id: TaskClassId): void {
    const left = this.users[id] - 1;
    if (left < 0) throw new LedgerError(`task class ${id} has no user to release`);
    this.users[id] = left;
    if (left > 0 || this.idOf.size < RETAINED_CLASSES) return;
    this.idOf.delete(this.keys[id] as string);
    this.keys[id] = undefined;
    this.unused.push(id);
    if (this.last === id) this.last = -1;
  }

  private add(key: string, shape: TaskShape): TaskClassId {
    // Unused classes are kept until there are many, because shapes come back.
    const id = this.unused.pop() ?? this.bound++;
    this.reserve(id + 1);
    for (let d = 0; d < this.dims; d++) this.demand[id * this.dims + d] = shape.demand[d];
    this.gpuCount[id] = shape.gpuCount ?? 0;
    this.gpuMilliEach[id] = shape.gpuMilliEach ?? 0;
    this.constraint[id] = shape.constraint ?? UNCONSTRAINED;
    this.generation[id]++;
    this.users[id] = 0;
    this.keys[id] = key;
    this.idOf.set(key, id);
    return id;
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
  }
}

const RETAINED_CLASSES = 4096;

function shapeKey(shape: TaskShape, dims: number): string {
  let key = '';
  for (let d = 0; d < dims; d++) key += `${shape.demand[d]},`;
  return `${key}${shape.gpuCount ?? 0},${shape.gpuMilliEach ?? 0},${shape.constraint ?? UNCONSTRAINED}`;
}
