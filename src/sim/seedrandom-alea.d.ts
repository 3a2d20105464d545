// The package's types cover its main entry only, which reaches for Node's crypto; this file of it is plain arithmetic.
declare module 'seedrandom/lib/alea.js' {
  interface Alea {
    (): number;
    /** A number in [0, 1) with 53 random bits. */
    double(): number;
  }
  export default function alea(seed: string): Alea;
}
