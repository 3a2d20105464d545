import {
  InputError,
  nearestName,
  type Parameter,
  type ParameterValue,
  parameterText,
  parseParameter,
  quote,
} from '../../model/index.js';

/** An owner of parameters: a policy, the workload, the run or an extension. */
export interface SettingsOwner {
  /** Name before the dot in `name.parameter=value`. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** Values by parameter name, for each owner in the order of the list. */
export type AssignedSettings = readonly Readonly<Record<string, ParameterValue>>[];

/**
 * Assigns each `key=value` to its owners. A key is `owner.parameter`, or the name of a parameter. A name alone applies to every
 * owner with that parameter. `elsewhere` has the full names of the parameters of the other policies in a comparison. Their keys are
 * valid, but are ignored here.
 * @throws InputError for a key that no owner has, and for a value that its parameter cannot take.
 */
export function assignSettings(
  set: Readonly<Record<string, string>>,
  owners: readonly SettingsOwner[],
  elsewhere: readonly string[] = [],
): AssignedSettings {
  const assigned: Record<string, ParameterValue>[] = owners.map(() => ({}));
  for (const [key, text] of Object.entries(set)) {
    let isKnown = elsewhere.some((name) => name === key || name.endsWith(`.${key}`));
    owners.forEach((owner, i) => {
      for (const parameter of owner.parameters) {
        const names = [parameter.name, ...(parameter.formerName === undefined ? [] : [parameter.formerName])];
        if (!names.some((name) => key === name || key === `${owner.name}.${name}`)) continue;
        const place = { field: `--set ${key}`, path: ['set', key] };
        assigned[i][parameter.name] = parseParameter(parameter, text, place);
        isKnown = true;
      }
    });
    if (!isKnown) throw unknownKey(key, [...owners.flatMap(parameterNames), ...elsewhere]);
  }
  return assigned;
}

/** A note for each key of `set` that is the former name of a parameter. */
export function formerNameNotes(
  set: Readonly<Record<string, string>>,
  owners: readonly SettingsOwner[],
): string[] {
  const renamed = owners.flatMap(({ name: owner, parameters }) =>
    parameters.flatMap(({ name, formerName }) =>
      formerName === undefined
        ? []
        : [
            [formerName, name],
            [`${owner}.${formerName}`, `${owner}.${name}`],
          ],
    ),
  );
  return Object.keys(set).flatMap((key) => {
    const now = renamed.find(([former]) => former === key)?.[1];
    return now === undefined ? [] : [formerNameNote(`--set ${key}`, `--set ${now}`)];
  });
}

/** The note about a name that this version still accepts. */
export function formerNameNote(former: string, now: string): string {
  return `note: ${former} is now ${now}; the old name works in this version only.`;
}

/** The full names of an owner's parameters: `drf.interval`. */
export function parameterNames({ name, parameters }: SettingsOwner): string[] {
  return parameters.map((parameter) =>
    parameter.name.includes('.') ? parameter.name : `${name}.${parameter.name}`,
  );
}

/** The full former names of an owner's parameters, which are still accepted. */
export function formerNames({ name, parameters }: SettingsOwner): string[] {
  return parameters.flatMap(({ formerName }) => (formerName === undefined ? [] : [`${name}.${formerName}`]));
}

/** Largest number of known names in a message. */
const LISTED = 12;

function unknownKey(key: string, known: readonly string[]): InputError {
  const names = [...new Set(known)];
  const place = { field: '--set', path: ['set', key] };
  if (names.length === 0)
    throw new InputError(place, `unknown parameter ${quote(key)}; there are no parameters here`);
  const lastPart = (name: string) => name.split('.').at(-1) ?? name;
  const same = names.filter(
    (name) => lastPart(name).toLowerCase() === lastPart(key).toLowerCase() || name.startsWith(key),
  );
  const ofOwner = names.filter((name) => name.startsWith(`${key.split('.')[0]}.`));
  const near =
    nearestName(key, names) ?? names.find((name) => lastPart(name) === nearestName(key, names.map(lastPart)));
  const hint = [same, ofOwner, names].find((some) => some.length > 0) ?? names;
  const list =
    hint.length > LISTED
      ? `${hint.slice(0, LISTED).join(', ')} and ${hint.length - LISTED} more`
      : hint.join(', ');
  const question = near === undefined || same.length > 0 ? '' : `; did you mean ${near}?`;
  return new InputError(place, `unknown parameter ${quote(key)}, expected one of ${list}${question}`);
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
