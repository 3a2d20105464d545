import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { FRAMEWORK_CAPABILITIES, InputError, isRolePath, MACHINE_CAPABILITIES } from '../../model/index.js';
import { schemaMistake } from '../../results/files/schema-mistake.js';
import { parseResources } from './resource-text.js';

const name = z.string().min(1, 'expected a name');
const resources = z.string().transform((text, context) => {
  try {
    return parseResources(text);
  } catch (error) {
    context.addIssue((error as InputError).message);
    return z.NEVER;
  }
});
const role = z.string().refine(isRolePath, 'expected a role such as eng/ads');
const roles = z.array(role);
const seconds = z.number();
const names = z.array(name);
/** Sets of amounts joined by "|". Empty text means no minimum. */
const minimum = z.string().transform((text, context) => {
  try {
    return text === '' ? [] : text.split('|').map(parseResources);
  } catch (error) {
    context.addIssue((error as InputError).message);
    return z.NEVER;
  }
});

const offer = z.tuple([name, role, name, resources]);
/** The expected offers of a step: each offer, or the sum per framework if the choice of agent is random. */
const outcome = { expect: z.array(offer).optional(), expectTotals: z.record(name, resources).optional() };
const used = z.record(name, z.strictObject({ role, res: resources }));
const frameworkCapabilities = z.array(z.enum(FRAMEWORK_CAPABILITIES));
const agentFacts = {
  capabilities: z.array(z.enum(MACHINE_CAPABILITIES)).optional(),
  region: z.enum(['local', 'remote']).optional(),
};

const sorterSteps = [
  z.strictObject({ do: z.literal('total'), total: resources }),
  z.strictObject({ do: z.literal('add'), client: role }),
  z.strictObject({ do: z.literal('remove'), client: role }),
  z.strictObject({ do: z.literal('activate'), client: role }),
  z.strictObject({ do: z.literal('deactivate'), client: role }),
  z.strictObject({ do: z.literal('allocate'), client: role, res: resources }),
  z.strictObject({ do: z.literal('unallocate'), client: role, res: resources }),
  z.strictObject({ do: z.literal('weight'), path: z.string().min(1), weight: z.number().positive() }),
  z.strictObject({ do: z.literal('sort'), expect: names }),
] as const;

const allocatorSteps = [
  z.strictObject({
    do: z.literal('addAgent'),
    a: name,
    total: resources,
    used: used.optional(),
    ...agentFacts,
    ...outcome,
  }),
  z.strictObject({ do: z.literal('removeAgent'), a: name, ...outcome }),
  z.strictObject({ do: z.literal('activateAgent'), a: name, ...outcome }),
  z.strictObject({ do: z.literal('deactivateAgent'), a: name, ...outcome }),
  z.strictObject({ do: z.literal('setTotal'), a: name, total: resources, ...outcome }),
  z.strictObject({ do: z.literal('setAttributes'), a: name, attributes: z.string(), ...outcome }),
  z.strictObject({ do: z.literal('setWhitelist'), agents: names.nullable(), ...outcome }),
  z.strictObject({
    do: z.literal('addFramework'),
    f: name,
    roles: roles.min(1, 'expected at least one role'),
    suppressed: roles.optional(),
    capabilities: frameworkCapabilities.optional(),
    minimum: z.record(role, minimum).optional(),
    ...outcome,
  }),
  z.strictObject({ do: z.literal('setRoles'), f: name, roles, ...outcome }),
  z.strictObject({ do: z.literal('removeFramework'), f: name, ...outcome }),
  z.strictObject({ do: z.literal('activateFramework'), f: name, ...outcome }),
  z.strictObject({ do: z.literal('deactivateFramework'), f: name, ...outcome }),
  z.strictObject({ do: z.literal('suppress'), f: name, roles: roles.optional(), ...outcome }),
  z.strictObject({ do: z.literal('revive'), f: name, roles: roles.optional(), ...outcome }),
  z.strictObject({
    do: z.literal('recover'),
    f: name,
    role,
    a: name,
    res: resources,
    refuse_seconds: seconds.optional(),
    ...outcome,
  }),
  z.strictObject({ do: z.literal('returnAll'), ...outcome }),
  z.strictObject({
    do: z.literal('convert'),
    a: name,
    f: name.optional(),
    role: role.optional(),
    consumed: resources,
    converted: resources,
    ...outcome,
  }),
  z.strictObject({ do: z.literal('setWeight'), role, weight: z.number().positive(), ...outcome }),
  z.strictObject({ do: z.literal('setQuota'), role, guarantee: resources, limit: resources, ...outcome }),
  z.strictObject({ do: z.literal('advance'), seconds: seconds.nonnegative(), ...outcome }),
] as const;

