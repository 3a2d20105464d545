import type { Micros } from '../../model/index.js';

/** The time span in which an instance of a service is needed. */
export interface Life {
  /** Index from 0. The instance that was added last is removed first. */
  readonly instance: number;
  readonly submit: Micros;
  readonly duration: Micros;
}

/**
 * Life spans from the number of needed instances in each step. The k-th instance starts in each step in which at least
 * k are needed. It ends in the next step in which fewer are needed.
 */
export function instanceLives(counts: Int32Array, step: Micros): Life[] {
  const lives: Life[] = [];
  const since: number[] = [];
  for (let i = 0; i <= counts.length; i++) {
    const wanted = i < counts.length ? counts[i] : 0;
    while (since.length < wanted) since.push(i);
    while (since.length > wanted) {
      const begun = since.pop() as number;
      lives.push({ instance: since.length, submit: begun * step, duration: (i - begun) * step });
    }
  }
  return lives;
}
