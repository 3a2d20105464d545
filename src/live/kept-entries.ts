import type { z } from 'zod';
import { InputError } from '../model/index.js';
import type { Store } from './store.js';

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
