import { z } from 'zod';
import type { MemoryTexts } from '../../policies/hosting/policy-memory.js';
import { keptEntries, type Store } from '../store.js';
import { inBackground, type MasterState } from './state.js';

const KEY = 'memory/allocator';

const keptMemorySchema = z.object({
  /** Name of the policy. What another policy remembers is of no use. */
  policy: z.string(),
  texts: z.array(z.tuple([z.string(), z.string()])),
});

/** What the allocator of this policy remembered when it last ran on this store. */
export async function rememberedTexts(store: Store, policy: string): Promise<MemoryTexts> {
  const [entry] = await keptEntries(store, KEY, keptMemorySchema);
  return entry?.[1].policy === policy ? entry[1].texts : [];
}

/**
 * Writes what the allocator remembers, once per allocation and only if it has changed. Writes are in order. A master that is killed
 * before a write begins with the memory of the allocation before, and its offers of that allocation are void too.
 */
export function keepMemory(state: MasterState): void {
  const texts = state.host.changedMemory();
  if (texts === undefined) return;
  const write = () => state.store.put(KEY, { policy: state.policy.name, texts });
  inBackground(state, state.memoryWrites.take(write));
}
