import {
  DURATION_FORM,
  didYouMean,
  InputError,
  type InputPlace,
  largestCapacity,
  type MachineSpec,
  type Micros,
  type ParameterValue,
  ParameterValues,
  parseDuration,
  parseParameter,
  quote,
  RESOURCE_NAMES,
  type ResourceSpace,
  resourceKind,
  type TaskShape,
  toQuanta,
} from '../../model/index.js';
import type { ServiceTerms } from '../../workloads/recovery.js';
import type { RandomStream } from '../random-streams.js';
import type { Defects, Operation, RolloutTerms } from './operation.js';
import { ROLLOUT_PARAMETERS } from './rollout-parameters.js';

/** The syntax of `--operation`, for messages. */
const OPERATION_FORM =
  'at TIME: upgrade SERVICE [to VERSION] [with NAME=VALUE,…], at TIME: reconfigure SERVICE [with …], at TIME: resize SERVICE to COUNT, or at TIME: resize SERVICE with RESOURCE=AMOUNT,…';

const OPERATION =
  /^at\s+(\S+)\s*:\s*(upgrade|reconfigure|resize)\s+(\S+)(?:\s+to\s+(\S+))?(?:\s+with\s+(\S+))?$/;

/** Larger numbers are typing errors. */
const MAX_INSTANCES = 1_000_000;

/** Services that can be operated on, in the order of frameworks, and the machines of the run. */
export interface OperationScene {
  readonly services: readonly { readonly name: string; readonly terms: ServiceTerms | undefined }[];
  readonly space: ResourceSpace;
  readonly machines: readonly MachineSpec[];
  readonly stream: (name: string) => RandomStream;
}

/**
 * Reads an operation such as `at 2h: upgrade kafka to 3.7 with canary=0.1,observe=10m`.
 * @throws InputError with the expected syntax.
 */
export function parseOperation(
  text: string,
  scene: OperationScene,
  place: InputPlace = { field: '--operation' },
): Operation {
  const match = OPERATION.exec(text.trim());
  if (match === null) throw InputError.expected(place, text, OPERATION_FORM);
  const [, at, verb, service, to, settings] = match as unknown as [
    string,
    string,
    'upgrade' | 'reconfigure' | 'resize',
    string,
    string | undefined,
    string | undefined,
  ];
  const framework = serviceNamed(service, scene, place);
  const time = timeOf(at, place);
  const pairs = pairsOf(settings, place);
  if (verb === 'resize' && to !== undefined && pairs.length === 0)
    return { kind: 'scale', at: time, framework, instances: countOf(to, place) };
  if (verb === 'resize' && (to !== undefined || pairs.length === 0))
    throw InputError.expected(place, text, OPERATION_FORM);
  if (verb === 'reconfigure' && to !== undefined) throw InputError.expected(place, text, OPERATION_FORM);
  const amounts = verb === 'resize' ? pairs.filter(([name]) => RESOURCE_NAMES.includes(name)) : [];
  const terms = rolloutTerms(
    pairs.filter((pair) => !amounts.includes(pair)),
    // The stream is named after a former folder. Another name would change the draws.
    scene.stream(`day-two/${service}/${time}`),
    place,
  );
  if (terms.maxSurge > 0) checkSurge(verb, service, scene.services[framework].terms, place);
  if (verb === 'resize' && amounts.length === 0) throw InputError.expected(place, text, OPERATION_FORM);
  return {
    kind: verb === 'resize' ? 'reshape' : verb,
    at: time,
    framework,
    version: to ?? '',
    reshaped: verb === 'resize' ? reshaping(amounts, scene, place) : undefined,
    terms,
  };
}

function serviceNamed(name: string, { services }: OperationScene, place: InputPlace): number {
  const framework = services.findIndex((service) => service.name === name && service.terms !== undefined);
  if (framework >= 0) return framework;
  const known = services.filter(({ terms }) => terms !== undefined).map((service) => service.name);
  if (known.length === 0)
    throw new InputError(place, 'the workload has no service, so an operation has no target');
  const isBatch = services.some((service) => service.name === name);
  const what = isBatch ? `${quote(name)} has no instances of a service` : `unknown service ${quote(name)}`;
  throw new InputError(place, `${what}, expected one of ${known.join(', ')}${didYouMean(name, known)}`);
}

