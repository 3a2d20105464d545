import { mkdirSync } from 'node:fs';
import { DURATION_FORM, InputError, type Micros, parseDuration } from '../model/index.js';
import { writeMessage } from './prose.js';

/** The value of an option as a duration above 0. @throws InputError */
export function durationOption(name: string, text: string): Micros {
  const duration = parseDuration(text);
  if (duration === undefined || duration === 0)
    throw InputError.expected({ field: `--${name}` }, text, `${DURATION_FORM}, above 0`);
  return duration;
}

/** The value of an option as a whole number from `least` to `most`. @throws InputError */
export function countOption(name: string, text: string, least: number, most: number): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < least || count > most)
    throw InputError.expected({ field: `--${name}` }, text, `a whole number from ${least} to ${most}`);
  return count;
}

/** The highest TCP port. */
export const MAX_PORT = 65_535;

/** Is this a loopback address, which is reachable from its own machine only? */
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

/** Resolves at SIGINT or SIGTERM. */
export function untilAskedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

/** Prints a problem on stderr; the service continues. */
export function reportProblem(problem: string): void {
  writeMessage(problem);
}

/** Creates a folder with access for its owner only, unless it exists. @throws InputError */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new InputError({ file: folder }, `cannot be created (${(error as NodeJS.ErrnoException).code})`);
  }
}
