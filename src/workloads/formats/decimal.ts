const ZERO = 0x30;
const POINT = 0x2e;

/** Powers of ten that a double holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Digits that a whole number may have so that every one of them is exact in a double. */
const MAX_DIGITS = 15;

/**
 * The number that the bytes from `start` to `end` say in plain decimal (`12`, `0.25`), the same double that `Number` makes of
 * them: a whole number below 2^53 over a power of ten below 10^23 is rounded once (Clinger, "How to read floating point numbers
 * accurately", PLDI 1990). NaN for whatever else stands there: a sign, an exponent, more than 15 digits, other text, nothing.
 */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > MAX_DIGITS + 1) return Number.NaN;
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === end) return at - start > MAX_DIGITS ? Number.NaN : value;
  if (bytes[at] !== POINT || end - start === 1) return Number.NaN;
  const places = end - at - 1;
  for (at++; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value / POWERS[places];
}
