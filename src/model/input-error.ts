/** Where a person's mistake lies: file, line (counted from 1) and field, as far as they are known. */
export interface InputPlace {
  readonly file?: string;
  readonly line?: number;
  readonly field?: string;
}

/**
 * A mistake that a person can cause: in a file, an option, a policy. Its message is one line that names the place,
 * what was found and what was expected; the command line prints it without a stack and exits with 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: InputPlace;

  constructor(place: InputPlace, problem: string) {
    super(`${placeText(place)}${oneLine(problem)}`);
    this.place = place;
  }

  /** The usual form: what was found against what was expected. */
  static expected(place: InputPlace, found: unknown, expected: string): InputError {
    return new InputError(place, `found ${quote(found)}, expected ${expected}`);
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

function placeText(place: InputPlace): string {
  let text = '';
  if (place.file !== undefined)
    text += place.line === undefined ? `${place.file}: ` : `${place.file}:${place.line}: `;
  if (place.field !== undefined) text += `${place.field}: `;
  return text;
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters of a binary file must not reach the terminal
  return text.replace(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, ' ').trim();
}
