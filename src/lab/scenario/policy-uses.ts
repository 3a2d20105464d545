import { atPath, InputError, type InputPlace, type ParameterValue, quote } from '../../model/index.js';
import type { Policy } from '../../policies/policy.js';
import {
  argumentValues,
  type PolicyUse,
  parsePolicyUses,
  policyLabel,
  policyUseText,
} from '../policy-file/policy-use.js';
import type { RunSpec } from '../run/run-spec.js';
import { assignSettings, formerNameNote, formerNameNotes, formerNames, parameterNames } from './settings.js';

/** The part of a run that depends on its policy. */
export type PolicyChoice = Pick<RunSpec, 'policy' | 'label' | 'elsewhere' | 'policyPlace'>;

/** A policy and the place where the user named it. */
export interface PlacedUse {
  readonly use: PolicyUse;
  readonly place: InputPlace;
}

/** A loaded policy with its arguments. */
interface LoadedUse extends PlacedUse {
  readonly policy: Policy;
  readonly given: Readonly<Record<string, ParameterValue>>;
}

/**
 * The policies of `--policy` or of a scenario's list, in order. `load` gives the policy of a use: the same object for the same policy.
 * `note` gets a line for each parameter that is set under its former name. @throws InputError
 */
export async function policyChoices(
  policies: string | readonly string[],
  set: Readonly<Record<string, string>>,
  note: (line: string) => void,
  load: (placed: PlacedUse) => Promise<Policy>,
): Promise<PolicyChoice[]> {
  const all: LoadedUse[] = [];
  for (const { use, place } of placedUses(policies)) {
    const policy = await load({ use, place });
    all.push({ use, place, policy, given: argumentValues(use, policy, place) });
  }
  const loaded = [...new Set(all.map(({ policy }) => policy))];
  checkNames(all);
  checkTwice(all, set);
  const former = [...formerNameNotes(set, loaded), ...all.flatMap(formerArgumentNotes)];
  for (const line of new Set(former)) note(line);
  const known = [...new Set(loaded.flatMap((one) => [...parameterNames(one), ...formerNames(one)]))];
  return all.map((one) => ({
    policy: policyUseText(one.use),
    label: labelOf(one, all, set),
    ...(one.use.arguments.length > 0 && {
      policyPlace: {
        columns: valueColumns(one),
        ...(one.place.path !== undefined && { path: one.place.path }),
      },
    }),
    ...(loaded.length > 1 && { elsewhere: known }),
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
