import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import { loadPolicy } from '../lab/policy-file/policy-file.js';
import {
  argumentValues,
  isPolicyPath,
  type PolicyUse,
  parsePolicyUse,
  parsePolicyUses,
  policyLabel,
  policyUseText,
} from '../lab/policy-file/policy-use.js';
import { FILES } from '../lab/run/node/run.js';
import { checkRun } from '../lab/run/plan-run.js';
import type { RunSpec } from '../lab/run/run-spec.js';
import {
  assignSettings,
  formerNameNote,
  formerNameNotes,
  formerNames,
  parameterNames,
} from '../lab/scenario/settings.js';
import { atPath, InputError, type ParameterValue, quote } from '../model/index.js';
import type { Policy } from '../policies/policy.js';

/** The part of a run that depends on its policy. */
export type PolicyChoice = Pick<RunSpec, 'policy' | 'label' | 'elsewhere'>;

/** The policies that are compared when `--policy` is left out. */
const DEFAULT_POLICIES = 'silos,drf,bin-packing';

/** A loaded policy with its arguments. */
interface LoadedUse {
  readonly use: PolicyUse;
  readonly policy: Policy;
  readonly given: Readonly<Record<string, ParameterValue>>;
}

/**
 * The policies of `--policy` or of a scenario's list, in order. Each file is loaded and type-checked here, so that an error in any
 * file is found before the first run. `note` gets a line for each parameter that is set under its former name. @throws InputError
 */
export async function choosePolicies(
  policies: string | readonly string[] = DEFAULT_POLICIES,
  set: Readonly<Record<string, string>>,
  note: (line: string) => void = writeNote,
): Promise<PolicyChoice[]> {
  const uses =
    typeof policies === 'string'
      ? parsePolicyUses(policies)
      : policies.flatMap((text, i) => atPath(['policy', i], () => parsePolicyUses(text)));
  checkNames(uses);
  const loaded = new Map<string, Policy>();
  for (const { name } of uses) if (!loaded.has(name)) loaded.set(name, await loadPolicy(name));
  const all = uses.map((use) => {
    const policy = loaded.get(use.name) as Policy;
    return { use, policy, given: argumentValues(use, policy) };
  });
  checkTwice(all, set);
  const former = [...formerNameNotes(set, [...loaded.values()]), ...all.flatMap(formerArgumentNotes)];
  for (const line of new Set(former)) note(line);
  const known = [
    ...new Set([...loaded.values()].flatMap((one) => [...parameterNames(one), ...formerNames(one)])),
  ];
  return all.map((one) => ({
    policy: policyUseText(one.use),
    ...(one.use.arguments.length > 0 && { label: labelOf(one, all, set) }),
    ...(loaded.size > 1 && { elsewhere: known }),
  }));
}

function writeNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

function formerArgumentNotes({ use, policy }: LoadedUse): string[] {
  return use.arguments.flatMap(({ name }) => {
    const renamed = policy.parameters.find(({ formerName }) => formerName === name);
    if (renamed === undefined) return [];
    return [formerNameNote(`${policy.name}(${name}=...)`, `${policy.name}(${renamed.name}=...)`)];
  });
}

/** Checks every run before the first one starts; seeds do not matter to the check. @throws InputError */
export async function checkRuns(specs: readonly RunSpec[]): Promise<void> {
  // A single run checks itself before it starts.
  if (specs.length === 1) return;
  const checked = new Set<string>();
  for (const spec of specs) {
    const policy = plannedName(spec);
    if (!checked.has(policy)) await checkRun(spec, FILES);
    checked.add(policy);
  }
}

/** The name of a policy before its run. */
export function plannedName({ label, policy }: Pick<RunSpec, 'label' | 'policy'>): string {
  return label ?? policy;
}

/** The folder of a policy's results: its name and its arguments, with unsafe characters replaced, such as `drf-interval=30s`. */
export function policyFolder({ policy, label = '' }: Pick<RunSpec, 'label' | 'policy'>): string {
  const { name } = parsePolicyUse(policy);
  const given = label.includes('(') ? label.slice(label.indexOf('(')) : '';
  const text = given.replace(/[^A-Za-z0-9._=+-]+/g, '-').replace(/-+$/, '');
  // Two formulas may differ only in an operator, and a formula may be longer than the name of a folder.
  if (text.length <= LONGEST_ARGUMENTS && !FORMULA_OPERATOR.test(given)) return `${nameOf(name)}${text}`;
  const digest = createHash('sha256').update(given).digest('hex').slice(0, 8);
  return `${nameOf(name)}${text.slice(0, LONGEST_ARGUMENTS)}-${digest}`;
}

const LONGEST_ARGUMENTS = 80;
const FORMULA_OPERATOR = /[*/<>?^!%]/;

function nameOf(policy: string): string {
  return isPolicyPath(policy) ? basename(policy, extname(policy)) : policy;
}

/** Result folders are named after policies, so two policy files must not have the same base name. @throws InputError */
function checkNames(uses: readonly PolicyUse[]): void {
  const twice = uses.find(({ name }, i) =>
    uses.slice(0, i).some((other) => other.name !== name && nameOf(other.name) === nameOf(name)),
  );
  if (twice === undefined) return;
  const first = uses.find(({ name }) => nameOf(name) === nameOf(twice.name)) as PolicyUse;
  throw new InputError(
    { field: '--policy' },
    `${quote(first.name)} and ${quote(twice.name)} have the same name; rename one of the files`,
  );
}

/** @throws InputError when two policies are the same in name and in every parameter. */
function checkTwice(all: readonly LoadedUse[], set: Readonly<Record<string, string>>): void {
  for (const [i, one] of all.entries()) {
    const first = all.slice(0, i).find((other) => other.policy === one.policy && isSame(one, other, set));
    if (first === undefined) continue;
    const [text, other] = [policyUseText(one.use), policyUseText(first.use)];
    throw new InputError(
      { field: '--policy' },
      text === other ? `${quote(text)} is given twice` : `${quote(other)} and ${quote(text)} are the same`,
    );
  }
}

function isSame(a: LoadedUse, b: LoadedUse, set: Readonly<Record<string, string>>): boolean {
  return a.policy.parameters.every(
    ({ name }) => effectiveValue(a, name, set) === effectiveValue(b, name, set),
  );
}

/** The name of a policy with the arguments that differ from its other uses; with all arguments if it is used once. */
function labelOf(one: LoadedUse, all: readonly LoadedUse[], set: Readonly<Record<string, string>>): string {
  const others = all.filter((other) => other !== one && other.policy === one.policy);
  const differs = (name: string) =>
    others.some((other) => effectiveValue(other, name, set) !== effectiveValue(one, name, set));
  return policyLabel(one.use, one.policy, others.length === 0 ? undefined : differs);
}

function effectiveValue(
  { policy, given }: LoadedUse,
  name: string,
  set: Readonly<Record<string, string>>,
): ParameterValue | undefined {
  if (name in given) return given[name];
  // Settings of other policies are allowed here.
  const own = assignSettings(set, [policy], Object.keys(set))[0];
  return own[name] ?? policy.parameters.find((one) => one.name === name)?.default;
}
