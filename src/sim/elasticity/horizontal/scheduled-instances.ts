import { DAY, type Micros } from '../../../model/index.js';
import type { ScheduledCount } from '../../../workloads/scaled-application.js';

/** Instances by the time of the day: those of the latest entry, which before the first entry of a day is the last one of the day before. */
export function scheduledInstances(now: Micros, schedule: readonly ScheduledCount[]): number {
  const time = now % DAY;
  const entry = schedule.findLast(({ from }) => from <= time) ?? schedule[schedule.length - 1];
  return entry.instances;
}
