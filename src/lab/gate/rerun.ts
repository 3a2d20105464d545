import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { fromSeconds, InputError, quote } from '../../model/index.js';
import { policyUseText } from '../policy-file/policy-use.js';
import type { RunSpec } from '../run/run-spec.js';
import { MACHINES_OF_TRACE, type WorkloadChoice } from '../workload/workload.js';

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
  const label = summary.run.policy.name;
  const policy = nameWithoutArguments(label, rerun);
  const { set, ...conditions } = conditionsOf(summary, rerun);
  return {
    policy: policyUseText({ name: rerun.policyFiles.get(policy) ?? policy, arguments: [] }),
    ...(policy !== label && { label }),
    ...conditions,
    set: { ...scoped(policy, summary.run.policy.parameters), ...set },
  };
}

/** As `specOf`, under another policy with its own arguments, such as `drf(refuse=10s)`. @throws InputError */
export function specUnder(policy: string, summary: Summary, rerun: Rerun): RunSpec {
  return { policy, ...conditionsOf(summary, rerun) };
}

/** Everything of a run but its policy. */
function conditionsOf(summary: Summary, rerun: Rerun): Omit<RunSpec, 'policy'> {
  const { run } = summary;
  const machines = rerun.machines ?? machinesOf(summary);
  return {
    workload: workloadOf(summary, rerun),
    ...(machines !== undefined && { machines }),
    seed: run.seed,
    ...(run.horizon !== null && { until: fromSeconds(run.horizon) }),
    ...(run.warmUp !== undefined && {
      warmUp: { rule: run.warmUp.rule, lasts: fromSeconds(run.warmUp.seconds) },
    }),
    ...(run.failures !== undefined && {
      failures: {
        ...(run.failures.preset !== '' && { preset: run.failures.preset }),
        faults: run.failures.faults,
      },
    }),
    ...(run.operations !== undefined && { operations: run.operations }),
    ...(run.tenants !== undefined && { tenants: run.tenants }),
    set: {
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
