import type { WaitBar } from '../metrics/run-record.js';
import type { ComparedPolicy } from './compared-policy.js';
import type { NamedGroup } from './framework-groups.js';
import { WAIT_LIMITS, type WaitData } from './report-data.js';

/** The waits of a policy's tasks over all its seeds, one per group of frameworks. */
export function policyWaits({ records }: ComparedPolicy, groups: readonly NamedGroup[]): WaitData[] {
  return groups.map(({ members }) => {
    const bars = records.flatMap(({ waits }) =>
      members.flatMap((name) => (Object.hasOwn(waits, name) ? waits[name] : [])),
    );
    return waitData(bars);
  });
}

function waitData(bars: readonly WaitBar[]): WaitData {
  const tasksWhere = (holds: (seconds: number) => boolean) =>
    bars.reduce((sum, { seconds, tasks }) => sum + (holds(seconds) ? tasks : 0), 0);
  const merged = new Map<number, number>();
  for (const { seconds, tasks } of bars) {
    if (seconds === 0) continue;
    const about = Number(seconds.toPrecision(2));
    merged.set(about, (merged.get(about) ?? 0) + tasks);
  }
  const steps = [...merged].sort(([a], [b]) => a - b);
  return {
    tasks: tasksWhere(() => true),
    zero: tasksWhere((seconds) => seconds === 0),
    longer: WAIT_LIMITS.map((limit) => tasksWhere((seconds) => seconds > limit)),
    seconds: steps.map(([seconds]) => seconds),
    counts: steps.map(([, tasks]) => tasks),
  };
}
