import { mkdirSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { serialize } from 'node:v8';
import type { Micros } from '../../model/index.js';
import type { OpenTrace } from '../../workloads/formats/format.js';
import { bytesOf } from './batch-bytes.js';
import {
  cacheFolder,
  cachePath,
  FOLDER_BYTES,
  isBeingConverted,
  partialCachePath,
  tidyFolder,
  touch,
} from './cache-folder.js';
import { isWhole, recordBytes, startBytes } from './records.js';
import { MAPPED_BYTES, NOT_KEPT, type TraceForm } from './trace-form.js';
import { GrowthWatch } from './trace-growth.js';

/** A trace to convert. */
export interface TraceToConvert {
  /** Opens its reader, from the first row. */
  readonly open: () => OpenTrace;
  /** Length of the run. Rows that are submitted later are not converted. */
  readonly horizon: Micros;
  /** Whether the file of the trace has the content that its key names. */
  readonly isUnchanged: () => Promise<boolean>;
}

/** Where a converted trace is kept, and how much of it. */
interface Keeping {
  /** Without a folder, it is kept in memory alone. */
  readonly folder: string | undefined;
  readonly mappedBytes?: number;
}

/**
 * The converted form of a trace: from its file if that is there and whole, or else converted now. `key` is a name for the content of the
 * trace and all options of its reader. A trace with a mistake is not kept, so each run meets the mistake at its place.
 */
export async function formOf(
  key: string,
  trace: TraceToConvert,
  { folder, mappedBytes = MAPPED_BYTES }: Keeping = { folder: cacheFolder() },
): Promise<TraceForm> {
  if (folder !== undefined) {
    const found = await formInFile(cachePath(folder, key), mappedBytes);
    if (found !== undefined) return found;
    // Another process will have finished soon. To convert the trace twice would take longer than to read it.
    if (isBeingConverted(folder, key)) return NOT_KEPT;
  }
  const writer = await FormWriter.open(folder, key, mappedBytes);
  try {
    for await (const bytes of conversion(trace)) if (!(await writer.add(bytes))) return NOT_KEPT;
    return (await trace.isUnchanged()) ? await writer.finish() : NOT_KEPT;
  } catch {
    return NOT_KEPT;
  } finally {
    await writer.discard();
  }
}

/** The pieces of the form, one for each batch of the reader. */
async function* conversion({ open: openReader, horizon }: TraceToConvert): AsyncGenerator<Uint8Array> {
  yield startBytes();
  const trace = openReader();
  const growth = new GrowthWatch(trace);
  growth.next();
  let end: Micros | undefined;
  for await (const batch of trace.batches()) {
    yield recordBytes('rows', bytesOf(batch, growth.next()));
    if (batch.length === 0) continue;
    end ??= (trace.startsAt === 'zero' ? 0 : batch.submit[0]) + horizon;
    if (batch.submit[batch.length - 1] <= end) continue;
    yield recordBytes('part', new Uint8Array());
    return;
  }
  yield recordBytes('whole', serialize(growth.next()));
}

async function formInFile(path: string, mappedBytes: number): Promise<TraceForm | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    touch(path);
    // Its records are checked as they are read.
    if (size > mappedBytes) return { kind: 'file', path };
    const bytes = new Uint8Array(new SharedArrayBuffer(size));
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(bytes, at, size - at, at);
      if (bytesRead === 0) return undefined;
      at += bytesRead;
    }
    return isWhole(bytes) ? mapped(bytes) : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function mapped({ buffer }: Uint8Array): TraceForm {
  return { kind: 'mapped', bytes: buffer as unknown as SharedArrayBuffer };
}

/** Collects the form in memory, up to a limit, and in a file that gets its name when it is complete. */
class FormWriter {
  private readonly folder: string | undefined;
  private readonly key: string;
  private readonly mappedBytes: number;
  /** Undefined without a folder, or when the disk is full. */
  private file: FileHandle | undefined;
  /** Undefined beyond the limit. */
  private pieces: Uint8Array[] | undefined = [];
  private size = 0;

  private constructor(folder: string | undefined, key: string, mappedBytes: number) {
    this.folder = folder;
    this.key = key;
    this.mappedBytes = mappedBytes;
  }

  static async open(folder: string | undefined, key: string, mappedBytes: number): Promise<FormWriter> {
    const writer = new FormWriter(folder, key, mappedBytes);
    if (folder === undefined) return writer;
    try {
      mkdirSync(folder, { recursive: true });
      writer.file = await open(partialCachePath(folder, key), 'w');
    } catch {
      // The folder cannot be written, so the form is in memory alone.
    }
    return writer;
  }

  /** Returns false if the form is too long to be kept. */
  async add(bytes: Uint8Array): Promise<boolean> {
    this.size += bytes.length;
    if (this.size > this.mappedBytes) this.pieces = undefined;
    this.pieces?.push(bytes);
    if (this.size > FOLDER_BYTES) await this.discard();
    await this.file?.appendFile(bytes).catch(() => this.discard());
    return this.pieces !== undefined || this.file !== undefined;
  }

  async finish(): Promise<TraceForm> {
    const path = await this.named();
    if (this.pieces === undefined) return path === undefined ? NOT_KEPT : { kind: 'file', path };
    const bytes = new Uint8Array(new SharedArrayBuffer(this.size));
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return mapped(bytes);
  }

  /** Completes the file. Returns its path, or undefined if there is none. */
  private async named(): Promise<string | undefined> {
    const { file, folder } = this;
    if (file === undefined || folder === undefined) return undefined;
    const path = cachePath(folder, this.key);
    try {
      await file.close();
      await rename(partialCachePath(folder, this.key), path);
      this.file = undefined;
      tidyFolder(folder, path);
      return path;
    } catch {
      return undefined;
    }
  }

  /** Removes an incomplete file; a complete one stays. */
  async discard(): Promise<void> {
    const { file, folder } = this;
    this.file = undefined;
    if (file === undefined || folder === undefined) return;
    await file.close().catch(() => {});
    await rm(partialCachePath(folder, this.key), { force: true }).catch(() => {});
  }
}
