import type { Micros } from '../../model/index.js';

/** The lower bound of run times in the bounded slowdown (Feitelson & Rudolph's tau; 10 s is the usual choice). */
const SLOWDOWN_TAU: Micros = 10_000_000;

/** The slowdown is recorded in millionths, because the histogram needs values much larger than 1. */
export const SLOWDOWN_UNIT = 1_000_000;

/** max(1, response / max(run time, tau)), in SLOWDOWN_UNITs. */
export function boundedSlowdown(response: Micros, ran: Micros): number {
  return Math.max(1, response / Math.max(ran, SLOWDOWN_TAU)) * SLOWDOWN_UNIT;
}
