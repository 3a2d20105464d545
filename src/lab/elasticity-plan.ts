import { InputError, type Parameter, type ParameterValue, ParameterValues } from '../model/index.js';
import type { Controller } from '../sim/elasticity/controller.js';
import { HorizontalScaler } from '../sim/elasticity/horizontal/horizontal-scaler.js';
import { VERTICAL_PARAMETERS, verticalTerms } from '../sim/elasticity/vertical/vertical-parameters.js';
import { VerticalScaler } from '../sim/elasticity/vertical/vertical-scaler.js';
import type { Trace } from '../workloads/trace.js';

/** The sections of elasticity: each a key of a scenario file, and what stands before the dot in `--set vertical.services=all`. */
export const ELASTICITY_SECTIONS = { vertical: VERTICAL_PARAMETERS } as const;

type Section = keyof typeof ELASTICITY_SECTIONS;

/** All of their parameters, named `section.parameter`. */
export const ELASTICITY_PARAMETERS: readonly Parameter[] = Object.entries(ELASTICITY_SECTIONS).flatMap(
  ([section, parameters]) => parameters.map((p) => ({ ...p, name: `${section}.${p.name}` })),
);

/** What was set of them, by `section.parameter`. */
export type ElasticitySettings = Readonly<Record<string, ParameterValue>>;

/** The control loops that a run asks for. @throws InputError */
export function planControllers(set: ElasticitySettings, trace: Trace): readonly Controller[] {
  const { applications = [] } = trace;
  return [
    ...(applications.length === 0 ? [] : [new HorizontalScaler(applications)]),
    ...verticalScalers(sectionValues('vertical', set), trace),
  ];
}

function verticalScalers(values: ParameterValues, trace: Trace): readonly Controller[] {
  const text = values.text('services');
  if (text === 'none') return [];
  const names = text === 'all' ? 'all' : frameworksNamed(text, 'vertical.services', trace);
  return [new VerticalScaler(names, verticalTerms(values, trace.space.names))];
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
