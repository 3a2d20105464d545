import { InputError, quote } from '../../model/index.js';
import { type ServiceUse, serviceNamed, useText, withAdded } from '../../workloads/composition.js';
import { SERVICES } from '../../workloads/services/index.js';
import { SMACK } from '../../workloads/smack.js';

/**
 * The services of a scenario file: by the name of each, its parameters as text, `service` where the name is not that of a service, and `after` with
 * the names of those that it comes after, joined by commas.
 */
export type ScenarioServices = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a workload is composed of, and what was said of its parameters. */
export interface ServiceChoice {
  /** Each `service` or `name=service`. */
  readonly services: readonly string[];
  /** Those that others come after, by the name of the later one; left out where there is no order. */
  readonly after?: Readonly<Record<string, string[]>>;
  /** By `name.parameter`. */
  readonly set: Readonly<Record<string, string>>;
}

const ADDED_FORM = 'SERVICE or SERVICE:PARAMETER=VALUE,…, such as kafka:brokers=20';

/**
 * The services of a scenario (the default workload's when left out), and those that are added to them: `hdfs`, or `kafka:brokers=20`, which is
 * called kafka-2 where there is a kafka.
 * @throws InputError
 */
export function composeServices(
  scenario: ScenarioServices | undefined,
  added: readonly string[],
): ServiceChoice {
  const set: Record<string, string> = {};
  let uses: readonly ServiceUse[] = scenario === undefined ? SMACK : usesOf(scenario, set);
  for (const text of added) {
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    uses = withAdded(uses, serviceNamed(name, SERVICES, '--add'));
    const use = uses[uses.length - 1];
    if (colon >= 0) assign(text.slice(colon + 1), use.name, text, set);
  }
  const after = Object.fromEntries(
    uses.flatMap((use) => (use.after === undefined ? [] : [[use.name, [...use.after]]])),
  );
  return { services: uses.map(useText), ...(Object.keys(after).length > 0 && { after }), set };
}

function usesOf(scenario: ScenarioServices, set: Record<string, string>): ServiceUse[] {
  return Object.entries(scenario).map(([name, { service = name, after, ...parameters }]) => {
    if (!/^[A-Za-z][\w-]*$/.test(name))
      throw InputError.expected({ field: 'services' }, name, 'a name of letters, digits, - and _');
    for (const [parameter, value] of Object.entries(parameters)) set[`${name}.${parameter}`] = value;
    const use = { name, service: serviceNamed(service, SERVICES, `services.${name}`) };
    return after === undefined ? use : { ...use, after: after.split(',').map((one) => one.trim()) };
  });
}

function assign(pairs: string, name: string, text: string, set: Record<string, string>): void {
  for (const pair of pairs.split(',')) {
    const at = pair.indexOf('=');
    if (at < 1) throw InputError.expected({ field: '--add' }, text, ADDED_FORM);
    const key = `${name}.${pair.slice(0, at)}`;
    if (key in set) throw new InputError({ field: '--add' }, `${quote(pair.slice(0, at))} is given twice`);
    set[key] = pair.slice(at + 1);
  }
}