/** @throws InputError when an extra instance would have no use. */
function checkSurge(
  verb: 'upgrade' | 'reconfigure' | 'resize',
  service: string,
  terms: ServiceTerms | undefined,
  place: InputPlace,
): void {
  const here = { ...place, field: `${place.field ?? ''} maxSurge` };
  if (verb !== 'upgrade')
    throw new InputError(here, `a ${verb} cannot use maxSurge: instances change in place`);
  if (terms?.restart === 'in-place')
    throw new InputError(here, `maxSurge must be 0: an extra instance of ${service} would have no volume`);
  if (terms?.scope === 'job')
    throw new InputError(here, `maxSurge must be 0: ${service} is a gang that restarts as a whole`);
}

function timeOf(text: string, place: InputPlace): Micros {
  const time = parseDuration(text);
  if (time === undefined || !Number.isFinite(time)) throw InputError.expected(place, text, DURATION_FORM);
  return time;
}

function countOf(text: string, place: InputPlace): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MAX_INSTANCES)
    throw InputError.expected(place, text, `a number of instances from 1 to ${MAX_INSTANCES}`);
  return count;
}

function pairsOf(text: string | undefined, place: InputPlace): [string, string][] {
  if (text === undefined) return [];
  const seen = new Set<string>();
  return text.split(',').map((part) => {
    const at = part.indexOf('=');
    if (at < 1) throw InputError.expected(place, part, 'NAME=VALUE');
    const name = part.slice(0, at);
    if (seen.has(name)) throw new InputError(place, `${quote(name)} is given twice`);
    seen.add(name);
    return [name, part.slice(at + 1)];
  });
}

function rolloutTerms(
  pairs: readonly [string, string][],
  draw: RandomStream,
  place: InputPlace,
): RolloutTerms {
  const set: Record<string, ParameterValue> = {};
  for (const [name, text] of pairs) {
    const parameter = ROLLOUT_PARAMETERS.find((one) => one.name === name);
    if (parameter === undefined) {
      const known = ROLLOUT_PARAMETERS.map((one) => one.name);
      const hint = didYouMean(name, known);
      throw new InputError(
        place,
        `unknown setting ${quote(name)}, expected one of ${known.join(', ')}${hint}`,
      );
    }
    set[name] = parseParameter(parameter, text, { ...place, field: `${place.field ?? ''} ${name}`.trim() });
  }
  const values = new ParameterValues(ROLLOUT_PARAMETERS, set);
  const terms = {
    maxUnavailable: values.number('maxUnavailable'),
    maxSurge: values.number('maxSurge'),
    canary: values.number('canary'),
    observe: values.number('observe'),
    minReady: values.number('minReady'),
    healthyWithin: values.number('healthyWithin'),
    defects: defectsOf(values, draw),
  };
  if (terms.maxUnavailable + terms.maxSurge === 0)
    throw new InputError(
      place,
      'the rollout can never make progress: expected maxUnavailable or maxSurge above 0',
    );
  return terms;
}

function defectsOf(values: ParameterValues, draw: RandomStream): Defects {
  const bad = values.text('bad');
  const places = new Set(bad === '' ? [] : bad.split('+').map(Number));
  const share = values.number('badShare');
  const after = values.number('badAfter');
  return {
    // This is called once per position, in order. So the draws are the same under every policy.
    isBad: (place) => draw() < share || places.has(place),
    after: Number.isFinite(after) ? after : undefined,
  };
}

/** @throws InputError when no machine can hold an instance of that size. */
function reshaping(
  pairs: readonly [string, string][],
  { space, machines }: OperationScene,
  place: InputPlace,
): (before: TaskShape) => TaskShape {
  const changes = pairs.map(([name, text]) => {
    const dimension = space.dimensionOf(name);
    const here = { ...place, field: `${place.field ?? ''} ${name}`.trim() };
    const kind = resourceKind(name);
    if (dimension < 0 || kind === undefined || name === 'gpus')
      throw InputError.expected(
        here,
        name,
        `one of ${space.names.filter((one) => one !== 'gpus').join(', ')}`,
      );
    const quanta = toQuanta(kind, text === '' ? Number.NaN : Number(text), here);
    const most = largestCapacity(machines, dimension);
    if (quanta > most)
      throw InputError.expected(
        here,
        text,
        `at most the ${most / kind.quantaPerUnit} of the largest machine`,
      );
    return { dimension, quanta };
  });
  return (before) => {
    const demand = Array.from(before.demand);
    for (const { dimension, quanta } of changes) demand[dimension] = quanta;
    return { ...before, demand };
  };
}
