/** One step of a hash over 32-bit words: the multiplier is that of Knuth's multiplicative hashing (TAOCP 3, section 6.4). */
export function mixed(hash: number, word: number): number {
  return Math.imul(hash ^ word ^ (hash >>> 16), 0x9e3779b1);
}
