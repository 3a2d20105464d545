/** Begins the text of a value that JSON does not have. Other texts that begin so get it twice. */
const MARK = '\u0001';

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint16Array, Uint8Array } as const;

type ArrayName = keyof typeof ARRAYS;

/** Numbers that JSON would write as `null` or as 0. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0].map((value) => [
    Object.is(value, -0) ? '-0' : String(value),
    value,
  ]),
);

/**
 * Plain data as JSON. `unpackedValue` reads the same data back. Typed arrays become base64 (little-endian), and NaN and the infinities
 * have a form of their own. Keys with the value `undefined` are left out. @throws TypeError for a value that is no plain data, such as a Map.
 */
export function packedText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'string') return inner.startsWith(MARK) ? MARK + inner : inner;
    if (typeof inner === 'number') return packedNumber(inner);
    if (ArrayBuffer.isView(inner)) return packedArray(inner);
    if (typeof inner === 'object' && inner !== null && !isPlain(inner))
      throw new TypeError(`a ${inner.constructor?.name ?? 'value'} cannot be packed`);
    return inner;
  });
}

function packedNumber(value: number): number | string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return NUMBERS.has(text) ? `${MARK}${text}` : value;
}

function packedArray(array: ArrayBufferView): string {
  const name = array.constructor.name;
  if (!Object.hasOwn(ARRAYS, name)) throw new TypeError(`a ${name} cannot be packed`);
  return `${MARK}${name}:${Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')}`;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}

/** The value that `packedText` wrote. @throws SyntaxError for any other text. */
export function unpackedValue(text: string): unknown {
  return JSON.parse(text, (_key, inner: unknown) =>
    typeof inner === 'string' && inner.startsWith(MARK) ? unpackedText(inner.slice(MARK.length)) : inner,
  );
}

function unpackedText(text: string): unknown {
  if (text.startsWith(MARK)) return text;
  const number = NUMBERS.get(text);
  if (number !== undefined) return number;
  const [name] = text.split(':', 1);
  if (!Object.hasOwn(ARRAYS, name)) throw new SyntaxError('a value of unknown kind');
  const kind = ARRAYS[name as ArrayName];
  const bytes = new Uint8Array(Buffer.from(text.slice(name.length + 1), 'base64'));
  if (bytes.byteLength % kind.BYTES_PER_ELEMENT !== 0) throw new SyntaxError(`an incomplete ${name}`);
  return new kind(bytes.buffer);
}
