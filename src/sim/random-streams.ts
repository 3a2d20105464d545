import alea from 'seedrandom/lib/alea.js';

/** A number in [0, 1) with 32 random bits. */
export type RandomStream = () => number;

/**
 * One named stream per purpose and entity (`arrivals/spark`, `failures/machine-17`), all from one seed. A stream depends
 * on the seed and its name alone: what one entity draws never shifts what another gets, so two policies under one seed
 * meet the same arrivals, durations and failures (common random numbers).
 */
export class RandomStreams {
  readonly seed: string;

  constructor(seed: string | number) {
    this.seed = String(seed);
  }

  /** A new stream, at its beginning. */
  stream(name: string): RandomStream {
    return alea(`${this.seed}/${name}`);
  }
}
