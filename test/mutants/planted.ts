import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './list.js';

/** A file before and after a fault is planted in it. */
export interface Planted {
  /** Path from the root of the project. */
  readonly file: string;
  readonly sound: string;
  readonly faulty: string;
}

/** Plants the fault, without writing it. @throws Error when the text to replace does not occur exactly once: the list is out of date. */
export function planted(project: string, { part, original, replacement }: Mutant): Planted {
  const files = readdirSync(join(project, 'src', part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', part, name));
  const found = files.flatMap((file) => {
    const sound = readFileSync(join(project, file), 'utf8');
    const parts = sound.split(original);
    return parts.length === 1 ? [] : [{ file, sound, parts }];
  });
  const times = found.reduce((sum, { parts }) => sum + parts.length - 1, 0);
  if (times !== 1)
    throw new Error(`${JSON.stringify(original)} occurs ${times} times in src/${part}, not once`);
  const [{ file, sound, parts }] = found;
  return { file, sound, faulty: parts.join(replacement) };
}
