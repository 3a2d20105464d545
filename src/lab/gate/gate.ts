import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { fromSeconds, InputError, quote } from '../../model/index.js';
import { type Metric, metricsOf, metricValue } from '../../results/metric.js';
import { type MeanInterval, meanInterval } from '../../results/statistics/mean-interval.js';
import { variantsOf } from '../../results/variants.js';
import { policyUseText } from '../policy-file/policy-use.js';
import type { RunSpec } from '../run/run-spec.js';
import { MACHINES_OF_TRACE, type WorkloadChoice } from '../workload/workload.js';

/** How much worse a metric may become: a share of the baseline, or an absolute amount in the metric's unit. */
export interface Tolerance {
  readonly kind: 'relative' | 'absolute';
  readonly amount: number;
}

/** The tolerance of metrics that no `--tolerance` covers. */
const DEFAULT_TOLERANCE: Tolerance = { kind: 'relative', amount: 0.05 };

/** One metric of one policy, before and now, over the same seeds. */
export interface GatedMetric {
  readonly policy: string;
  readonly metric: Metric;
  readonly baseline: number;
  readonly now: number;
  /** Paired differences now - baseline, over seeds. */
  readonly difference: MeanInterval;
  readonly tolerance: Tolerance;
  readonly verdict: 'same' | 'better' | 'within' | 'uncertain' | 'worse';
}

/** The files with which a baseline is run again. The user names them again, because results contain no paths. */
export interface Rerun {
  readonly trace?: string | undefined;
  readonly machines?: string | undefined;
  /** Policy files, by the name that the policy has in the baseline. */
  readonly policyFiles: ReadonlyMap<string, string>;
  /** Parameters that name files, by their full names, such as `openb.podOrder`. */
  readonly set?: Readonly<Record<string, string>>;
}

/** The spec with which a run of the baseline is repeated. @throws InputError when a required file is not named. */
export function specOf(summary: Summary, rerun: Rerun): RunSpec {
  const { run } = summary;
  const machines = rerun.machines ?? machinesOf(summary);
  const label = run.policy.name;
  const policy = nameWithoutArguments(label, rerun);
  return {
    policy: policyUseText({ name: rerun.policyFiles.get(policy) ?? policy, arguments: [] }),
    ...(policy !== label && { label }),
    workload: workloadOf(summary, rerun),
    ...(machines !== undefined && { machines }),
    seed: run.seed,
    ...(run.horizon !== null && { until: fromSeconds(run.horizon) }),
    ...(run.failures !== undefined && {
      failures: {
        ...(run.failures.preset !== '' && { preset: run.failures.preset }),
        faults: run.failures.faults,
      },
    }),
    ...(run.operations !== undefined && { operations: run.operations }),
    ...(run.tenants !== undefined && { tenants: run.tenants }),
    set: {
      ...scoped(policy, run.policy.parameters),
      ...scoped(run.workload.format ?? run.workload.name, run.workload.parameters),
      ...scoped('run', run.settings),
      ...scoped('failures', run.failures?.settings ?? {}),
      ...scoped('elasticity', run.elasticity ?? {}),
      ...rerun.set,
    },
  };
}

/** `drf` for `drf(interval=30s)`. The parameters of the summary contain all values. */
function nameWithoutArguments(label: string, { policyFiles }: Rerun): string {
  if (policyFiles.has(label) || !label.endsWith(')')) return label;
  return label.slice(0, label.indexOf('('));
}

function workloadOf({ run }: Summary, rerun: Rerun): WorkloadChoice {
  const { kind, name, format, services, after } = run.workload;
  if (kind === 'generated')
    return {
      kind,
      name,
      ...(services !== undefined && { services }),
      ...(after !== undefined && { after }),
    };
  if (rerun.trace === undefined)
    throw new InputError(
      { field: '--trace' },
      `the baseline replays ${quote(name)}; give its path with --trace FILE`,
    );
  return { kind, path: rerun.trace, ...(format !== undefined && { format }) };
}

/** The machines of the baseline; undefined if they come from the trace. */
function machinesOf({ run }: Summary): string | undefined {
  const { source } = run.machines;
  if (source === MACHINES_OF_TRACE) return undefined;
  if (/^\d+\s*x/.test(source)) return source;
  throw new InputError(
    { field: '--machines' },
    `the baseline ran on ${quote(source)}; give its path with --machines FILE`,
  );
}

function scoped(owner: string, values: Readonly<Record<string, string | number>>): Record<string, string> {
  const isQualified = (name: string) => name.includes('.');
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [isQualified(name) ? name : `${owner}.${name}`, String(value)]),
  );
}

