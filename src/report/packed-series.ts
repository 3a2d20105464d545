import { compressed, decompressed } from './packed-bytes.js';

/** Values from 0 to `most`, each as 16 bits, compressed: a chart cannot show a difference of a 65,535th of its height. */
export interface PackedSeries {
  readonly most: number;
  readonly values: string;
}

const LEVELS = 65_535;

/** Packs values of 0 or more. */
export function packed(values: ArrayLike<number>): PackedSeries {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]);
  // Rounded up, so that the page has no needless digits and no value is above the maximum.
  const scale = most === 0 ? 0 : Number((most * (1 + 1e-6)).toPrecision(7));
  const bytes = new Uint8Array(2 * values.length);
  for (let i = 0; i < values.length; i++) {
    const level = scale === 0 ? 0 : Math.round((Math.max(0, values[i]) / scale) * LEVELS);
    bytes[2 * i] = level & 255;
    bytes[2 * i + 1] = level >> 8;
  }
  return { most: scale, values: compressed(bytes) };
}

/** The values of `packed`, each within 1/131,070 of the largest. */
export function unpacked({ most, values }: PackedSeries): Float64Array {
  const bytes = decompressed(values);
  return Float64Array.from(
    { length: bytes.length / 2 },
    (_, i) => ((bytes[2 * i] | (bytes[2 * i + 1] << 8)) / LEVELS) * most,
  );
}
