import {
  type Constraint,
  InputError,
  type MachineSpec,
  type MachineSupply,
  type Micros,
  type Parameter,
  type ParameterValue,
  ParameterValues,
} from '../model/index.js';
import type { Controller } from '../sim/elasticity/controller.js';
import { HorizontalScaler } from '../sim/elasticity/horizontal/horizontal-scaler.js';
import { Oversubscription } from '../sim/elasticity/revocable/oversubscription.js';
import { OVERSUBSCRIPTION_PARAMETERS } from '../sim/elasticity/revocable/oversubscription-parameters.js';
import { VERTICAL_PARAMETERS, verticalTerms } from '../sim/elasticity/vertical/vertical-parameters.js';
import { VerticalScaler } from '../sim/elasticity/vertical/vertical-scaler.js';
import type { Trace } from '../workloads/trace.js';

/** The sections of elasticity: each a key of a scenario file, and what stands before the dot in `--set vertical.services=all`. */
export const ELASTICITY_SECTIONS = {
  vertical: VERTICAL_PARAMETERS,
  oversubscription: OVERSUBSCRIPTION_PARAMETERS,
} as const;

type Section = keyof typeof ELASTICITY_SECTIONS;

/** All of their parameters, named `section.parameter`. */
export const ELASTICITY_PARAMETERS: readonly Parameter[] = Object.entries(ELASTICITY_SECTIONS).flatMap(
  ([section, parameters]) => parameters.map((p) => ({ ...p, name: `${section}.${p.name}` })),
);

/** What was set of them, by `section.parameter`. */
export type ElasticitySettings = Readonly<Record<string, ParameterValue>>;

/** What a run is to have beside its workload, its machines and its policy. */
export interface ElasticityPlan {
  /** Machines beside its own; their ranks follow those. */
  readonly machines: readonly MachineSpec[];
  readonly controllers: readonly Controller[];
  /** What every task of a framework asks of its machine; undefined where all machines are alike. */
  readonly constraintsOf: ((framework: number) => readonly Constraint[]) | undefined;
}

/** What a run on these machines of its own asks for. @throws InputError */
export function planElasticity(
  set: ElasticitySettings,
  trace: Trace,
  own: readonly MachineSpec[],
): ElasticityPlan {
  const { applications = [] } = trace;
  const revocable = revocablePlan(sectionValues('oversubscription', set), trace, own);
  return {
    machines: revocable.machines,
    controllers: [
      ...(applications.length === 0 ? [] : [new HorizontalScaler(applications)]),
      ...verticalScalers(sectionValues('vertical', set), trace),
      ...revocable.controllers,
    ],
    constraintsOf: revocable.constraintsOf,
  };
}

const NO_PLAN: ElasticityPlan = { machines: [], controllers: [], constraintsOf: undefined };

/** A row of revocable room beside each machine, which only tasks of these services may use. */
function revocablePlan(values: ParameterValues, trace: Trace, own: readonly MachineSpec[]): ElasticityPlan {
  const text = values.text('revocable');
  if (text === 'none') return NO_PLAN;
  const { space, frameworks } = trace;
  const names = frameworksNamed(text, 'oversubscription.revocable', trace);
  const terms = {
    interval: intervalOf(values, 'oversubscription'),
    margin: values.number('margin'),
    least: values.number('least'),
    dimensions: [space.dimensionOf('cpus'), space.dimensionOf('mem')].filter((d) => d >= 0),
  };
  return {
    machines: own.map(({ name, attributes }, host) => ({
      name: `${name}/revocable`,
      capacity: new Int32Array(space.size),
      ...(attributes !== undefined && { attributes }),
      supply: 'revocable',
      host,
    })),
    controllers: [new Oversubscription(terms)],
    constraintsOf: (framework) => (names.has(frameworks[framework].name) ? [] : NOT_REVOCABLE),
  };
}

const NOT_REVOCABLE: readonly Constraint[] = [
  { attribute: 'supply', oneOf: ['own', 'rented'] satisfies readonly MachineSupply[] },
];

/** @throws InputError */
function intervalOf(values: ParameterValues, section: Section): Micros {
  const interval = values.number('interval');
  if (interval > 0 && Number.isFinite(interval)) return interval;
  throw InputError.expected({ field: `--set ${section}.interval` }, interval, 'longer than 0');
}

function verticalScalers(values: ParameterValues, trace: Trace): readonly Controller[] {
  const text = values.text('services');
  if (text === 'none') return [];
  const names = text === 'all' ? 'all' : frameworksNamed(text, 'vertical.services', trace);
  return [
    new VerticalScaler(names, verticalTerms(values, trace.space.names, intervalOf(values, 'vertical'))),
  ];
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
