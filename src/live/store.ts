import { ClassicLevel } from 'classic-level';
import type { z } from 'zod';
import { InputError } from '../model/index.js';

/**
 * A durable store: JSON by key. A write is on disk when its promise resolves, so later acknowledgements survive a crash.
 * Only one process at a time can open a store.
 */
export interface Store {
  /** Folder of the store. */
  readonly folder: string;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** All entries with this key prefix, sorted by key. @throws InputError when the store cannot be read. */
  entries(prefix: string): Promise<readonly (readonly [key: string, value: unknown])[]>;
  close(): Promise<void>;
}

/** Opens or creates the store of a folder. @throws InputError when another process uses it or it cannot be read. */
export async function openStore(folder: string): Promise<Store> {
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  try {
    await level.open();
  } catch (error) {
    throw new InputError({ file: folder }, openProblem(error as StoreError));
  }
  return {
    folder,
    put: (key, value) => level.put(key, value, { sync: true }),
    remove: (key) => level.del(key, { sync: true }),
    entries: (prefix) => readEntries(level, folder, prefix),
    close: () => level.close(),
  };
}

async function readEntries(
  level: ClassicLevel<string, unknown>,
  folder: string,
  prefix: string,
): Promise<readonly (readonly [string, unknown])[]> {
  try {
    return await level.iterator({ gte: prefix, lt: `${prefix}\uffff` }).all();
  } catch (error) {
    throw new InputError(
      { file: folder },
      `the store cannot be read (${(error as StoreError).cause?.message ?? (error as Error).message})`,
    );
  }
}

type StoreError = Error & { readonly cause?: { readonly code?: string; readonly message?: string } };

function openProblem({ message, cause }: StoreError): string {
  if (cause?.code === 'LEVEL_LOCKED') return 'is in use by another master or agent';
  return `the store cannot be opened (${cause?.message ?? message})`;
}

/**
 * Reads and validates all entries with a key prefix. A service must not start with partly invalid state.
 * @throws InputError with the key.
 */
export async function keptEntries<Form extends z.ZodType>(
  store: Store,
  prefix: string,
  form: Form,
): Promise<readonly (readonly [rest: string, value: z.output<Form>])[]> {
  const entries = await store.entries(prefix);
  return entries.map(([key, value]) => {
    const parsed = form.safeParse(value);
    if (parsed.success) return [key.slice(prefix.length), parsed.data] as const;
    const [issue] = parsed.error.issues;
    const where = [key, ...(issue?.path ?? [])].join('.');
    throw new InputError({ file: store.folder, field: where }, `the store is corrupt: ${issue?.message}`);
  });
}
