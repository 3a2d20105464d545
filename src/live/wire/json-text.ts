/**
 * JSON in ASCII on one line. Escapes keep byte length and character length equal, which clients that mistake one for the
 * other need (mesos-framework 0.5.3).
 */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Reads JSON in which null means that a member is not set, as it does in the JSON form of protobuf. Undefined when the
 * text is no JSON, or nested too deeply to be a message.
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
