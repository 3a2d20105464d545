import {
  DAY,
  type FrameworkSpec,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  type ResourceSpace,
} from '../model/index.js';
import { cassandra } from './services/cassandra.js';
import { elasticsearch } from './services/elasticsearch.js';
import { kafka } from './services/kafka.js';
import type { Draw, Service } from './services/service.js';
import { spark } from './services/spark.js';
import { web } from './services/web.js';
import { batched, type LoadCurve, type TaskRow, type Trace } from './trace.js';

/** The services of the default workload, in the order in which their frameworks join. */
export const SMACK_SERVICES: readonly Service[] = [kafka, cassandra, elasticsearch, web, spark];

/** The cluster that the default sizes are made for. */
export const SMACK_MACHINES = '500x16cpu/64GiB/4TiBdisk';

/** Long enough for one round of every daily wave. */
export const SMACK_HORIZON: Micros = DAY;

/** Resources that its tasks ask for. */
export const SMACK_RESOURCES: readonly string[] = ['cpus', 'mem', 'disk'];

/** Values set for each service, by its name. */
export type ServiceSettings = Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;

/**
 * The default workload: Spark, Kafka, Cassandra, Elasticsearch and web applications of one data centre. The same seed gives
 * the same arrivals and run times under every policy.
 */
export function smack(
  space: ResourceSpace,
  horizon: Micros,
  stream: (name: string) => Draw,
  settings: ServiceSettings,
): Trace {
  const frameworks: FrameworkSpec[] = SMACK_SERVICES.map((service) => ({ name: service.name }));
  const curves: (LoadCurve | undefined)[] = [undefined];
  const rowsOf = (service: Service, framework: number): Iterable<TaskRow> =>
    service.rows(new ParameterValues(service.parameters, settings[service.name] ?? {}), {
      space,
      horizon,
      stream,
      framework,
      addCurve: (curve) => curves.push(curve) - 1,
      demand: (amounts) => space.quanta(onlyKnown(amounts, space)),
      usage: (shares) => space.names.map((name) => shares[name] ?? 0),
    });
  // Generators are started here, once, so that the curves are registered before the run begins.
  const sources = SMACK_SERVICES.map(rowsOf);
  return {
    space,
    frameworks,
    constraints: [[]],
    curves,
    batches: () => batched(inOrderOfSubmission(sources), space.size),
  };
}

/** All parameters of the workload, named `service.parameter`. */
export function smackParameters(): readonly Parameter[] {
  return SMACK_SERVICES.flatMap((service) =>
    service.parameters.map((p) => ({ ...p, name: `${service.name}.${p.name}` })),
  );
}

function onlyKnown(amounts: Readonly<Record<string, number>>, space: ResourceSpace): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => space.dimensionOf(name) >= 0));
}

/** Merges sorted sources; at one instant the source that stands first goes first. */
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
