import type { Summary } from '../metrics/catalogue/catalogue.js';
import { durationText, fromSeconds, parseDuration, toSeconds } from '../model/index.js';
import { countText, listText, metricText, pluralText } from './metric-text.js';
import { meanInterval } from './statistics/mean-interval.js';
import { quantileInterval } from './statistics/quantile-interval.js';
import { isDeterministic } from './variants.js';

/** Maximum number of frameworks or jobs in a note. */
const MOST_NAMED = 3;

/** One note for each reason why rows of a file were dropped, and for each kind of change to them. */
export function droppedNotes({ run: { workload, machines, failures } }: Summary): string[] {
  type Counts = Readonly<Record<string, number>>;
  const notes = (counts: Counts, text: (rows: number, what: string) => string, file = workload.name) =>
    Object.entries(counts)
      .filter(([, rows]) => rows > 0)
      .map(([what, rows]) => `${file}: ${text(rows, what)}.`);
  const changed = (rows: number, what: string) => `${what} (${countText(rows)})`;
  const outages = String(failures?.settings.trace ?? '');
  return [
    ...notes(workload.dropped, (rows, reason) => `${pluralText(rows, 'row')} left out (${reason})`),
    ...notes(workload.adjusted ?? {}, changed),
    ...notes(machines.adjusted ?? {}, changed, machines.source),
    ...notes(failures?.adjusted ?? {}, changed, outages),
  ];
}

/** A note on the part that metrics of the steady state leave out. */
export function warmUpNotes({ run: { warmUp } }: Summary): string[] {
  if (warmUp === undefined) return [];
  const lasts = durationText(fromSeconds(warmUp.seconds));
  const found = {
    time: '',
    'mser-5': ' (found by MSER-5)',
    half: ' (half of the run, because MSER-5 finds no steady state in it; simulate a longer time)',
  }[warmUp.rule];
  return [
    `The first ${lasts}${found} are left out of the metrics of the steady state: waits, responses, slowdowns, shares over time, queue and throughput. Counts, makespan, recovery and costs are of the whole run.`,
  ];
}

/** A note for each fault and operation without effect: after the end of the run, or on instances that do not exist. */
export function scriptNotes({ run, operations }: Summary): string[] {
  const end = run.horizon ?? run.length;
  const late = [...(run.failures?.faults ?? []), ...(run.operations ?? [])].filter((text) => {
    const at = parseDuration(/^at\s+([^\s:]+)/.exec(text.trim())?.[1] ?? '');
    return at !== undefined && toSeconds(at) >= end;
  });
  return [
    ...late.map(
      (text) =>
        `"${text}" is after the end of the run (${durationText(fromSeconds(end))}) and has no effect.`,
    ),
    ...badInstanceNotes(run.operations ?? [], operations?.rollouts ?? []),
  ];
}

type Rollouts = NonNullable<Summary['operations']>['rollouts'];

/** `bad=999` of a service with fewer instances. */
function badInstanceNotes(script: readonly string[], rollouts: Rollouts): string[] {
  return script.flatMap((text) => {
    const [, service] = /:\s*\w+\s+(\S+)/.exec(text) ?? [];
    const bad = (/[\s,]bad=([\d+]+)/.exec(text)?.[1] ?? '').split('+').filter((place) => place !== '');
    const instances = rollouts.filter((one) => one.service === service).map((one) => one.instances);
    const most = Math.max(...instances);
    const none = bad.filter((place) => Number(place) > most);
    if (instances.length === 0 || none.length === 0) return [];
    return [
      `"${text}": bad=${none.join('+')} has no effect, because ${service} has ${pluralText(most, 'instance')}.`,
    ];
  });
}

