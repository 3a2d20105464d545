import { ClassicLevel } from 'classic-level';
import type { z } from 'zod';
import { InputError } from '../model/index.js';

/**
 * What must survive, on disk: JSON by key. A write has reached the disk when its promise is kept, so that whatever is
 * acknowledged afterwards is still true after a crash. One process at a time has a store open.
 */
export interface Store {
  /** Where it is. */
  readonly folder: string;
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  /** All that is kept under keys with this beginning, in the order of the keys. @throws InputError when it cannot be read. */
  entries(prefix: string): Promise<readonly (readonly [key: string, value: unknown])[]>;
  close(): Promise<void>;
}

/** Opens the store of a folder, or makes it. @throws InputError when another process has it, or it cannot be read. */
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
 * What a store keeps under keys with this beginning, in a form that is checked: a service must not start from half-read facts.
 * @throws InputError that names the key.
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
