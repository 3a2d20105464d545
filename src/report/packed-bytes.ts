import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';

/** Bytes as the text of a page: deflated, in base64. No bytes are no text. */
export function compressed(bytes: Uint8Array): string {
  if (bytes.length === 0) return '';
  const deflated = deflateSync(bytes, { level: 9 });
  const CHUNK = 4096;
  let text = '';
  for (let at = 0; at < deflated.length; at += CHUNK)
    text += String.fromCharCode(...deflated.subarray(at, at + CHUNK));
  return btoa(text);
}

/** The bytes of `compressed`. */
export function decompressed(text: string): Uint8Array {
  if (text === '') return new Uint8Array(0);
  return inflateSync(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}

/** Whole numbers in both directions from 0; small ones, and the same ones again, take least room. */
export function packedNumbers(numbers: ArrayLike<number>): string {
  const bytes: number[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    // The sign is the lowest bit (zigzag), and each byte has seven bits of the number and whether more follow (LEB128).
    let rest = number < 0 ? -2 * number - 1 : 2 * number;
    while (rest >= 128) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return compressed(Uint8Array.from(bytes));
}

/** The numbers of `packedNumbers`. */
export function unpackedNumbers(text: string): Float64Array {
  const bytes = decompressed(text);
  const numbers = new Float64Array(bytes.reduce((count, byte) => count + (byte < 128 ? 1 : 0), 0));
  let at = 0;
  let sum = 0;
  let factor = 1;
  for (const byte of bytes) {
    sum += (byte & 127) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    numbers[at++] = sum % 2 === 0 ? sum / 2 : -(sum + 1) / 2;
    sum = 0;
    factor = 1;
  }
  return numbers;
}

/** Differences of neighbours, for numbers that rise. */
export function differences(numbers: ArrayLike<number>): Float64Array {
  return Float64Array.from(numbers, (number, i) => (i === 0 ? number : number - numbers[i - 1]));
}

/** The numbers of `differences`. */
export function summed(changes: Float64Array): Float64Array {
  let sum = 0;
  return changes.map((change) => {
    sum += change;
    return sum;
  });
}

/** Any texts, such as names of a trace. */
export function packedTexts(texts: readonly string[]): string {
  return compressed(strToU8(JSON.stringify(texts)));
}

/** The texts of `packedTexts`. */
export function unpackedTexts(text: string): string[] {
  return JSON.parse(strFromU8(decompressed(text)));
}
