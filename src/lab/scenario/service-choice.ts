import { atPath, didYouMean, InputError, type Parameter, parseParameter, quote } from '../../model/index.js';
import { type ServiceUse, serviceNamed, useText, withAdded } from '../../workloads/composition.js';
import { SERVICES } from '../../workloads/services/index.js';
import { SMACK } from '../../workloads/smack.js';

/**
 * The services of a scenario file: the parameters of each by its name, as text. `service` is the kind of service if the name is not
 * one. `after` has the names of the services that must be up first, joined by commas.
 */
export type ScenarioServices = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The services of a workload, and the values of their parameters. */
export interface ServiceChoice {
  /** Each `service` or `name=service`. */
  readonly services: readonly string[];
  /** For each later service, the names of the services that it comes after. Left out if there is no order. */
  readonly after?: Readonly<Record<string, string[]>>;
  /** By `name.parameter`. */
  readonly set: Readonly<Record<string, string>>;
  /** The path in the scenario of each key of `set`. */
  readonly origins: ReadonlyMap<string, readonly (string | number)[]>;
}

const ADDED_FORM = 'SERVICE or SERVICE:PARAMETER=VALUE,…, such as kafka:brokers=20';

/**
 * The services of a scenario (by default, those of the default workload) and the added ones: `hdfs`, or `kafka:brokers=20`. An added
 * kafka is named kafka-2 if there already is a kafka.
 * @throws InputError
 */
export function composeServices(
  scenario: ScenarioServices | undefined,
  added: readonly string[],
): ServiceChoice {
  const collected = new CollectedSettings();
  let uses: readonly ServiceUse[] = scenario === undefined ? SMACK : usesOf(scenario, collected);
  for (const [i, text] of added.entries())
    atPath(['add', i], () => {
      const colon = text.indexOf(':');
      const name = colon < 0 ? text : text.slice(0, colon);
      uses = withAdded(uses, serviceNamed(name, SERVICES, { field: '--add' }));
      const use = uses[uses.length - 1];
      if (colon >= 0) assign(text.slice(colon + 1), { use, text, path: ['add', i] }, collected);
    });
  const after = Object.fromEntries(
    uses.flatMap((use) => (use.after === undefined ? [] : [[use.name, [...use.after]]])),
  );
  return {
    services: uses.map(useText),
    ...(Object.keys(after).length > 0 && { after }),
    set: collected.set,
    origins: collected.origins,
  };
}

/** Settings of services, with the path of each. */
class CollectedSettings {
  readonly set: Record<string, string> = {};
  readonly origins = new Map<string, readonly (string | number)[]>();

  put(key: string, value: string, path: readonly (string | number)[]): void {
    this.set[key] = value;
    this.origins.set(key, path);
  }
}

function usesOf(scenario: ScenarioServices, collected: CollectedSettings): ServiceUse[] {
  return Object.entries(scenario).map(([name, { service = name, after, ...parameters }]) => {
    const path = ['services', name];
    if (!/^[A-Za-z][\w-]*$/.test(name))
      throw InputError.expected({ field: 'services', path }, name, 'a name of letters, digits, - and _');
    for (const [parameter, value] of Object.entries(parameters))
      collected.put(`${name}.${parameter}`, value, [...path, parameter]);
    const use = { name, service: serviceNamed(service, SERVICES, { path }) };
    return after === undefined ? use : { ...use, after: after.split(',').map((one) => one.trim()) };
  });
}

/** An added service, the text of its entry, and the path of the entry. */
interface AddedService {
  readonly use: ServiceUse;
  readonly text: string;
  readonly path: readonly (string | number)[];
}

function assign(pairs: string, { use, text, path }: AddedService, collected: CollectedSettings): void {
  for (const pair of pairs.split(',')) {
    const at = pair.indexOf('=');
    if (at < 1) throw InputError.expected({ field: '--add' }, text, ADDED_FORM);
    const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const key = `${use.name}.${name}`;
    if (key in collected.set) throw new InputError({ field: '--add' }, `${quote(name)} is given twice`);
    parseParameter(parameterNamed(name, use), value, { field: `--add ${use.service.name}:${name}` });
    collected.put(key, value, path);
  }
}

/** @throws InputError */
function parameterNamed(name: string, { service }: ServiceUse): Parameter {
  const all = [...service.parameters, ...(service.recovery?.parameters ?? [])];
  const parameter = all.find((one) => one.name === name || one.formerName === name);
  if (parameter !== undefined) return parameter;
  const known = all.map((one) => one.name);
  throw new InputError(
    { field: '--add' },
    `${service.name} has no parameter ${quote(name)}, expected one of ${known.join(', ')}${didYouMean(name, known)}`,
  );
}
