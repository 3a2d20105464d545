import { randomExponential } from 'd3-random';
import type { EgressPrice } from '../../../metrics/collectors/cost-metrics.js';
import {
  type Cluster,
  type Constraint,
  FOREVER,
  InputError,
  type MachineSpec,
  type MachineSupply,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
  type ResourceSpace,
} from '../../../model/index.js';
import type { Controller } from '../../../policies/contract-control.js';
import { CloudPool } from '../../../policies/controllers/cloud-pool.js';
import { HorizontalScaler } from '../../../policies/controllers/horizontal/horizontal-scaler.js';
import {
  OVERSUBSCRIPTION_PARAMETERS,
  Oversubscription,
} from '../../../policies/controllers/oversubscription.js';
import {
  VERTICAL_PARAMETERS,
  verticalTerms,
} from '../../../policies/controllers/vertical/vertical-parameters.js';
import { VerticalScaler } from '../../../policies/controllers/vertical/vertical-scaler.js';
import type { CloudTerms } from '../../../sim/elasticity/cloud-provider.js';
import type { ControlPlan } from '../../../sim/elasticity/control-loops.js';
import { ScaledServices } from '../../../sim/elasticity/scaled-services.js';
import { parseMachines } from '../../../workloads/machines.js';
import type { Trace } from '../../../workloads/trace.js';
import { CLOUD_PARAMETERS, COST_PARAMETERS } from './cloud-parameters.js';

/** The parameters by section. A section is a key of a scenario file, and the word before the dot in `--set vertical.services=all`. */
export const ELASTICITY_SECTIONS = {
  vertical: VERTICAL_PARAMETERS,
  oversubscription: OVERSUBSCRIPTION_PARAMETERS,
  cloud: CLOUD_PARAMETERS,
  cost: COST_PARAMETERS,
} as const;

type Section = keyof typeof ELASTICITY_SECTIONS;

/** All of their parameters, named `section.parameter`. */
export const ELASTICITY_PARAMETERS: readonly Parameter[] = Object.entries(ELASTICITY_SECTIONS).flatMap(
  ([section, parameters]) => parameters.map((p) => ({ ...p, name: `${section}.${p.name}` })),
);

/** The values that were set, by `section.parameter`. */
export type ElasticitySettings = Readonly<Record<string, ParameterValue>>;

/** The control loops and prices of a run, and the machines that its frameworks may use. */
export interface ElasticityPlan {
  readonly egress: EgressPrice;
  /** Left out when nothing is controlled. */
  readonly controls: ControlPlan | undefined;
  /** The constraint of every task of a framework on its machine; undefined if every framework may use every machine. */
  readonly constraintsOf: ((framework: number) => readonly Constraint[]) | undefined;
}

/** The run to plan. */
export interface ElasticityScene {
  readonly trace: Trace;
  /** Of the run's own machines and those of `addedMachines`. */
  readonly cluster: Cluster;
  /** A new random stream of this name, from the seed of the run. */
  readonly stream: (name: string) => () => number;
  readonly horizon: Micros;
  /** The control loops of the policy. */
  readonly controllers?: readonly Controller[] | undefined;
}

/** The additional machines: a row of revocable resources for each own machine, then the machines of a cloud. @throws InputError */
export async function addedMachines(
  set: ElasticitySettings,
  own: readonly MachineSpec[],
  { space }: Trace,
): Promise<readonly MachineSpec[]> {
  return [
    ...revocableRows(sectionValues('oversubscription', set), own, space),
    ...(await rentedMachines(sectionValues('cloud', set), space)),
  ];
}

/** @throws InputError */
export function planElasticity(set: ElasticitySettings, scene: ElasticityScene): ElasticityPlan {
  const { trace, horizon, controllers: ofPolicy = [] } = scene;
  const { applications = [] } = trace;
  const scalesServices = ofPolicy.some(({ needs }) => needs?.includes('scale'));
  const cloud = sectionValues('cloud', set);
  const vertical = sectionValues('vertical', set);
  const mayResize = resizable(vertical, trace);
  const controllers = [
    ...(scalesServices
      ? []
      : applications.map(({ name, terms }, service) => new HorizontalScaler(service, name, terms))),
    ...controllersOf(set, trace.space),
    ...ofPolicy,
  ];
  // Control loops schedule events without end, so the run needs a time limit.
  if (controllers.length > 0 && !Number.isFinite(horizon))
    throw new InputError({ field: '--until' }, 'a run with control loops needs an end, such as --until 1d');
  return {
    egress: {
      megabytesPerSecondPerCore: cloud.number('egressMBpsPerCore'),
      pricePerGigabyte: cloud.number('egressPricePerGB'),
    },
    controls:
      controllers.length === 0
        ? undefined
        : {
            controllers,
            services: new ScaledServices(applications),
            cloud: cloudTerms(cloud, scene),
            mayResize,
            random: (name) => scene.stream(`controllers/${name}`),
          },
    constraintsOf: supplyConstraints(set, trace),
  };
}

/** The control loops that the settings ask for, except those of services. @throws InputError */
export function controllersOf(set: ElasticitySettings, space: ResourceSpace): readonly Controller[] {
  return [
    ...verticalScalers(sectionValues('vertical', set), space),
    ...oversubscriptions(sectionValues('oversubscription', set)),
    ...cloudPools(sectionValues('cloud', set)),
  ];
}

