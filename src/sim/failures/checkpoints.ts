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

function checkpointsIn(work: Micros, { every }: CheckpointTerms): number {
  return Math.max(0, Math.ceil(work / every) - 1);
}
