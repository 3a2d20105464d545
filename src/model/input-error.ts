/** Where a person's mistake is, as far as it is known. */
export interface InputPlace {
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  /** Counted from 1: in the line of the file, or in the text of the field where no file is named. */
  readonly column?: number;
  /** An option, a column, a parameter. */
  readonly field?: string;
  /** Keys and indices from the root of the document, such as `['faults', 1]`. The reader of the document adds line and column. */
  readonly path?: readonly (string | number)[];
}

/**
 * A mistake that a person can cause: in a file, an option, a policy. Its message is one line that names the place,
 * what was found and what was expected; the command line prints it without a stack and exits with 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: InputPlace;
  /** The message without the place. */
  readonly problem: string;

  constructor(place: InputPlace, problem: string) {
    super(`${placeText(place)}${oneLine(problem)}`);
    this.place = place;
    this.problem = problem;
  }

  /** The usual form: what was found against what was expected. */
  static expected(place: InputPlace, found: unknown, expected: string): InputError {
    return new InputError(place, `found ${quote(found)}, expected ${expected}`);
  }

  /** The same mistake, with more known of its place. */
  at(place: InputPlace): InputError {
    return new InputError({ ...this.place, ...place }, this.problem);
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

/** A value as it stands in a message: quoted, printable, at most 60 characters. */
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

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a binary file must not reach the terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, ' ').trim();
}

/** The most edits between a name and the known name that a person probably meant. */
const NEAR = 3;

/** The known name that is nearest to this one by edits; undefined where none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const limit = Math.min(NEAR, Math.ceil(name.length / 3));
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const candidate of known) {
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= limit && edits < (best?.edits ?? Number.POSITIVE_INFINITY))
      best = { name: candidate, edits };
  }
  return best?.name;
}

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
