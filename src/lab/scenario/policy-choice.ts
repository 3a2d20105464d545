import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { atPath, InputError, type InputPlace, type ParameterValue, quote } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import { digestText } from '../../results/files/digest.js';
import { loadPolicy } from '../policy-file/policy-file.js';
import {
  argumentValues,
  isPolicyPath,
  type PolicyUse,
  parsePolicyUses,
  policyLabel,
  policyUseText,
} from '../policy-file/policy-use.js';
import { FILES } from '../run/node/run.js';
import { checkRun } from '../run/plan-run.js';
import type { RunSources } from '../run/run-sources.js';
import type { RunSpec } from '../run/run-spec.js';
import { assignSettings, formerNameNote, formerNameNotes, formerNames, parameterNames } from './settings.js';

/** The part of a run that depends on its policy. */
export type PolicyChoice = Pick<RunSpec, 'policy' | 'label' | 'elsewhere' | 'policyPlace'>;

/** The policies that are compared when `--policy` is left out. */
const DEFAULT_POLICIES = 'silos,drf,bin-packing';

/** A policy and the place where the user named it. */
interface PlacedUse {
  readonly use: PolicyUse;
  readonly place: InputPlace;
}

/** A loaded policy with its arguments. */
interface LoadedUse extends PlacedUse {
  readonly policy: Policy;
  readonly given: Readonly<Record<string, ParameterValue>>;
}

/**
 * The policies of `--policy` or of a scenario's list, in order. Each file is loaded and type-checked here, so that an error in any
 * file is found before the first run. `note` gets a line for each parameter that is set under its former name. `cache` keeps loaded
 * policies for the next call. @throws InputError
 */
export async function choosePolicies(
  policies: string | readonly string[] = DEFAULT_POLICIES,
  set: Readonly<Record<string, string>>,
  note: (line: string) => void,
  cache = new Map<string, Policy>(),
): Promise<PolicyChoice[]> {
  const all: LoadedUse[] = [];
  const loaded = new Map<string, Policy>();
  for (const { use, place } of placedUses(policies)) {
    const key = fileKey(use.name);
    const policy =
      cache.get(key) ?? (await loadPolicy(use.name, undefined, { ...place, column: use.column }));
    cache.set(key, policy);
    loaded.set(key, policy);
    all.push({ use, place, policy, given: argumentValues(use, policy, place) });
  }
  checkNames(all);
  checkTwice(all, set);
  const former = [...formerNameNotes(set, [...loaded.values()]), ...all.flatMap(formerArgumentNotes)];
  for (const line of new Set(former)) note(line);
  const known = [
    ...new Set([...loaded.values()].flatMap((one) => [...parameterNames(one), ...formerNames(one)])),
  ];
  return all.map((one) => ({
    policy: policyUseText(one.use),
    label: labelOf(one, all, set),
    ...(one.use.arguments.length > 0 && {
      policyPlace: {
        columns: valueColumns(one),
        ...(one.place.path !== undefined && { path: one.place.path }),
      },
    }),
    ...(loaded.size > 1 && { elsewhere: known }),
  }));
}

const OPTION: InputPlace = { field: '--policy' };

function placedUses(policies: string | readonly string[]): PlacedUse[] {
  if (typeof policies === 'string') return parsePolicyUses(policies).map((use) => ({ use, place: OPTION }));
  return policies.flatMap((text, i) => {
    const place = { ...OPTION, path: ['policy', i] };
    return atPath(place.path, () => parsePolicyUses(text)).map((use) => ({ use, place }));
  });
}

/** The same for two paths of one file. */
function fileKey(name: string): string {
  if (!isPolicyPath(name)) return name;
  try {
    return realpathSync(name);
  } catch {
    return resolve(name);
  }
}

