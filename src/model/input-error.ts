/** The place of a user's mistake, as far as it is known. */
export interface InputPlace {
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1, in the line of the file. Without a file, counted in the text of the field. */
  readonly column?: number;
  /** Name of an option, a column or a parameter. */
  readonly field?: string;
  /** Keys and indices from the root of the document, such as `['faults', 1]`. The reader of the document adds line and column. */
  readonly path?: readonly (string | number)[];
}

/**
 * A user's mistake in a file, an option or a policy. Its message is one line with the place, the found value and the
 * expected value. The command line prints it without a stack trace and exits with 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: InputPlace;
  /** The message without the place. */
  readonly problem: string;
  /** The text that was found, if the message says what was expected instead. */
  readonly found: string | undefined;

  constructor(place: InputPlace, problem: string, found?: string) {
    super(`${placeText(place)}${oneLine(problem)}`);
    this.place = place;
    this.problem = problem;
    this.found = found;
  }

  /** The usual form of the message: found and expected values. It suggests the nearest of the `known` names, if one is close. */
  static expected(
    place: InputPlace,
    found: unknown,
    expected: string,
    known: readonly string[] = [],
  ): InputError {
    const text = String(found ?? '');
    return new InputError(
      place,
      `found ${quote(found)}, expected ${expected}${didYouMean(text, known)}`,
      text,
    );
  }

  /** Returns the same error with more details of its place. */
  at(place: InputPlace): InputError {
    return new InputError({ ...this.place, ...place }, this.problem, this.found);
  }
}

/** Reads one entry of a document. An InputError without a path gets the path of the entry. */
export function atPath<T>(path: readonly (string | number)[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError && error.place.path === undefined) throw error.at({ path });
    throw error;
  }
}

/** A value in a message: quoted, printable, at most 60 characters. */
export function quote(value: unknown): string {
  if (value === undefined || value === '') return 'nothing';
  const text = typeof value === 'string' ? value : String(value);
  const printable = oneLine(text);
  const short = printable.length > 60 ? `${printable.slice(0, 57)}...` : printable;
  return `"${short}"`;
}

function placeText({ file, line, column, field, path }: InputPlace): string {
  const what = field ?? path?.join('.');
  if (file === undefined) {
    if (what === undefined) return '';
    return column === undefined ? `${what}: ` : `${what}, character ${column}: `;
  }
  const where = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  return what === undefined ? `${where.join(':')}: ` : `${where.join(':')}: ${what}: `;
}

/** The text without control characters, which must not reach the terminal. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a binary file must not reach the terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, ' ').trim();
}

/** Maximum number of edits between a mistyped name and the suggested name. */
const NEAR = 3;

/** The known name with the smallest edit distance; undefined if none is close. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // A name of one letter is near to nothing but another case of it.
  const limit = Math.min(NEAR, Math.ceil(name.length / 3), name.length - 1);
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= limit && edits < (best?.edits ?? Number.POSITIVE_INFINITY))
      best = { name: candidate, edits };
  }
  return best?.name;
}

/** The end of a message about an unknown name: `; did you mean drf?`, or nothing if no known name is close. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? '' : `; did you mean ${near}?`;
}

/** The few names nearest to a mistyped one, the nearest first. They are seen one by one, because there may be millions. */
export class NearestNames {
  private readonly name: string;
  private nearest: { readonly name: string; readonly edits: number }[] = [];

  constructor(name: string) {
    this.name = name.toLowerCase();
  }

  see(candidate: string): void {
    if (this.nearest.some(({ name }) => name === candidate)) return;
    const edits = editDistance(this.name, candidate.toLowerCase());
    this.nearest.push({ name: candidate, edits });
    this.nearest = this.nearest.sort((a, b) => a.edits - b.edits).slice(0, MOST_NEAREST);
  }

  /** The end of a message about the name: `; the nearest names are "a", "b"`. */
  get text(): string {
    const names = this.nearest.map(({ name }) => quote(name));
    if (names.length === 0) return '; there are no names';
    return names.length === 1
      ? `; the nearest name is ${names[0]}`
      : `; the nearest names are ${names.join(', ')}`;
  }
}

const MOST_NEAREST = 3;

/** Levenshtein distance: insertions, deletions and substitutions of one character. */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    above = row;
  }
  return above[b.length];
}
