import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Policy } from '../../policies/policy.js';
import { digestText } from '../../results/files/digest.js';
import { loadPolicy } from '../policy-file/policy-file.js';
import { isPolicyPath } from '../policy-file/policy-use.js';
import { FILES } from '../run/node/run.js';
import { checkRun } from '../run/plan-run.js';
import type { RunSources } from '../run/run-sources.js';
import type { RunSpec } from '../run/run-spec.js';
import { type PolicyChoice, policyChoices } from './policy-uses.js';

/** The policies that are compared when `--policy` is left out. */
const DEFAULT_POLICIES = 'silos,drf,bin-packing';

/**
 * The policies of `--policy` or of a scenario's list, in order. Each file is loaded and type-checked here, so that an error in any
 * file is found before the first run. `note` gets a line for each parameter that is set under its former name. `cache` keeps loaded
 * policies for the next call. @throws InputError
 */
export function choosePolicies(
  policies: string | readonly string[] = DEFAULT_POLICIES,
  set: Readonly<Record<string, string>>,
  note: (line: string) => void,
  cache = new Map<string, Policy>(),
): Promise<PolicyChoice[]> {
  return policyChoices(policies, set, note, async ({ use, place }) => {
    const key = fileKey(use.name);
    const policy =
      cache.get(key) ?? (await loadPolicy(use.name, undefined, { ...place, column: use.column }));
    cache.set(key, policy);
    return policy;
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