/** Notes on tasks that never ran or were stopped, and on refused decisions. */
export function fateNotes(summary: Summary): string[] {
  const { tasks, refusals, recovery, impossible, rejections, stuck, notRun, notSubmitted } = summary;
  const { stoppedWithGang = 0 } = recovery;
  const ofGangs = impossible === undefined ? 0 : impossible.tasks - impossible.alone;
  const all = countText(tasks.submitted);
  const fates: readonly (readonly [number, string])[] = [
    [tasks.rejected - (rejections?.tasks ?? 0) - ofGangs, 'were rejected: they can never run'],
    [ofGangs, 'were rejected: their gangs can never run as a whole'],
    [
      tasks.abandoned,
      'were abandoned while waiting: out of patience, out of attempts, or cancelled by an operator or a controller',
    ],
    [tasks.failed, 'were stopped at their time limit'],
    [tasks.notRun ?? 0, 'did not run, because what they depend on did not finish'],
    [tasks.pending, 'were still waiting at the end. The wait statistics exclude them'],
  ];
  return [
    ...fates
      .filter(([count]) => count > 0)
      .map(([count, fate]) => `${countText(count)} of ${all} tasks ${fate}.`),
    ...overUseNotes(summary),
    ...(impossible === undefined ? [] : [`Jobs that can never run: ${namedText(impossible)}.`]),
    ...rejectionNotes(rejections),
    ...(notRun === undefined ? [] : [`Jobs with tasks that did not run: ${namedText(notRun)}.`]),
    ...(notSubmitted === undefined
      ? []
      : [
          `${pluralText(notSubmitted.tasks, 'task')} more still waited for other tasks or jobs at the end: ${namedText(notSubmitted)}.`,
        ]),
    ...(stuck === undefined ? [] : [`Nothing more can happen, but jobs still wait: ${namedText(stuck)}.`]),
    ...(stoppedWithGang > 0
      ? [
          `${pluralText(stoppedWithGang, 'attempt')} stopped because another member of the gang stopped. A gang restarts as a whole.`,
        ]
      : []),
    ...Object.entries(refusals).map(
      ([reason, count]) => `The ledger refused ${pluralText(count, 'decision')} of the policy (${reason}).`,
    ),
    ...estimateNotes(summary),
    ...tenantNotes(summary),
  ];
}

/** Some of the jobs with their reasons, and how many there are besides. */
function namedText({ jobs, named }: NonNullable<Summary['stuck']>): string {
  const examples = named.slice(0, MOST_NAMED).map(({ job, reason }) => `${job} (${reason})`);
  const more = jobs > examples.length ? [`${countText(jobs - examples.length)} more`] : [];
  return [...examples, ...more].join(', ');
}

/** A note on the jobs that the policy rejected, with some of them. */
function rejectionNotes(rejections: Summary['rejections']): string[] {
  if (rejections === undefined) return [];
  const { jobs, named } = rejections;
  const examples = named.slice(0, MOST_NAMED).map(({ job, reason }) => `${job}: ${reason}`);
  return [`The policy rejected ${pluralText(jobs, 'job')} (${listText(examples)}).`];
}

/** What a policy that plans with users' estimates cannot do without them. */
function estimateNotes({ run, tasks }: Summary): string[] {
  const { withoutEstimate = 0, submitted } = tasks;
  if (withoutEstimate === 0) return [];
  const { name, parameters } = run.policy;
  const effects = [
    ...(parameters.backfill === 'easy'
      ? [
          'Where such a task is in the way of the first job in the queue, that job is not protected from later jobs',
        ]
      : []),
    ...(name === 'conservative'
      ? ['A job that such a task is in the way of has no reservation, so later jobs may delay it']
      : []),
    ...(parameters.order === 'shortest' ||
    (parameters.backfill === 'easy' && parameters.behind === 'shortest')
      ? ['Such tasks count as the longest, and among themselves keep the order of arrival']
      : []),
  ];
  return [
    `${countText(withoutEstimate)} of ${countText(submitted)} tasks have no estimate of their run time. ${effects.join('. ')}.`,
  ];
}

/** A note on usage beyond what machines have. */
function overUseNotes({ overUse }: Summary): string[] {
  if (overUse === undefined) return [];
  const time = metricText(overUse.machineHours * 3600, { unit: 's' });
  return [
    `Tasks would use more than the capacity of their machine for ${time} of machine time; they get at most the capacity, and their run times stay.`,
  ];
}

