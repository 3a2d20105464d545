import type { Summary } from '../metrics/summary-schema.js';
import { countText, pluralText } from './metric-text.js';

/** Rows of the trace that were left out of the run, a sentence each. */
export function droppedNotes({ run: { workload } }: Summary): string[] {
  return Object.entries(workload.dropped)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `${workload.name}: ${pluralText(rows, 'row')} left out (${reason}).`);
}

/** What a reader must know of a run beside its numbers: what never ran, what was stopped, what the policy asked in vain. */
export function fateNotes({ tasks, refusals }: Summary): string[] {
  const all = countText(tasks.submitted);
  const fates: readonly (readonly [number, string])[] = [
    [tasks.rejected, 'could not fit any machine of the cluster and were rejected'],
    [tasks.abandoned, 'left because they had waited longer than the patience'],
    [tasks.failed, 'were stopped at their time limit'],
    [tasks.pending, 'were still waiting at the end: their waits are in no wait statistic'],
  ];
  return [
    ...fates
      .filter(([count]) => count > 0)
      .map(([count, fate]) => `${countText(count)} of ${all} tasks ${fate}.`),
    ...Object.entries(refusals).map(
      ([reason, count]) => `the ledger refused ${pluralText(count, 'decision')} of the policy (${reason}).`,
    ),
  ];
}