const stepSchema = z.discriminatedUnion('do', [...sorterSteps, ...allocatorSteps]);

/** Flags of the master that differ from the defaults. */
const flagsSchema = z.strictObject({
  allocation_interval: seconds.positive().optional(),
  min_allocatable_resources: minimum.optional(),
  fair_sharing_excluded_resource_names: names.optional(),
  filter_gpu_resources: z.boolean().optional(),
  role_sorter: z.enum(['drf', 'random']).optional(),
  framework_sorter: z.enum(['drf', 'random']).optional(),
});

const scenarioSchema = z.strictObject({
  id: name,
  upstream: z.string().optional(),
  why: z.string().optional(),
  flags: flagsSchema.optional(),
  steps: z.array(stepSchema),
});

/** One scenario of an allocator scenario file; docs/studies.md describes the format. */
export type Scenario = z.output<typeof scenarioSchema>;
/** One step of a scenario. */
export type Step = z.output<typeof stepSchema>;
/** A step of a sorter. */
export type SorterStep = z.output<(typeof sorterSteps)[number]>;
/** A step of an allocator. */
export type AllocatorStep = z.output<(typeof allocatorSteps)[number]>;
/** Flags of the master that a scenario sets. */
export type Flags = z.output<typeof flagsSchema>;

const SORTER_WORDS: readonly string[] = sorterSteps.map((step) => step.shape.do.value);
const WORDS: readonly string[] = [...SORTER_WORDS, ...allocatorSteps.map((step) => step.shape.do.value)];

/** Whether it is a step of a sorter. */
export function isSorterStep(step: Step): step is SorterStep {
  return SORTER_WORDS.includes(step.do);
}

/**
 * Reads a file of allocator scenarios.
 * @throws InputError that names the file, the scenario, the step and the field.
 */
export function readScenarios(file: string): readonly Scenario[] {
  const document = readJson(file);
  if (!Array.isArray(document)) throw new InputError({ file }, 'expected a list of scenarios');
  if (document.length === 0) throw new InputError({ file }, 'contains no scenario');
  return document.map((value: unknown, i) => parseScenario(file, value, i));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(
      { file },
      code === undefined ? `is not JSON (${message})` : `cannot be read (${code})`,
    );
  }
}

/** Parses the scenario at this index of a file. @throws InputError that names the scenario, the step and the field. */
export function parseScenario(file: string, value: unknown, index: number): Scenario {
  const id = (value as { id?: unknown } | null)?.id;
  const label = typeof id === 'string' ? `scenario ${id}` : `scenario number ${index + 1}`;
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) throw schemaError(file, label, value, parsed.error.issues[0] as z.core.$ZodIssue);
  const scenario = parsed.data;
  scenario.steps.forEach((step, i) => {
    const place = { file, field: `${label}, ${stepLabel(step, i)}` };
    if (isSorterStep(step) !== isSorterStep(scenario.steps[0] as Step))
      throw new InputError(place, 'a scenario cannot mix sorter steps and allocator steps');
    if (!isSorterStep(step) && (step.expect === undefined) === (step.expectTotals === undefined))
      throw new InputError(
        { ...place, field: `${place.field}, expect` },
        'expected either expect or expectTotals',
      );
  });
  return scenario;
}

/** The label of a step in error messages: `step 3 (addAgent)`. */
export function stepLabel(step: { readonly do?: unknown }, index: number): string {
  return `step ${index + 1}${typeof step.do === 'string' ? ` (${step.do})` : ''}`;
}

function schemaError(file: string, label: string, value: unknown, issue: z.core.$ZodIssue): InputError {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] as string] : issue.path;
  const [head, index, ...rest] = path;
  let field = path.join('.');
  if (head === 'steps' && typeof index === 'number') {
    const step = (value as { steps: readonly object[] }).steps[index] ?? {};
    field = [stepLabel(step, index), rest.join('.')].filter((part) => part !== '').join(', ');
  }
  const place = { file, field: field === '' ? label : `${label}, ${field}` };
  if (issue.code === 'unrecognized_keys') return new InputError(place, 'unknown field');
  if (valueAt(value, path) === undefined) return new InputError(place, 'missing field');
  if (issue.code === 'invalid_union')
    return InputError.expected(place, valueAt(value, path), `one of ${WORDS.join(', ')}`);
  // Some fields have their own message.
  const isOfZod = /^(Invalid|Too) /.test(issue.message);
  return new InputError(place, isOfZod ? schemaMistake(issue, value, scenarioSchema).problem : issue.message);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}
