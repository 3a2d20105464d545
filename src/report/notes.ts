import type { Summary } from '../metrics/catalogue/catalogue.js';
import { droppedNotes, policyNotes, scriptNotes, warmUpNotes } from '../results/run-notes.js';
import { shortRunNotes } from '../results/steady-state.js';
import type { ComparedPolicy } from './compared-policy.js';
import { distinct } from './heading.js';

/** Notes: assumptions, dropped rows, and unfinished work. */
export function notes(policies: readonly ComparedPolicy[]): string[] {
  const summaries = policies.flatMap(({ records }) => records.map(({ summary }) => summary));
  return [
    seedNote(policies),
    ...sampleNote(summaries[0]),
    ...differenceNotes(summaries),
    ...distinct(summaries.flatMap(warmUpNotes)),
    ...shortRunNotes(policies.flatMap(({ records }) => records)),
    ...distinct(summaries.flatMap(droppedNotes)),
    ...distinct(summaries.flatMap(scriptNotes)),
    ...policies.flatMap(({ name, records }) =>
      policyNotes(
        name,
        records.map(({ summary }) => summary),
      ),
    ),
  ];
}

function seedNote(policies: readonly ComparedPolicy[]): string {
  const most = Math.max(...policies.map(({ records }) => records.length));
  if (most > 1)
    return 'Means are over the seeds. Intervals are 95 % confidence intervals (Student’s t). Policies with the same seed ran with the same arrivals, run times and failures, so that their differences are paired.';
  const seeds = distinct(policies.flatMap(({ records }) => records.map(({ summary }) => summary.run.seed)));
  return `All numbers are for seed ${seeds.join(', ')}. Other seeds give other numbers. Use several seeds (--seeds 1-10) for means with confidence intervals.`;
}

function sampleNote({ run }: Summary): string[] {
  if (run.workload.kind === 'generated')
    return [
      'The workload is synthetic. The results hold for the parameters above, not for every data centre.',
    ];
  return [
    'The workload is a recorded trace. Arrival times are fixed: they do not react to the decisions of the policy. A seed changes only the random choices of a policy.',
  ];
}

/** Warns when compared runs differ in more than the policy. */
function differenceNotes(summaries: readonly Summary[]): string[] {
  const runs = summaries.map(({ run }) => run);
  const parts: readonly (readonly [string, readonly unknown[]])[] = [
    ['workload', runs.map(({ workload }) => ({ ...workload, dropped: undefined, adjusted: undefined }))],
    ['machines', runs.map(({ machines }) => machines)],
    ['settings', runs.map(({ settings }) => settings)],
    ['requested length', runs.map(({ horizon }) => horizon)],
    ['warm-up', runs.map(({ warmUp }) => warmUp?.seconds ?? 0)],
    ['version of Fairground', runs.map(({ version }) => version)],
  ];
  return parts
    .filter(([, values]) => distinct(values.map((value) => JSON.stringify(value))).length > 1)
    .map(([name]) => `The runs differ in their ${name}, not only in the policy.`);
}
