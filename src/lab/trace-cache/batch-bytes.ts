import { deserialize, serialize } from 'node:v8';
import { TaskBatch } from '../../workloads/trace.js';

/** The keys of a batch whose values are of this type. */
type KeysOf<V> = { [K in keyof TaskBatch]-?: Required<TaskBatch>[K] extends V ? K : never }[keyof TaskBatch];

type NumberKey = KeysOf<Int32Array | Float64Array | Uint8Array | undefined>;
type FactKey = KeysOf<readonly unknown[]>;

/** The columns of numbers. The type of this constant makes a new column of a batch an error until it is here. */
const NUMBER_COLUMNS = {
  framework: { kind: Int32Array, perDimension: false },
  submit: { kind: Float64Array, perDimension: false },
  tasks: { kind: Int32Array, perDimension: false },
  demand: { kind: Int32Array, perDimension: true },
  gpuCount: { kind: Int32Array, perDimension: false },
  gpuMilliEach: { kind: Int32Array, perDimension: false },
  constraint: { kind: Int32Array, perDimension: false },
  estimate: { kind: Float64Array, perDimension: false },
  timeLimit: { kind: Float64Array, perDimension: false },
  priority: { kind: Int32Array, perDimension: false },
  gang: { kind: Uint8Array, perDimension: false },
  rule: { kind: Int32Array, perDimension: false },
  deadline: { kind: Float64Array, perDimension: false },
  duration: { kind: Float64Array, perDimension: false },
  failAfter: { kind: Float64Array, perDimension: false },
  usage: { kind: Float64Array, perDimension: true },
  curve: { kind: Int32Array, perDimension: false },
  minimum: { kind: Int32Array, perDimension: false },
} as const satisfies Record<NumberKey, { readonly kind: NumberKind; readonly perDimension: boolean }>;

/** The columns of names and other facts. Each is kept as codes into a table of its distinct values. */
const FACT_COLUMNS: Readonly<Record<FactKey, true>> = {
  job: true,
  user: true,
  group: true,
  queue: true,
  labels: true,
  dependencies: true,
  speedClass: true,
  attempts: true,
  ended: true,
  profile: true,
};

type NumberKind = Int32ArrayConstructor | Float64ArrayConstructor | Uint8ArrayConstructor;
type Numbers = Int32Array | Float64Array | Uint8Array;

const numberNames = Object.keys(NUMBER_COLUMNS) as NumberKey[];
const factNames = Object.keys(FACT_COLUMNS) as FactKey[];

/** What a batch has beside the bytes of its columns. Offsets are in bytes. */
interface Contents<T> {
  readonly length: number;
  readonly dims: number;
  readonly columns: [name: NumberKey, offset: number][];
  /** Columns with one value in all rows, such as a priority of 0. They take no room. */
  readonly constants: [name: NumberKey, value: number][];
  readonly codes: [name: FactKey, offset: number, values: unknown[]][];
  /** What the caller keeps with the batch. */
  readonly beside: T;
}

/** A multiple of the size of the widest number, so that a column is a view of the bytes. */
export const ALIGNMENT = 8;

/** Rounds up to ALIGNMENT. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Bytes before the columns: the offset of the contents, and their length. */
const HEAD_BYTES = 8;

/**
 * A batch as bytes: its columns as they are in memory, and the rest in the form of `node:v8`. `beside` is anything that v8 can serialize.
 * @throws DataCloneError for a fact that v8 cannot serialize, such as a function.
 */
export function bytesOf<T>(batch: TaskBatch, beside: T): Uint8Array {
  const { length, dims } = batch;
  const contents: Contents<T> = { length, dims, columns: [], constants: [], codes: [], beside };
  const parts: [offset: number, part: Numbers | Uint32Array][] = [];
  let end = HEAD_BYTES;
  const place = (part: Numbers | Uint32Array) => {
    const offset = aligned(end);
    parts.push([offset, part]);
    end = offset + part.byteLength;
    return offset;
  };
  for (const name of numberNames) {
    const column = batch[name];
    if (column === undefined) continue;
    const used = column.subarray(0, NUMBER_COLUMNS[name].perDimension ? length * dims : length);
    if (isConstant(used)) contents.constants.push([name, used[0] ?? 0]);
    else contents.columns.push([name, place(used)]);
  }
  for (const name of factNames) {
    const { codes, values } = coded(batch[name], length);
    if (values.length > 0) contents.codes.push([name, place(codes), values]);
  }
  const rest = serialize(contents);
  const bytes = new Uint8Array(aligned(end) + rest.length);
  new Uint32Array(bytes.buffer, 0, 2).set([aligned(end), rest.length]);
  for (const [offset, part] of parts)
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
  bytes.set(rest, aligned(end));
  return bytes;
}

function isConstant(column: Numbers): boolean {
  for (let i = 1; i < column.length; i++) if (!Object.is(column[i], column[0])) return false;
  return true;
}

/** Code 0 is a missing value, and code n is value n - 1. */
function coded(column: readonly unknown[], length: number): { codes: Uint32Array; values: unknown[] } {
  const codes = new Uint32Array(length);
  const values: unknown[] = [];
  const known = new Map<unknown, number>();
  for (let row = 0; row < Math.min(length, column.length); row++) {
    const value = column[row];
    if (value === undefined) continue;
    let code = known.get(value);
    if (code === undefined) {
      code = values.push(value);
      known.set(value, code);
    }
    codes[row] = code;
  }
  return { codes, values };
}

/**
 * Reads a batch and the value stored with it. The batch uses the bytes without a copy, so nobody may change them. The bytes begin at a
 * multiple of ALIGNMENT in their buffer.
 */
export function batchOf<T>(bytes: Uint8Array): { readonly batch: TaskBatch; readonly beside: T } {
  const start = bytes.byteOffset;
  const [restAt, restBytes] = new Uint32Array(bytes.buffer, start, 2);
  const contents = deserialize(bytes.subarray(restAt, restAt + restBytes)) as Contents<T>;
  const { length, dims } = contents;
  const columns: Partial<Record<keyof TaskBatch, unknown>> = { length };
  const sizeOf = (name: NumberKey) => (NUMBER_COLUMNS[name].perDimension ? length * dims : length);
  for (const [name, offset] of contents.columns)
    columns[name] = new NUMBER_COLUMNS[name].kind(bytes.buffer as ArrayBuffer, start + offset, sizeOf(name));
  for (const [name, value] of contents.constants)
    columns[name] = new NUMBER_COLUMNS[name].kind(sizeOf(name)).fill(value);
  for (const [name, offset, values] of contents.codes)
    columns[name] = decoded(new Uint32Array(bytes.buffer, start + offset, length), values);
  return { batch: Object.assign(new TaskBatch(dims, 0), columns), beside: contents.beside };
}

function decoded(codes: Uint32Array, values: readonly unknown[]): unknown[] {
  const column: unknown[] = [];
  for (let row = 0; row < codes.length; row++) if (codes[row] > 0) column[row] = values[codes[row] - 1];
  return column;
}
