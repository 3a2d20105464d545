import type { Summary } from '../metrics/summary-schema.js';
import type { ComparedPolicy } from './compared-policy.js';
import { distinct } from './heading.js';
import { countText, pluralText } from './metric-text.js';

/** What a reader must know beside the numbers: what they hang on, what was left out, what could not be done. */
export function notes(policies: readonly ComparedPolicy[]): string[] {
  const summaries = policies.flatMap(({ records }) => records.map(({ summary }) => summary));
  return [
    seedNote(policies),
    ...sampleNote(summaries[0]),
    ...differenceNotes(summaries),
    ...droppedNotes(summaries),
    ...policies.flatMap(policyNotes),
  ];
}

function seedNote(policies: readonly ComparedPolicy[]): string {
  const most = Math.max(...policies.map(({ records }) => records.length));
  if (most > 1)
    return `The table shows means over the seeds, ± the half-width of a 95 % confidence interval (Student’s t). Policies that ran under the same seed met the same arrivals and run times. Charts over time show the first seed alone.`;
  const seeds = distinct(policies.flatMap(({ records }) => records.map(({ summary }) => summary.run.seed)));
  return `All numbers are those of seed ${seeds.join(', ')}; other seeds give other numbers. Several seeds (--seeds 1-10) give means with confidence intervals.`;
}

function sampleNote({ run }: Summary): string[] {
  if (run.workload.kind === 'generated')
    return [
      'The workload is generated: its numbers hold for the parameters above, not for every data centre.',
    ];
  return [
    'The workload is a recorded trace, replayed as it is: a seed changes only what a policy draws at random, and tasks arrive when they did, whatever the policy made of their predecessors.',
  ];
}

/** A comparison is of one thing that changes; where more changes, the reader is told. */
function differenceNotes(summaries: readonly Summary[]): string[] {
  const runs = summaries.map(({ run }) => run);
  const parts: readonly (readonly [string, readonly unknown[]])[] = [
    ['workload', runs.map(({ workload }) => ({ ...workload, dropped: undefined }))],
    ['machines', runs.map(({ machines }) => machines)],
    ['settings', runs.map(({ settings }) => settings)],
    ['length asked for', runs.map(({ horizon }) => horizon)],
    ['version of Fairground', runs.map(({ version }) => version)],
  ];
  return parts
    .filter(([, values]) => distinct(values.map((value) => JSON.stringify(value))).length > 1)
    .map(([name]) => `The runs differ in their ${name}, not in the policy alone.`);
}

function droppedNotes(summaries: readonly Summary[]): string[] {
  return distinct(
    summaries.flatMap(({ run: { workload } }) =>
      Object.entries(workload.dropped)
        .filter(([, rows]) => rows > 0)
        .map(([reason, rows]) => `${workload.name}: ${pluralText(rows, 'row')} left out (${reason}).`),
    ),
  );
}

function policyNotes({ name, records }: ComparedPolicy): string[] {
  return records.flatMap(({ summary: { run, tasks, refusals } }) => {
    const who = records.length > 1 ? `${name}, seed ${run.seed}` : name;
    const all = countText(tasks.submitted);
    const counts: readonly (readonly [number, string])[] = [
      [tasks.rejected, 'could not fit any machine of the cluster and were rejected'],
      [tasks.abandoned, 'left because they had waited longer than the patience'],
      [tasks.failed, 'were stopped at their time limit'],
      [tasks.pending, 'were still waiting at the end: their waits are in no wait statistic'],
    ];
    return [
      ...counts
        .filter(([count]) => count > 0)
        .map(([count, fate]) => `${who}: ${countText(count)} of ${all} tasks ${fate}.`),
      ...Object.entries(refusals).map(
        ([reason, count]) => `${who}: ${pluralText(count, 'decision')} of the policy refused (${reason}).`,
      ),
    ];
  });
}
