import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ALIGNMENT, aligned } from './batch-bytes.js';

/**
 * The form of a converted trace, in a file and in memory: MAGIC, then records, the last of which is an end. A record is a head of 32 bytes
 * and a body. Each begins at a multiple of ALIGNMENT. The head has the length of the body, its kind, and 16 bytes of the SHA-256 of both
 * and the body, so that a truncated or damaged file is found.
 */
const MAGIC = Buffer.from('fairground rows\n');

const HEAD_BYTES = 32;
const DIGEST_BYTES = 16;

/** `rows`: a batch. `whole`: the trace ends here. `part`: it goes on, but no run of this horizon needs more. */
export type RecordKind = 'rows' | 'whole' | 'part';

const KINDS: readonly RecordKind[] = ['rows', 'whole', 'part'];

/** A record of a converted trace. */
export interface CachedRecord {
  readonly kind: RecordKind;
  /** Begins at a multiple of ALIGNMENT in its buffer. */
  readonly body: Uint8Array;
}

/** The first bytes of a converted trace. */
export function startBytes(): Uint8Array {
  return MAGIC;
}

/** The bytes of a record. */
export function recordBytes(kind: RecordKind, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + aligned(body.length));
  new Uint32Array(bytes.buffer, 0, 2).set([body.length, KINDS.indexOf(kind)]);
  bytes.set(body, HEAD_BYTES);
  bytes.set(digestOf(bytes.subarray(0, ALIGNMENT), body), HEAD_BYTES - DIGEST_BYTES);
  return bytes;
}

function digestOf(head: Uint8Array, body: Uint8Array): Uint8Array {
  return createHash('sha256').update(head).update(body).digest().subarray(0, DIGEST_BYTES);
}

/** The length and the kind in a head; undefined if it is none. */
function headOf(head: Uint8Array): { readonly length: number; readonly kind: RecordKind } | undefined {
  if (head.length < HEAD_BYTES) return undefined;
  const [length, kind] = new Uint32Array(head.buffer, head.byteOffset, 2);
  return KINDS[kind] === undefined ? undefined : { length, kind: KINDS[kind] };
}

function isIntact(head: Uint8Array, body: Uint8Array): boolean {
  const wanted = digestOf(head.subarray(0, ALIGNMENT), body);
  return wanted.every((byte, i) => head[HEAD_BYTES - DIGEST_BYTES + i] === byte);
}

/** The records in memory, which were checked before. */
export function* recordsIn(bytes: Uint8Array): Generator<CachedRecord> {
  for (let at = MAGIC.length; at < bytes.length; ) {
    const { length, kind } = headOf(bytes.subarray(at)) as { length: number; kind: RecordKind };
    yield { kind, body: bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length) };
    at += HEAD_BYTES + aligned(length);
  }
}

/** Whether these bytes are a whole converted trace without damage. */
export function isWhole(bytes: Uint8Array): boolean {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) return false;
  let kind: RecordKind = 'rows';
  for (let at = MAGIC.length; at < bytes.length; ) {
    const head = bytes.subarray(at, at + HEAD_BYTES);
    const found = headOf(head);
    if (found === undefined || kind !== 'rows') return false;
    kind = found.kind;
    const body = bytes.subarray(at + HEAD_BYTES, at + HEAD_BYTES + found.length);
    if (body.length < found.length || !isIntact(head, body)) return false;
    at += HEAD_BYTES + aligned(found.length);
  }
  return kind !== 'rows';
}

/** The records of a file, one at a time. Ends early where the file is damaged or absent: a reader of all records sees an end. */
export async function* recordsOfFile(path: string): AsyncGenerator<CachedRecord> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return;
  try {
    let at = MAGIC.length;
    if (!MAGIC.equals(await piece(file, 0, MAGIC.length))) return;
    for (;;) {
      const head = await piece(file, at, HEAD_BYTES);
      const found = headOf(head);
      if (found === undefined) return;
      const body = await piece(file, at + HEAD_BYTES, found.length);
      if (body.length < found.length || !isIntact(head, body)) return;
      yield { kind: found.kind, body };
      at += HEAD_BYTES + aligned(found.length);
    }
  } catch {
    // An unreadable disk is as a damaged file: the trace itself is there.
  } finally {
    await file.close();
  }
}

/** At most `length` bytes from a place of a file, in a buffer of their own. */
async function piece(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}
