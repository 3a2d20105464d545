import { mkdirSync } from 'node:fs';
import { DURATION_FORM, InputError, type Micros, parseDuration } from '../model/index.js';

/** A duration above 0 of an option. @throws InputError */
export function durationOption(name: string, text: string): Micros {
  const duration = parseDuration(text);
  if (duration === undefined || duration === 0)
    throw InputError.expected({ field: `--${name}` }, text, `${DURATION_FORM}, above 0`);
  return duration;
}

/** A whole number of an option, from `least` on. @throws InputError */
export function countOption(name: string, text: string, least: number, most: number): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < least || count > most)
    throw InputError.expected({ field: `--${name}` }, text, `a whole number from ${least} to ${most}`);
  return count;
}

/** The last port there is. */
export const MAX_PORT = 65_535;

/** Is this address reached from its own machine only? */
export function isLoopback(ip: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(ip);
}

/** The address of a master. @throws InputError */
export function masterUrl(text: string): URL {
  const place = { field: '--master' };
  const expected = 'an address such as http://127.0.0.1:5050';
  if (!URL.canParse(text)) throw InputError.expected(place, text, expected);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw InputError.expected(place, text, expected);
  return url;
}

/** Resolves when a person, or the system, asks the process to end. */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Says something of a service that goes on, on stderr. */
export function reportProblem(problem: string): void {
  process.stderr.write(`${problem}\n`);
}

/** Makes a folder that its owner alone may read, when there is none. @throws InputError */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new InputError({ file: folder }, `cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}
