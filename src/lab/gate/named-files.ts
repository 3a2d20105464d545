import type { Summary } from '../../metrics/catalogue/catalogue.js';
import { didYouMean, InputError, type InputPlace, type Parameter, quote } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { FAILURE_PARAMETERS } from '../../sim/failures/failure-parameters.js';
import { formatNamed } from '../../workloads/formats/index.js';
import type { PolicyUse } from '../policy-file/policy-use.js';
import { MACHINES_OF_TRACE } from '../workload/workload.js';

/** The files that the user names for a baseline. */
export interface NamedFiles {
  readonly trace?: string | undefined;
  readonly machines?: string | undefined;
  readonly set: Readonly<Record<string, string>>;
  /** Policies of `--policy`, loaded. */
  readonly policies: readonly {
    readonly use: PolicyUse;
    readonly policy: Policy;
    readonly isFile: boolean;
  }[];
}

/**
 * The baseline fixes every choice, and the options name only its files. An option that has no use there is a mistake: the user would
 * believe that it has an effect. @throws InputError
 */
export function checkNamedFiles(baseline: readonly Summary[], files: NamedFiles): void {
  if (files.trace !== undefined && baseline.every(({ run }) => run.workload.kind === 'generated'))
    throw new InputError({ field: '--trace' }, 'the baseline replays no trace; its workload is generated');
  if (files.machines !== undefined) checkMachines(baseline, files.machines);
  checkPolicies(baseline, files);
}

function checkMachines(baseline: readonly Summary[], machines: string): void {
  const place = { field: '--machines' };
  const sources = baseline.map(({ run }) => run.machines.source);
  const isFile = (source: string) => source !== MACHINES_OF_TRACE && !isSpecification(source);
  if (!sources.some(isFile))
    throw new InputError(
      place,
      `the baseline uses no machines file; its machines are ${sources[0] === MACHINES_OF_TRACE ? 'those of the trace' : quote(sources[0])}`,
    );
  if (isSpecification(machines))
    throw InputError.expected(place, machines, `the path of ${quote(sources.find(isFile))}`);
}

function isSpecification(machines: string): boolean {
  return /^\d+\s*x/.test(machines);
}

function checkPolicies(baseline: readonly Summary[], { policies }: NamedFiles): void {
  const known = [...new Set(baseline.map(({ run }) => run.policy.name.replace(/\(.*$/s, '')))];
  const seen = new Map<string, string>();
  for (const { use, policy, isFile } of policies) {
    const place: InputPlace = { field: '--policy', column: use.column };
    if (!isFile)
      throw new InputError(
        place,
        `${quote(use.name)} is built in; the option names only the policy files of the baseline`,
      );
    const [argument] = use.arguments;
    if (argument !== undefined)
      throw new InputError(
        { ...place, column: argument.column },
        `found an argument of ${use.name}; the arguments are those of the baseline`,
      );
    if (!known.includes(policy.name))
      throw new InputError(
        place,
        `the baseline has no policy ${quote(policy.name)} of ${use.name}, expected one of ${known.join(', ')}${didYouMean(policy.name, known)}`,
      );
    const other = seen.get(policy.name);
    if (other !== undefined)
      throw new InputError(
        place,
        `${quote(other)} and ${quote(use.name)} have the same name ${quote(policy.name)}`,
      );
    seen.set(policy.name, use.name);
  }
}

/** `--set` with the full name of each parameter. @throws InputError unless each names a file of the baseline. */
export function fileSettings(
  baseline: readonly Summary[],
  { set, policies }: NamedFiles,
): Record<string, string> {
  const known = new Map<string, string>();
  for (const { run } of baseline) {
    const { format, parameters } = run.workload;
    note(known, format, format === undefined ? [] : formatNamed(format).parameters, parameters);
    note(known, 'failures', FAILURE_PARAMETERS, run.failures?.settings ?? {});
    for (const { policy } of policies) note(known, policy.name, policy.parameters, run.policy.parameters);
  }
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => {
      const name = known.get(key);
      if (name !== undefined) return [name, value];
      const names = [...new Set(known.values())];
      const expected =
        names.length === 0
          ? 'the baseline has none'
          : `expected one of ${names.join(', ')}${didYouMean(key, names)}`;
      throw new InputError(
        { field: `--set ${key}` },
        `is not a parameter of the baseline that names a file; ${expected}`,
      );
    }),
  );
}

/** The parameters with which the baseline names a file, by each of their names. */
function note(
  known: Map<string, string>,
  owner: string | undefined,
  parameters: readonly Parameter[],
  values: Readonly<Record<string, string | number>>,
): void {
  for (const { kind, name } of parameters) {
    if (kind !== 'file' || (values[name] ?? '') === '') continue;
    known.set(name, `${owner}.${name}`);
    known.set(`${owner}.${name}`, `${owner}.${name}`);
  }
}
