import type { Micros } from '../../model/index.js';

/** A finite task writes its state away from its machine, now and then, and goes on from there when it starts again. */
export interface CheckpointTerms {
  /** Work from one checkpoint to the next; above 0. */
  readonly every: Micros;
  /** For so long the work stands still at each. */
  readonly cost: Micros;
}

/** How long so much work takes with its checkpoints; there is none at its end. What never ends has no use for them. */
export function timeWithCheckpoints(work: Micros, terms: CheckpointTerms): Micros {
  return Number.isFinite(work) ? work + checkpointsIn(work, terms) * terms.cost : work;
}

/** What of so much work is kept by an attempt at it that stops after `ran`: all up to its last checkpoint that was complete. */
export function keptWork(work: Micros, ran: Micros, terms: CheckpointTerms): Micros {
  const complete = Math.floor(ran / (terms.every + terms.cost));
  return Math.min(complete, checkpointsIn(work, terms)) * terms.every;
}

function checkpointsIn(work: Micros, { every }: CheckpointTerms): number {
  return Math.max(0, Math.ceil(work / every) - 1);
}
