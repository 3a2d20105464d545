import { InputError } from '../../model/index.js';
import type { YamlEntry, YamlFile } from './yaml-file.js';

/** Sections of a scenario whose mistakes are told under the name of an option. */
const SECTIONS: Readonly<Record<string, string>> = {
  '--fault': 'faults',
  '--operation': 'operations',
  '--add': 'add',
  '--failures': 'failures',
  services: 'services',
};

/**
 * A mistake that was found after a file was read, with the file and the line that it most likely stands in. What it is about is in its message: a
 * field, and what was found there. One that already names a file, or is about nothing in this one, is left as it is.
 */
export function placedIn(
  { path, entries }: Pick<YamlFile<unknown>, 'path' | 'entries'>,
  error: unknown,
): unknown {
  if (!(error instanceof InputError) || error.place.file !== undefined) return error;
  const entry = entryOf(error.message, entries);
  return entry === undefined ? error : new InputError({ file: path, line: entry.line }, error.message);
}

function entryOf(message: string, entries: readonly YamlEntry[]): YamlEntry | undefined {
  const end = message.indexOf(': ');
  if (end < 0) return undefined;
  const field = message.slice(0, end);
  // A long text is quoted by its beginning.
  const found = [...message.slice(end).matchAll(/"([^"]+?)(?:\.\.\.)?"/g)].map(([, text]) => text);
  const candidates = entries.filter(({ key, text }) => text === '' || isAbout(`${key} ${text}`, found));
  return (
    settingOf(field, found, candidates) ?? itemOf(field, found, candidates) ?? deepest(field, candidates)
  );
}

/** What was found must stand in the entry, or it was found elsewhere: on the command line, which comes before the file. */
function isAbout(text: string, found: readonly string[]): boolean {
  return found.length === 0 || found.some((what) => text.includes(what));
}

/** `--set kafka.brokers`, or `--set` alone with the key in the message, or the bare name of a parameter. */
function settingOf(
  field: string,
  found: readonly string[],
  entries: readonly YamlEntry[],
): YamlEntry | undefined {
  const [option, named] = field.split(' ');
  const keys = option === '--set' ? (named === undefined ? found : [named]) : [field];
  for (const key of keys) {
    const entry =
      entries.find((one) => one.key === `services.${key}` || one.key === `set.${key}`) ??
      entries.find((one) => /^(set|services)\./.test(one.key) && one.key.endsWith(`.${key}`));
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** The item of a list, or the entry of a section, that holds what was found. */
function itemOf(
  field: string,
  found: readonly string[],
  entries: readonly YamlEntry[],
): YamlEntry | undefined {
  const section = SECTIONS[field.split(' ')[0]];
  if (section === undefined) return undefined;
  const within = entries.filter(({ key }) => key === section || key.startsWith(`${section}.`));
  return found.length === 0 ? within[0] : within.find(({ key, text }) => isAbout(`${key} ${text}`, found));
}

/** The entry of the field itself, or of the part of its path that stands in the file: `tenants.ads.limit`, `--until`. */
function deepest(field: string, entries: readonly YamlEntry[]): YamlEntry | undefined {
  const parts = field.replace(/^--/, '').split(' ')[0].split('.');
  if (parts[0] === 'set') return undefined;
  for (let length = parts.length; length > 0; length--) {
    const key = parts.slice(0, length).join('.');
    const entry = entries.find((one) => one.key === key);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
