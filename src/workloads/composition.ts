import {
  didYouMean,
  type FrameworkSpec,
  InputError,
  type InputPlace,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  type PlacementRule,
  quote,
  type ResourceSpace,
} from '../model/index.js';
import type { ServiceTerms } from './recovery.js';
import type { ScaledApplication } from './scaled-application.js';
import type { Draw, Service } from './services/service.js';
import { batched, type LoadCurve, type TaskRow, type Trace } from './trace.js';

/** A service of a composed workload. Two services of one kind have different names. */
export interface ServiceUse {
  /** Name of its framework, and prefix of its parameters before the dot. */
  readonly name: string;
  readonly service: Service;
  /** Names of the services that it starts after; none when left out. */
  readonly after?: readonly string[];
}

/** Inputs of a composed workload. */
export interface CompositionScene {
  readonly space: ResourceSpace;
  readonly horizon: Micros;
  readonly stream: (name: string) => Draw;
  /** Settings by `name.parameter`, including those of recovery. */
  readonly settings: Readonly<Record<string, ParameterValue>>;
}

/**
 * Combines the services. Each starts after the startup of the services that it depends on. With the same seed, arrivals
 * and run times are the same under every policy.
 */
export function compose(uses: readonly ServiceUse[], scene: CompositionScene): Trace {
  const { space, horizon } = scene;
  const frameworks: FrameworkSpec[] = uses.map((use) => ({ name: use.name }));
  const curves: (LoadCurve | undefined)[] = [undefined];
  const rules: (PlacementRule | undefined)[] = [undefined];
  const applications: ScaledApplication[] = [];
  const rowsOf = (use: ServiceUse, framework: number): Iterable<TaskRow> =>
    use.service.rows(valuesOf(use, use.service.parameters, scene.settings), {
      space,
      horizon,
      stream: (name) => scene.stream(use.name === use.service.name ? name : `${use.name}/${name}`),
      framework,
      addCurve: (curve) => curves.push(curve) - 1,
      addApplication: (application) => applications.push(application),
      addRule: (rule) => rules.push(rule) - 1,
      demand: (amounts) => space.quanta(onlyKnown(amounts, space)),
      usage: (shares) => space.names.map((name) => shares[name] ?? Number.NaN),
    });
  // All generators are created here once, so that the curves are registered before the run begins.
  const times = submitTimes(
    uses.map(({ name, after = [] }) => ({ name, after })),
    (name) => startupOf(name, uses, scene.settings),
  );
  const sources = uses.map((use, framework) => delayed(rowsOf(use, framework), times.get(use.name) ?? 0));
  return {
    space,
    frameworks,
    constraints: [[]],
    rules,
    curves,
    services: new Set(uses.filter(({ service }) => service.isBatch !== true).map(({ name }) => name)),
    applications,
    batches: () => batched(inOrderOfSubmission(sources), space.size),
  };
}

function startupOf(
  name: string,
  uses: readonly ServiceUse[],
  settings: Readonly<Record<string, ParameterValue>>,
): Micros {
  const place = uses.findIndex((use) => use.name === name);
  return serviceTerms(uses, settings)[place]?.startup ?? 0;
}

/** The same rows, shifted by `by`. */
function delayed(rows: Iterable<TaskRow>, by: Micros): Iterable<TaskRow> {
  return by === 0 ? rows : later(rows, by);
}

function* later(rows: Iterable<TaskRow>, by: Micros): Iterable<TaskRow> {
  for (const row of rows) yield { ...row, submit: row.submit + by };
}

/** The values of a service's parameters, from settings by `name.parameter`. */
function valuesOf(
  use: ServiceUse,
  parameters: readonly Parameter[],
  settings: Readonly<Record<string, ParameterValue>>,
): ParameterValues {
  const prefix = `${use.name}.`;
  const own = Object.entries(settings)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return new ParameterValues(parameters, Object.fromEntries(own));
}

