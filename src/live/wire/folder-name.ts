/** Longest id that can name a folder, in bytes. */
const MAX_BYTES = 200;

/** May an id that somebody else chose be the name of a folder (Mesos, validation.cpp, validateID)? No path leads out by it. */
export function isFolderName(id: string): boolean {
  return (
    id.length > 0 &&
    Buffer.byteLength(id) <= MAX_BYTES &&
    id !== '.' &&
    id !== '..' &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ids with control characters are what is refused
    !/[/\\\u0000-\u001f\u007f]/.test(id)
  );
}
