/** Longest id that can name a folder, in bytes. */
const MAX_BYTES = 200;

/** Is an external id safe as a folder name (Mesos, validation.cpp, validateID)? It must not allow path traversal. */
export function isFolderName(id: string): boolean {
  return (
    id.length > 0 &&
    Buffer.byteLength(id) <= MAX_BYTES &&
    id !== '.' &&
    id !== '..' &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ids with control characters are refused
    !/[/\\\u0000-\u001f\u007f]/.test(id)
  );
}
