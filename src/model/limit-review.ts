import type { Column } from './columns.js';

/** Limits of the running tasks of a framework, summed: in quanta, one entry per dimension. */
export interface LimitReview {
  /** What they asked for when they were submitted. */
  readonly asked: Column;
  /** What they have now. */
  readonly limit: Column;
  /** What they use, had they no limit. */
  readonly used: Column;
  /** Of it, what lies beyond the limit of its task. */
  readonly beyond: Column;
  /** Limits that could not be raised now, because too little was free on the machine. */
  readonly refused: number;
}
