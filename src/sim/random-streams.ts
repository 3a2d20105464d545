import alea from 'seedrandom/lib/alea.js';

/** A number in [0, 1) with 32 random bits. */
export type RandomStream = () => number;

/**
 * One named random stream per purpose and entity (`arrivals/spark`, `failures/machine-17`), all from one seed. A stream
 * depends only on the seed and its name. The draws of one entity never change those of another. So two policies with
 * one seed get the same arrivals, durations and failures (common random numbers).
 */
export class RandomStreams {
  readonly seed: string;

  constructor(seed: string | number) {
    this.seed = String(seed);
  }

  /** Returns a new stream from its beginning. */
  stream(name: string): RandomStream {
    return alea(`${this.seed}/${name}`);
  }
}