/**
 * Compares runs with the baseline, policy by policy, paired by seed. A metric is worse when its mean paired difference is in the
 * bad direction and exceeds the tolerance. With two seeds or more, the 95 % interval of the difference must also exclude 0;
 * otherwise the difference is uncertain.
 * @throws InputError when a run of the baseline has no counterpart.
 */
export function gate(
  baseline: readonly Summary[],
  now: readonly Summary[],
  tolerances: ReadonlyMap<string, Tolerance>,
): GatedMetric[] {
  const pairs = baseline.map((before, i) => ({ before, after: now[i] }));
  for (const { before, after } of pairs) checkSameWork(before, after);
  return variantsOf(baseline).flatMap(({ name: policy, summaries }) => {
    const ours = pairs.filter(({ before }) => summaries.includes(before));
    return metricsOf(ours[0].before).flatMap((metric) => {
      const gated = gateMetric(policy, metric, ours, toleranceOf(metric.key, tolerances));
      return gated === undefined ? [] : [gated];
    });
  });
}

function checkSameWork(before: Summary, after: Summary | undefined): void {
  const { policy, seed } = before.run;
  if (after?.run.policy.name !== policy.name || after.run.seed !== seed)
    throw new InputError({}, `the baseline's run of ${policy.name} with seed ${seed} was not repeated`);
  const hash = before.run.workload.sha256;
  if (hash !== undefined && hash !== after.run.workload.sha256) {
    throw new InputError(
      { field: '--trace' },
      `differs from the file of the baseline: ${quote(before.run.workload.name)} had another sha256`,
    );
  }
}

interface Pair {
  readonly before: Summary;
  readonly after: Summary;
}

function gateMetric(
  policy: string,
  metric: Metric,
  pairs: readonly Pair[],
  tolerance: Tolerance,
): GatedMetric | undefined {
  const values = pairs
    .map(({ before, after }) => ({
      before: metricValue(before, metric.key),
      after: metricValue(after, metric.key),
    }))
    .filter(
      (pair): pair is { before: number; after: number } =>
        pair.before !== undefined && pair.after !== undefined,
    );
  if (values.length === 0) return undefined;
  const baseline = meanInterval(values.map(({ before }) => before)).mean;
  const difference = meanInterval(values.map(({ before, after }) => after - before));
  return {
    policy,
    metric,
    baseline,
    now: meanInterval(values.map(({ after }) => after)).mean,
    difference,
    tolerance,
    verdict: verdict(metric, baseline, difference, tolerance),
  };
}

function verdict(
  metric: Metric,
  baseline: number,
  difference: MeanInterval,
  tolerance: Tolerance,
): GatedMetric['verdict'] {
  if (difference.mean === 0 && (difference.halfWidth ?? 0) === 0) return 'same';
  if (metric.better === 'neither') return 'within';
  const harm = metric.better === 'lower' ? difference.mean : -difference.mean;
  const allowed = tolerance.kind === 'absolute' ? tolerance.amount : tolerance.amount * Math.abs(baseline);
  const isCertain = difference.halfWidth === undefined || Math.abs(difference.mean) > difference.halfWidth;
  if (!isCertain) return 'uncertain';
  if (harm > allowed) return 'worse';
  return harm < 0 ? 'better' : 'within';
}

/** The tolerance with the longest key that equals the metric's key or is a prefix of it (`wait` covers `wait.p95`). */
function toleranceOf(key: string, tolerances: ReadonlyMap<string, Tolerance>): Tolerance {
  for (
    let prefix = key;
    prefix !== '';
    prefix = prefix.includes('.') ? prefix.slice(0, prefix.lastIndexOf('.')) : ''
  ) {
    const tolerance = tolerances.get(prefix);
    if (tolerance !== undefined) return tolerance;
  }
  return tolerances.get('') ?? DEFAULT_TOLERANCE;
}

/**
 * Reads `wait.p95=5%`, `queue=0.5` (absolute), `10%` (for all metrics). @throws InputError
 */
export function parseTolerance(text: string): [string, Tolerance] {
  const match = /^(?:([A-Za-z][\w.-]*)=)?(\d+(?:\.\d+)?)(%?)$/.exec(text.trim());
  if (match === null)
    throw InputError.expected({ field: '--tolerance' }, text, 'metric=5%, metric=0.5, or 5% for all metrics');
  const [, key = '', amount, percent] = match;
  return [
    key,
    percent === '%'
      ? { kind: 'relative', amount: Number(amount) / 100 }
      : { kind: 'absolute', amount: Number(amount) },
  ];
}
