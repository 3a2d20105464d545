/** A converted trace. `none`: it is not kept, and each run reads the trace itself. */
export type TraceForm =
  /** In memory that all threads of the process share. */
  | { readonly kind: 'mapped'; readonly bytes: SharedArrayBuffer }
  /** In a file that is too long for memory. Each thread reads it a record at a time. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'none' };

/** Each run reads the trace itself. */
export const NOT_KEPT: TraceForm = { kind: 'none' };

/**
 * Longest converted trace that is held in memory, in bytes: about 2,000,000 rows. A longer one stays in its file, because the length of a
 * trace must not matter for memory.
 */
export const MAPPED_BYTES = 128 * 2 ** 20;
