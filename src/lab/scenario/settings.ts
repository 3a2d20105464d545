import {
  InputError,
  type Parameter,
  type ParameterValue,
  parameterText,
  parseParameter,
  quote,
} from '../../model/index.js';

/** Someone whose parameters can be set: a policy, the workload, the run. */
export interface SettingsOwner {
  /** Name before the dot in `name.parameter=value`. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** Values by parameter name, for each owner (by its place in the list given). */
export type AssignedSettings = readonly Readonly<Record<string, ParameterValue>>[];

/**
 * Gives each `key=value` to its owners. A key is a parameter's name, which then goes to every owner that has it, or
 * `owner.parameter`.
 * @throws InputError for a key that no owner has, and for a value that its parameter cannot take.
 */
export function assignSettings(
  set: Readonly<Record<string, string>>,
  owners: readonly SettingsOwner[],
): AssignedSettings {
  const assigned: Record<string, ParameterValue>[] = owners.map(() => ({}));
  for (const [key, text] of Object.entries(set)) {
    let isKnown = false;
    owners.forEach((owner, i) => {
      for (const parameter of owner.parameters) {
        const names = [parameter.name, ...(parameter.formerName === undefined ? [] : [parameter.formerName])];
        if (!names.some((name) => key === name || key === `${owner.name}.${name}`)) continue;
        assigned[i][parameter.name] = parseParameter(parameter, text, { field: `--set ${key}` });
        isKnown = true;
      }
    });
    if (!isKnown) throw unknownKey(key, owners);
  }
  return assigned;
}

function unknownKey(key: string, owners: readonly SettingsOwner[]): InputError {
  const names = owners.flatMap((owner) =>
    owner.parameters.map((p) => (p.name.includes('.') ? p.name : `${owner.name}.${p.name}`)),
  );
  const last = key.split('.').at(-1) ?? key;
  const near = names.filter(
    (name) => name.split('.').at(-1)?.toLowerCase() === last.toLowerCase() || name.startsWith(key),
  );
  const ofOwner = names.filter((name) => name.startsWith(`${key.split('.')[0]}.`));
  const hint = [near, ofOwner, names].find((some) => some.length > 0) ?? names;
  const list =
    hint.length > 12 ? `${hint.slice(0, 12).join(', ')} and ${hint.length - 12} more` : hint.join(', ');
  return new InputError({ field: '--set' }, `nothing has a parameter ${quote(key)}; there are ${list}`);
}

/** All values of an owner as text and numbers for the summary, defaults included. */
export function settingsRecord(
  parameters: readonly Parameter[],
  assigned: Readonly<Record<string, ParameterValue>>,
): Record<string, string | number> {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const value = assigned[parameter.name] ?? parameter.default;
      return [
        parameter.name,
        parameter.kind === 'number' ? (value as number) : parameterText(parameter, value),
      ];
    }),
  );
}