/** The column of each value in the text of `--policy`, by the name of the parameter. */
function valueColumns({ use, policy }: LoadedUse): Record<string, number> {
  return Object.fromEntries(
    use.arguments.map(({ name, valueColumns }) => {
      const parameter = policy.parameters.find((one) => one.name === name || one.formerName === name);
      return [parameter?.name ?? name, valueColumns[0] as number];
    }),
  );
}

function formerArgumentNotes({ use, policy }: LoadedUse): string[] {
  return use.arguments.flatMap(({ name }) => {
    const renamed = policy.parameters.find(({ formerName }) => formerName === name);
    if (renamed === undefined) return [];
    return [formerNameNote(`${policy.name}(${name}=...)`, `${policy.name}(${renamed.name}=...)`)];
  });
}

/** Checks every run before the first one starts; seeds do not matter to the check. @throws InputError */
export async function checkRuns(specs: readonly RunSpec[], sources: RunSources = FILES): Promise<void> {
  // A single run checks itself before it starts.
  if (specs.length === 1) return;
  const checked = new Set<string>();
  for (const spec of specs) {
    const policy = plannedName(spec);
    if (!checked.has(policy)) await checkRun(spec, sources);
    checked.add(policy);
  }
}

/** The name of a policy before its run. */
export function plannedName({ label, policy }: Pick<RunSpec, 'label' | 'policy'>): string {
  return label ?? policy;
}

/** The folder of each policy's results, by its planned name, such as `drf-interval=30s`: with unsafe characters replaced. */
export function policyFolders(specs: readonly RunSpec[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of new Set(specs.map(plannedName))) {
    const safe = folderName(name);
    let folder = safe;
    // Some file systems ignore the case of names.
    for (let i = 2; taken.has(folder.toLowerCase()); i++) folder = `${safe}-${i}`;
    taken.add(folder.toLowerCase());
    folders.set(name, folder);
  }
  return folders;
}

/** `OUT` for a single run, `OUT/policy` for one of several policies, `OUT/policy/seed-N` with several seeds, now or later (`areMore`). */
export function runFolders(specs: readonly RunSpec[], out: string, areMore = false): string[] {
  if (specs.length === 1 && !areMore) return [out];
  const folders = policyFolders(specs);
  const hasSeeds = areMore || specs.some((spec) => spec.seed !== specs[0].seed);
  return specs.map((spec) => {
    const folder = join(out, folders.get(plannedName(spec)) as string);
    return hasSeeds ? join(folder, `seed-${spec.seed}`) : folder;
  });
}

/** Two formulas may differ only in an operator, and a formula may be longer than the name of a folder. */
function folderName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._=+-]+/g, '-').replace(/-+$/, '');
  if (safe.length <= LONGEST_FOLDER && !FORMULA_OPERATOR.test(name)) return safe;
  const digest = digestText(name, 8);
  return `${safe.slice(0, LONGEST_FOLDER)}-${digest}`;
}

const LONGEST_FOLDER = 80;
const FORMULA_OPERATOR = /[*<>?^!%]/;

/** Results are named after policies, so two policies must not have the same name. @throws InputError */
function checkNames(all: readonly LoadedUse[]): void {
  for (const [i, one] of all.entries()) {
    const first = all
      .slice(0, i)
      .find(({ policy }) => policy !== one.policy && policy.name === one.policy.name);
    if (first === undefined) continue;
    const both = `${quote(first.use.name)} and ${quote(one.use.name)} have the same name ${quote(one.policy.name)}`;
    throw new InputError(
      { ...one.place, column: one.use.column },
      `${both}; change the name of one of the policies`,
    );
  }
}

/** @throws InputError when two policies are the same in name and in every parameter. */
function checkTwice(all: readonly LoadedUse[], set: Readonly<Record<string, string>>): void {
  for (const [i, one] of all.entries()) {
    const first = all.slice(0, i).find((other) => other.policy === one.policy && isSame(one, other, set));
    if (first === undefined) continue;
    const [text, other] = [policyUseText(one.use), policyUseText(first.use)];
    throw new InputError(
      { ...one.place, column: one.use.column },
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
