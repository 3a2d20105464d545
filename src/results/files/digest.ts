import { createHash } from 'node:crypto';

/** The SHA-256 of a content in hexadecimal digits; on request only the first of them, which tell a small number of contents apart. */
export function digestText(content: string | Uint8Array, digits = 64): string {
  return createHash('sha256').update(content).digest('hex').slice(0, digits);
}
