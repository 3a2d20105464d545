/**
 * JSON in ASCII on one line. Escapes make byte length and character length equal, because some clients confuse the two
 * (mesos-framework 0.5.3).
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Parses JSON in which null means unset, as in the JSON format of protobuf. Undefined when the text is not JSON or is nested
 * too deeply.
 */
export function parseMessage(text: string): unknown {
  try {
    return withoutNulls(JSON.parse(text), 0);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Protobuf's own limit on nested messages. */
const MAX_DEPTH = 100;

function withoutNulls(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw new RangeError('nested too deeply');
  if (Array.isArray(value))
    return value.filter((item) => item !== null).map((item) => withoutNulls(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member, depth + 1)]),
  );
}
