import type { Summary } from '../metrics/catalogue/catalogue.js';
import { durationText, fromSeconds } from '../model/index.js';
import { amountText, listText, pluralText } from '../results/metric-text.js';
import type { Fact } from './report-data.js';

/** Up to this number, seeds are listed; more are only counted. */
const MOST_LISTED = 12;

/** `smack under silos, drf and bin-packing`. */
export function title(summaries: readonly Summary[]): string {
  const workloads = distinct(summaries.map(({ run }) => run.workload.name));
  const policies = distinct(summaries.map(({ run }) => run.policy.name));
  return `${listText(workloads)} under ${listText(policies)}`;
}

/** What was run, in one sentence. */
export function sentence(summaries: readonly Summary[]): string {
  const runs = summaries.map(({ run }) => run);
  const each = (text: (run: Summary['run']) => string) => listText(distinct(runs.map(text)));
  const kind = each(({ workload: { kind, format } }) =>
    kind === 'trace' ? `a recorded ${format === undefined ? '' : `${format} `}trace` : 'a generated workload',
  );
  const seeds = distinct(runs.map(({ seed }) => seed)).length;
  const faults = distinct(runs.flatMap(({ failures }) => failures?.faults ?? [])).length;
  return [
    `${each(({ workload }) => workload.name)} (${kind})`,
    `on ${each(({ machines }) => pluralText(machines.count, 'machine'))}`,
    `for ${lengthText(runs.map(({ length }) => length))}`,
    `under ${each(({ policy }) => policy.name)},`,
    `with ${seeds === 1 ? 'one seed' : `the same ${seeds} seeds`}`,
    ...(faults === 0 ? [] : [`and ${faults === 1 ? 'a scripted fault' : `${faults} scripted faults`}`]),
  ].join(' ');
}

/** Facts below the title: workload, machines, length, seeds. */
export function facts(summaries: readonly Summary[]): Fact[] {
  const each = (text: (run: Summary['run']) => string) =>
    distinct(summaries.map(({ run }) => text(run))).join('; ');
  const hashes = distinct(summaries.flatMap(({ run }) => run.workload.sha256 ?? []));
  const script = distinct(summaries.flatMap(({ run }) => run.failures?.faults ?? []));
  return [
    {
      term: 'Machines',
      text: each((run) => `${pluralText(run.machines.count, 'machine')} (${run.machines.source})`),
    },
    { term: 'Capacity', text: each(capacityText) },
    { term: 'Length', text: lengthText(summaries.map(({ run }) => run.length)) },
    ...(summaries.some(({ run }) => run.warmUp !== undefined)
      ? [{ term: 'Warm-up', text: each(warmUpText) }]
      : []),
    { term: 'Seeds', text: seedsText(distinct(summaries.map(({ run }) => run.seed))) },
    ...(script.length === 0 ? [] : [{ term: 'Fault script', text: script.join('; ') }]),
    { term: 'Made by', text: each((run) => `Fairground ${run.version}`) },
    ...(hashes.length === 0 ? [] : [{ term: 'SHA-256 of the trace', text: hashes.join('; ') }]),
  ];
}

function capacityText(run: Summary['run']): string {
  return Object.entries(run.machines.capacity)
    .map(([resource, amount]) => amountText(resource, amount))
    .join(', ');
}

function warmUpText({ warmUp }: Summary['run']): string {
  if (warmUp === undefined) return 'none';
  return `${durationText(fromSeconds(warmUp.seconds))}${warmUp.rule === 'time' ? '' : ' (MSER-5)'}`;
}

function lengthText(lengths: readonly number[]): string {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)].map((s) => durationText(fromSeconds(s)));
  return least === most ? least : `${least} to ${most}`;
}

function seedsText(seeds: readonly string[]): string {
  if (seeds.length === 1) return seeds[0];
  if (seeds.length > MOST_LISTED) return pluralText(seeds.length, 'seed');
  return `${pluralText(seeds.length, 'seed')} (${seeds.join(', ')})`;
}

/** Each distinct value once, in order of appearance. */
export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
