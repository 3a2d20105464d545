import type { Micros } from '../../model/index.js';

/** From when to when an instance of a service is needed. */
export interface Life {
  /** Counted from 0; the last to come is the first to go. */
  readonly instance: number;
  readonly submit: Micros;
  readonly duration: Micros;
}

/**
 * Lives from the number of instances that are needed in each step of this length: the k-th instance lives from each step in which at
 * least k are needed to the next in which fewer are.
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
