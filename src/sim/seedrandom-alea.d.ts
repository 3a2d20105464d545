// The package's types cover only its main entry, which imports Node's crypto. This file uses only arithmetic.
declare module 'seedrandom/lib/alea.js' {
  interface Alea {
    (): number;
    /** A number in [0, 1) with 53 random bits. */
    double(): number;
  }
  export default function alea(seed: string): Alea;
}
