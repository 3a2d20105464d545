import type { Micros } from '../../model/index.js';

/** A finite task writes its state off its machine at intervals. A restarted task resumes from its last checkpoint. */
export interface CheckpointTerms {
  /** Work between two checkpoints; above 0. */
  readonly every: Micros;
  /** Time that one checkpoint takes. No work is done meanwhile. */
  readonly cost: Micros;
}

/** Run time of `work` with its checkpoints. There is no checkpoint at the end. Endless work takes no checkpoints. */
export function timeWithCheckpoints(work: Micros, terms: CheckpointTerms): Micros {
  return Number.isFinite(work) ? work + checkpointsIn(work, terms) * terms.cost : work;
}

/** Work that remains done after an attempt stopped at `ran`: the work up to its last complete checkpoint. */
export function keptWork(work: Micros, ran: Micros, terms: CheckpointTerms): Micros {
  const complete = Math.floor(ran / (terms.every + terms.cost));
  return Math.min(complete, checkpointsIn(work, terms)) * terms.every;
}

/** Work that an attempt has done after it ran for `ran`. */
export function doneWork(work: Micros, ran: Micros, { every, cost }: CheckpointTerms): Micros {
  const complete = Math.min(Math.floor(ran / (every + cost)), checkpointsIn(work, { every, cost }));
  const since = ran - complete * (every + cost);
  // After the last checkpoint, the rest of the work may be shorter than an interval.
  return Math.floor(Math.min(work, complete * every + Math.min(since, every)));
}

/** When the last complete checkpoint of an attempt ended, after it ran for `ran`; NaN without one. */
export function lastCheckpoint(work: Micros, ran: Micros, terms: CheckpointTerms): Micros {
  const complete = Math.min(Math.floor(ran / (terms.every + terms.cost)), checkpointsIn(work, terms));
  return complete === 0 ? Number.NaN : complete * (terms.every + terms.cost);
}

function checkpointsIn(work: Micros, { every }: CheckpointTerms): number {
  return Math.max(0, Math.ceil(work / every) - 1);
}