/** A note for a policy without roles. */
function tenantNotes({ run }: Summary): string[] {
  if (run.tenants === undefined || 'roles' in run.policy.parameters) return [];
  return ['This policy does not support tenants. It ignores their quotas and weights.'];
}

/** A note on the time blocked by fragmentation, over the seeds of a policy; none if it rounds to 0. */
export function fragmentationNotes(summaries: readonly Summary[]): string[] {
  const mean = (read: (summary: Summary) => number | undefined) =>
    meanInterval(summaries.map((summary) => read(summary) ?? 0)).mean;
  const share = (value: number) => metricText(value, { unit: 'share' });
  const blocked = share(mean(({ fairness }) => fairness.unplaceable));
  if (blocked === share(0)) return [];
  const frameworks = new Set(summaries.flatMap(({ byFramework }) => Object.keys(byFramework)));
  const named = [...frameworks]
    .map((name) => ({ name, time: mean(({ byFramework }) => byFramework[name]?.unplaceable) }))
    .filter(({ time }) => share(time) !== share(0))
    .sort((a, b) => b.time - a.time)
    .slice(0, MOST_NAMED)
    .map(({ name, time }) => `${name} ${share(time)}`);
  const seeds = summaries.length === 1 ? [] : [`mean of ${summaries.length} seeds`];
  const details = [...seeds, ...(named.length === 0 ? [] : [listText(named)])].join('; ');
  return [
    `Fragmentation blocked the framework with the lowest dominant share for ${blocked} of the time${details === '' ? '' : ` (${details})`}. ` +
      'No machine had room for its tasks, although enough resources were free in total.',
  ];
}

/** At a tail index of 2 or below, the variance is infinite. */
const HEAVY = 2;

/** A note for each mean over seeds whose values have a heavy tail, with the median over the seeds. */
function tailNotes(name: string, summaries: readonly Summary[]): string[] {
  if (summaries.length < 2 || isDeterministic(summaries)) return [];
  return (['wait', 'taskWait', 'response'] as const).flatMap((metric) => {
    const indexes = summaries.flatMap(({ tailIndex }) => tailIndex?.[metric] ?? []);
    const means = summaries.flatMap((summary) => summary[metric].mean ?? []);
    if (indexes.length === 0 || means.length === 0) return [];
    const index = quantileInterval(indexes, 0.5).value;
    if (index > HEAVY) return [];
    const { value, limits } = quantileInterval(means, 0.5);
    const seconds = (one: number) => metricText(one, { unit: 's' });
    const between =
      limits === undefined ? '' : ` (95 % interval ${seconds(limits.low)} to ${seconds(limits.high)})`;
    return [
      `${name}: ${metric} has a heavy tail (tail index ${metricText(index, { unit: 'ratio' })}), so its mean converges slowly. The median of ${metric}.mean over the seeds is ${seconds(value)}${between}.`,
    ];
  });
}

/** A note on runs that do not depend on their seed. */
function sameNotes(name: string, summaries: readonly Summary[]): string[] {
  if (!isDeterministic(summaries)) return [];
  return [
    `${name}: All ${summaries.length} seeds gave equal results, because nothing in these runs is random. They count as one run, without an interval.`,
  ];
}

/** Notes on the runs of one policy over its seeds. A note that does not hold for all seeds names its seed. */
export function policyNotes(name: string, summaries: readonly Summary[]): string[] {
  const runs = summaries.map((summary) => ({ seed: summary.run.seed, notes: fateNotes(summary) }));
  const lines = runs.flatMap(({ seed, notes }) =>
    notes.map((note) => {
      const isCommon = runs.every((other) => other.notes.includes(note));
      return isCommon ? `${name}: ${note}` : `${name}, seed ${seed}: ${note}`;
    }),
  );
  return [
    ...sameNotes(name, summaries),
    ...tailNotes(name, summaries),
    ...new Set(lines),
    ...fragmentationNotes(summaries).map((note) => `${name}: ${note}`),
  ];
}
