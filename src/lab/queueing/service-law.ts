import { randomExponential, randomGamma } from 'd3-random';

/** A law of service times with mean 1, and its squared coefficient of variation. */
export interface ServiceLaw {
  readonly name: string;
  readonly squaredCv: number;
  /** Values drawn from a stream of numbers in [0, 1). */
  readonly draw: (source: () => number) => () => number;
}

/** The law without memory. */
export const EXPONENTIAL: ServiceLaw = {
  name: 'exponential',
  squaredCv: 1,
  draw: (source) => randomExponential.source(source)(1),
};

/** Always 1. */
export const DETERMINISTIC: ServiceLaw = { name: 'deterministic', squaredCv: 0, draw: () => () => 1 };

/** The sum of two exponential phases. */
export const ERLANG_2: ServiceLaw = {
  name: 'Erlang-2',
  squaredCv: 0.5,
  draw: (source) => randomGamma.source(source)(2, 0.5),
};

/** A mixture of two exponentials with balanced means, which makes the squared coefficient of variation what it is asked to be. */
export function hyperexponential(squaredCv: number): ServiceLaw {
  const share = (1 + Math.sqrt((squaredCv - 1) / (squaredCv + 1))) / 2;
  return {
    name: 'hyperexponential',
    squaredCv,
    draw(source) {
      const exponential = randomExponential.source(source)(1);
      return () => exponential() / (source() < share ? 2 * share : 2 * (1 - share));
    },
  };
}
