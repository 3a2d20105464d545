import type { Micros } from '../model/index.js';

/**
 * How an attempt of a trace ended without success. failed: its program failed. killed: its user, or the end of another job, stopped it.
 * evicted: the scheduler stopped it. lost: its machine failed, or its end is not recorded.
 */
export const UNSUCCESSFUL_ENDS = ['failed', 'killed', 'evicted', 'lost'] as const;

/** One of UNSUCCESSFUL_ENDS. */
export type UnsuccessfulEnd = (typeof UNSUCCESSFUL_ENDS)[number];

/** An attempt of a trace before the last one of its task. */
export interface EarlierAttempt {
  readonly ran: Micros;
  readonly end: UnsuccessfulEnd;
}

/**
 * The attempts that a run repeats: after how long each failed. The failure belongs to the task. Evictions, losses and kills belong to
 * the schedule of the trace: a run makes its own.
 */
export function failuresOf(attempts: readonly EarlierAttempt[]): readonly Micros[] {
  return attempts.filter(({ end }) => end === 'failed').map(({ ran }) => ran);
}
