/**
 * JSON that can stand inside a script element: `<` is written as an escape, so that no string can end the element or open
 * a comment, and so are the line separators that old script parsers take for the end of a line.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
