import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../model/index.js';
import type { MemoryTexts } from '../../policies/hosting/policy-memory.js';
import { readJsonFile } from '../json-file.js';

/** Version of the form of the file. */
const FORM = 'fairground/memory@1';

const memoryFileSchema = z.strictObject({
  form: z.literal(FORM),
  policy: z.string(),
  texts: z.array(z.tuple([z.string(), z.string()])),
});

/** What a policy remembers, over restarts of its framework. */
export interface KeptMemory {
  /** The texts of the former process. */
  readonly texts: MemoryTexts;
  /** Returns when they are on disk. */
  save(texts: MemoryTexts): void;
}

/**
 * The memory of a policy in a file; empty if the file does not exist.
 * @throws InputError when the file is of another policy or another form, or cannot be read.
 */
export function openMemoryFile(path: string, policy: string): KeptMemory {
  mkdirSync(dirname(path), { recursive: true });
  return {
    texts: existsSync(path) ? textsOf(path, policy) : [],
    save: (texts) => replaceFile(path, `${JSON.stringify({ form: FORM, policy, texts })}\n`),
  };
}

function textsOf(path: string, policy: string): MemoryTexts {
  const parsed = memoryFileSchema.safeParse(readJsonFile(path));
  if (!parsed.success)
    throw new InputError({ file: path }, `is not a state file of simulate submit (${FORM})`);
  if (parsed.data.policy === policy) return parsed.data.texts;
  throw InputError.expected(
    { file: path, field: 'policy' },
    parsed.data.policy,
    `${policy}, the policy that runs`,
  );
}

/** A crash leaves the old or the new file. */
function replaceFile(path: string, text: string): void {
  const next = `${path}.new`;
  const file = openSync(next, 'w', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}
