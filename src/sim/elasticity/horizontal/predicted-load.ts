import { DAY, type Micros } from '../../../model/index.js';

/** The load that was measured at about this time; undefined where there is none. */
export type PastLoad = (time: Micros) => number | undefined;

/**
 * The load expected `lead` from now: what it was a day before that, times how much higher the load is now than a day ago (a seasonal naive
 * forecast with a level: Hyndman & Athanasopoulos, "Forecasting: principles and practice", section 5.2). Without a yesterday: the load now.
 */
export function predictedLoad(now: Micros, lead: Micros, past: PastLoad): number {
  const current = past(now) ?? 0;
  const yesterday = past(now - DAY);
  const ahead = past(now - DAY + lead);
  if (yesterday === undefined || ahead === undefined || yesterday === 0) return current;
  return (ahead * current) / yesterday;
}
