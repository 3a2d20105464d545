import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, type Parameter, type ParameterValue, ResourceSpace } from '../../src/model/index.js';
import { compositionParameters } from '../../src/workloads/composition.js';
import { SCALING_PARAMETERS } from '../../src/workloads/services/scaling-parameters.js';
import type { Service } from '../../src/workloads/services/service.js';
import { SPREAD_PARAMETERS } from '../../src/workloads/services/spread.js';
import { VOLUME_PARAMETERS } from '../../src/workloads/services/volume.js';
import { SERVICE_RESOURCES, SMACK, SMACK_SERVICES } from '../../src/workloads/smack.js';
import { serviceRows } from './service-rows.js';

const PARAMETERS = SMACK_SERVICES.flatMap((service) =>
  service.parameters.map((parameter) => ({ name: `${service.name}.${parameter.name}`, service, parameter })),
);

/** Small enough to be made sixty times. */
const SMALL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  spark: { jobsPerHour: 60 },
  web: { applications: 4, spikesPerDay: 4 },
};

/** All that a service makes, as text. */
function everything(service: Service, set: Readonly<Record<string, ParameterValue>>): string {
  const horizon = service.name === 'web' ? DAY : HOUR;
  const made = serviceRows(service, { ...SMALL[service.name], ...set }, horizon, '1', WIDE);
  return JSON.stringify(made, (_key, value) =>
    ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
  );
}

/** All that services may ask for. */
const WIDE = new ResourceSpace(SERVICE_RESOURCES);

/** What must be set for a parameter to matter. */
function requiredBy({ name }: Parameter): Readonly<Record<string, ParameterValue>> {
  if (name === 'volumeMbit') return { storage: 'external' };
  const isOfScaling = SCALING_PARAMETERS.some((parameter) => parameter.name === name);
  return isOfScaling && name !== 'scaling' ? { scaling: 'target' } : {};
}

/** Another value that the parameter may take. */
function otherValue(parameter: Parameter): ParameterValue {
  if (parameter.kind === 'choice')
    return parameter.choices.find((choice) => choice !== parameter.default) ?? parameter.default;
  if (parameter.kind === 'text') return '0:20,8:40';
  const value = parameter.default as number;
  if (value === 0) return 1;
  const doubled = value * 2;
  if (parameter.kind !== 'number' || parameter.max === undefined || doubled <= parameter.max) return doubled;
  return (value + parameter.max) / 2;
}

/** Parameters that several services have in common, and the file where they stand. */
const COMMON: readonly (readonly [file: string, parameters: readonly Parameter[]])[] = [
  ['spread', SPREAD_PARAMETERS],
  ['volume', VOLUME_PARAMETERS],
  ['scaling-parameters', SCALING_PARAMETERS],
];

/** The comments that stand above each parameter in the source of a service, and of what it has in common with others. */
function commentsOf(service: Service): Map<string, string> {
  const common = COMMON.filter(([, parameters]) => service.parameters.includes(parameters[0]));
  const files = [service.name, ...common.map(([file]) => file)];
  return new Map(files.flatMap((file) => [...commentsIn(file)]));
}

/** By parameter, of those that a file writes out or has made by a function of the parameter's name (`memUsed(0.6)`). */
function commentsIn(name: string): Map<string, string> {
  const path = new URL(`../../src/workloads/services/${name}.ts`, import.meta.url);
  const text = readFileSync(path, 'utf8');
  const file = ts.createSourceFile(path.pathname, text, ts.ScriptTarget.ES2023, true);
  const comments = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    const parameter = ts.isArrayLiteralExpression(node.parent) ? parameterIn(node) : undefined;
    if (parameter !== undefined) {
      const ranges = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
      comments.set(parameter, ranges.map(({ pos, end }) => text.slice(pos, end)).join(' '));
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return comments;
}

/** The parameter that an entry of a list is. */
function parameterIn(node: ts.Node): string | undefined {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) return node.expression.text;
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const name = node.properties.find((p) => ts.isPropertyAssignment(p) && p.name.getText() === 'name');
  const isNamed = name !== undefined && ts.isPropertyAssignment(name) && ts.isStringLiteral(name.initializer);
  return isNamed ? name.initializer.text : undefined;
}

describe('the parameters of the default workload', () => {
  it('are named service.parameter, each once', () => {
    const names = compositionParameters(SMACK).map((parameter) => parameter.name);
    expect(names).toEqual(PARAMETERS.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+\.[a-z][A-Za-z]*$/);
  });

  it.each(PARAMETERS)('$name is explained by a sentence', ({ parameter }) => {
    expect(parameter.about).toMatch(/^[A-Z][^\n]{9,}\.$/);
  });

  it.each(PARAMETERS)('$name has a default within its own bounds', ({ parameter }) => {
    if (parameter.kind === 'choice') return expect(parameter.choices).toContain(parameter.default);
    if (parameter.kind === 'text') return expect(parameter.default).toMatch(parameter.pattern);
    if (parameter.kind !== 'number') return expect(parameter).toMatchObject({ kind: 'duration' });
    const { min = Number.NaN, max = Number.POSITIVE_INFINITY } = parameter;
    expect(parameter.default).toBeGreaterThanOrEqual(min);
    expect(parameter.default).toBeLessThanOrEqual(max);
    if (parameter.integer === true) expect(Number.isInteger(parameter.default)).toBe(true);
  });

  it.each(PARAMETERS)('$name has an effect', ({ service, parameter }) => {
    const required = requiredBy(parameter);
    const usual = everything(service, required);
    const { default: value } = parameter;
    expect(everything(service, { ...required, [parameter.name]: value, ...SMALL[service.name] })).toBe(usual);
    expect(everything(service, { ...required, [parameter.name]: otherValue(parameter) })).not.toBe(usual);
  });

  it.each(SMACK_SERVICES)('of $name say in the source where each figure comes from', (service) => {
    const comments = commentsOf(service);
    expect([...comments.keys()]).toEqual(service.parameters.map((parameter) => parameter.name));
    for (const [name, comment] of comments)
      expect(comment, name).toMatch(/^\/\/ (Proposal\b|.*(\b(19|20)\d\d\b|default|usual|published))/);
  });

  it.each(SMACK_SERVICES)('$name is a service that says in a sentence what it is', (service) => {
    expect(service.about).toMatch(/^[A-Z][^\n]{20,}\.$/);
  });
});