/** All parameters of the services, named `name.parameter`. */
export function compositionParameters(uses: readonly ServiceUse[]): readonly Parameter[] {
  return uses.flatMap(({ name, service }) =>
    service.parameters.map((p) => ({ ...p, name: `${name}.${p.name}` })),
  );
}

/** Recovery parameters of the services, named `name.parameter`. */
export function recoveryParameters(uses: readonly ServiceUse[]): readonly Parameter[] {
  return uses.flatMap(({ name, service }) =>
    (service.recovery?.parameters ?? []).map((p) => ({ ...p, name: `${name}.${p.name}` })),
  );
}

/** Recovery terms of each service, in the order of frameworks. `settings` contain all its parameters. */
export function serviceTerms(
  uses: readonly ServiceUse[],
  settings: Readonly<Record<string, ParameterValue>>,
): readonly (ServiceTerms | undefined)[] {
  return uses.map((use) => {
    const { recovery, parameters } = use.service;
    return recovery?.terms(valuesOf(use, [...parameters, ...recovery.parameters], settings));
  });
}

/** Adds a service under its own name, or under `name-2` and so on if that is taken. */
export function withAdded(uses: readonly ServiceUse[], service: Service): readonly ServiceUse[] {
  const taken = new Set(uses.map((use) => use.name));
  let name = service.name;
  for (let i = 2; taken.has(name); i++) name = `${service.name}-${i}`;
  return [...uses, { name, service }];
}

/** `kafka`, or `kafka-2=kafka` if the name differs from the service's own. */
export function useText({ name, service }: ServiceUse): string {
  return name === service.name ? name : `${name}=${service.name}`;
}

/** @throws InputError when the service does not exist. */
export function serviceNamed(name: string, services: readonly Service[], place: InputPlace): Service {
  const service = services.find((one) => one.name === name);
  if (service !== undefined) return service;
  const known = services.map((one) => one.name);
  throw new InputError(
    place,
    `unknown service ${quote(name)}, expected one of ${known.join(', ')}${didYouMean(name, known)}`,
  );
}

function onlyKnown(amounts: Readonly<Record<string, number>>, space: ResourceSpace): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => space.dimensionOf(name) >= 0));
}

/** Merges sorted sources. Ties go to the earlier source. */
function* inOrderOfSubmission(sources: readonly Iterable<TaskRow>[]): Iterable<TaskRow> {
  const iterators = sources.map((source) => source[Symbol.iterator]());
  const heads = iterators.map((iterator) => iterator.next());
  for (;;) {
    let first = -1;
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i];
      if (head.done === true) continue;
      if (first < 0 || head.value.submit < (heads[first].value as TaskRow).submit) first = i;
    }
    if (first < 0) return;
    yield heads[first].value as TaskRow;
    heads[first] = iterators[first].next();
  }
}

/** A service and the names of the services that it starts after. */
export interface OrderedService {
  readonly name: string;
  readonly after: readonly string[];
}

/**
 * When each service is submitted, by name, in Micros: at 0, or after the startup of all services that it depends on.
 * @throws InputError for an unknown service or a cyclic dependency.
 */
export function submitTimes(
  services: readonly OrderedService[],
  startupOf: (name: string) => Micros,
): ReadonlyMap<string, Micros> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const times = new Map<string, Micros>();
  const visit = (service: OrderedService, path: readonly string[]): Micros => {
    const known = times.get(service.name);
    if (known !== undefined) return known;
    const place = { path: ['services', service.name, 'after'] };
    if (path.includes(service.name)) {
      const circle = [...path.slice(path.indexOf(service.name)), service.name];
      throw new InputError(place, `cyclic dependency between services: ${circle.join(' after ')}`);
    }
    const time = Math.max(
      0,
      ...service.after.map((name) => {
        const earlier = byName.get(name);
        if (earlier === undefined)
          throw InputError.expected(place, name, `one of the services ${[...byName.keys()].join(', ')}`);
        return visit(earlier, [...path, service.name]) + startupOf(name);
      }),
    );
    times.set(service.name, time);
    return time;
  };
  for (const service of services) visit(service, []);
  return times;
}
