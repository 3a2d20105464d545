import type { Mutant } from './list.js';

/** The source with the fault in it. @throws Error when the text to replace does not occur exactly once: the list is out of date. */
export function planted(source: string, { file, original, replacement }: Mutant): string {
  const parts = source.split(original);
  if (parts.length !== 2)
    throw new Error(`${file}: ${JSON.stringify(original)} occurs ${parts.length - 1} times, not once`);
  return parts.join(replacement);
}