/** The kinds of machines that each framework may use; undefined if every framework may use every machine. */
function supplyConstraints(set: ElasticitySettings, trace: Trace): ElasticityPlan['constraintsOf'] {
  const revocable = servicesNamed(
    sectionValues('oversubscription', set),
    'oversubscription',
    'revocable',
    trace,
  );
  const onPremises = servicesNamed(sectionValues('cloud', set), 'cloud', 'onPremises', trace);
  if (revocable.size === 0 && onPremises.size === 0) return undefined;
  return (framework) => {
    const { name } = trace.frameworks[framework];
    const values: MachineSupply[] = ['own'];
    if (revocable.has(name)) values.push('revocable');
    if (!onPremises.has(name)) values.push('rented');
    return [{ attribute: 'supply', operator: 'equal', values }];
  };
}

function servicesNamed(
  values: ParameterValues,
  section: Section,
  parameter: string,
  trace: Trace,
): ReadonlySet<string> {
  const text = values.text(parameter);
  return text === 'none' ? new Set() : frameworksNamed(text, `${section}.${parameter}`, trace);
}

/** @throws InputError */
async function rentedMachines(
  values: ParameterValues,
  space: ResourceSpace,
): Promise<readonly MachineSpec[]> {
  const text = values.text('machines');
  if (text === 'none') return [];
  const specs = await parseMachines(text).machines(space);
  return specs.map(({ capacity, attributes }, i) => ({
    name: `cloud-${i}`,
    capacity,
    attributes: { ...attributes, rack: 'cloud', zone: 'cloud' },
    supply: 'rented',
    pricePerHour: values.number('pricePerHour'),
  }));
}

function cloudPools(values: ParameterValues): readonly Controller[] {
  if (values.text('machines') === 'none') return [];
  return [
    new CloudPool({
      interval: intervalOf(values, 'cloud'),
      growAfter: values.number('growAfter'),
      idleAfter: values.number('idleAfter'),
    }),
  ];
}

function cloudTerms(values: ParameterValues, { cluster, stream }: ElasticityScene): CloudTerms {
  const mean = values.number('interruptedAfter');
  // Each machine has its own stream, so that the order of rentals does not change the draws of other machines.
  const draws = cluster.machines.specs.map(({ name, supply }) =>
    supply === 'rented' ? randomExponential.source(stream(`cloud/${name}`))(1 / mean) : () => mean,
  );
  return {
    startup: values.number('startup'),
    notice: values.number('notice'),
    lifetime: (machine) => (Number.isFinite(mean) ? Math.round(draws[machine]()) : FOREVER),
  };
}

/** The own machines. Those without a price get the price of `cost.machineHour`. */
export function pricedMachines(own: readonly MachineSpec[], set: ElasticitySettings): readonly MachineSpec[] {
  const price = sectionValues('cost', set).number('machineHour');
  if (price === 0) return own;
  return own.map((spec) => ({ ...spec, pricePerHour: spec.pricePerHour ?? price }));
}

/** A row of revocable resources for each machine, for tasks of the revocable services only. */
function revocableRows(
  values: ParameterValues,
  own: readonly MachineSpec[],
  space: ResourceSpace,
): readonly MachineSpec[] {
  if (values.text('revocable') === 'none') return [];
  return own.map(({ name, attributes }, host) => ({
    name: `${name}/revocable`,
    capacity: new Int32Array(space.size),
    ...(attributes !== undefined && { attributes }),
    supply: 'revocable',
    host,
  }));
}

function oversubscriptions(values: ParameterValues): readonly Controller[] {
  if (values.text('revocable') === 'none') return [];
  return [
    new Oversubscription({
      interval: intervalOf(values, 'oversubscription'),
      margin: values.number('margin'),
      least: values.number('least'),
    }),
  ];
}

/** @throws InputError */
function intervalOf(values: ParameterValues, section: Section): Micros {
  const interval = values.number('interval');
  if (interval > 0 && Number.isFinite(interval)) return interval;
  throw InputError.expected({ field: `--set ${section}.interval` }, interval, 'longer than 0');
}

function verticalScalers(values: ParameterValues, space: ResourceSpace): readonly Controller[] {
  if (values.text('services') === 'none') return [];
  return [new VerticalScaler(verticalTerms(values, space.names, intervalOf(values, 'vertical')))];
}

/** The frameworks whose limits may change. @throws InputError */
function resizable(values: ParameterValues, trace: Trace): (framework: number) => boolean {
  const text = values.text('services');
  if (text === 'all') return () => true;
  const names = servicesNamed(values, 'vertical', 'services', trace);
  return (framework) => names.has(trace.frameworks[framework].name);
}

/** @throws InputError when one of them is not in the run. */
function frameworksNamed(text: string, field: string, { frameworks }: Trace): ReadonlySet<string> {
  const known = frameworks.map((framework) => framework.name);
  const names = text.split(',');
  for (const name of names)
    if (!known.includes(name))
      throw InputError.expected(
        { field: `--set ${field}` },
        name,
        `none, all, or some of ${known.join(', ')}`,
        known,
      );
  return new Set(names);
}

/** The values of a section by the names of its parameters. */
function sectionValues(section: Section, set: ElasticitySettings): ParameterValues {
  const prefix = `${section}.`;
  const own = Object.entries(set)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
  return new ParameterValues(ELASTICITY_SECTIONS[section], Object.fromEntries(own));
}
