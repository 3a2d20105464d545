import { describe, expect, test } from 'vitest';
import { InputError, ParameterValues, parameterText, parseParameter } from '../../src/model/index.js';
import { POLICIES, policyNamed } from '../../src/policies/registry.js';
import { CPUS } from '../simulate.js';

describe('the registry of policies', () => {
  test('knows each policy by a name of its own that can be typed', () => {
    const names = POLICIES.map((policy) => policy.name);
    expect(new Set(names).size).toBe(names.length);
    for (const policy of POLICIES) {
      expect(policy.name).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(policyNamed(policy.name)).toBe(policy);
    }
    expect(policyNamed('no-such-policy')).toBeUndefined();
  });

  test('has parameters that are named once, say what they are about, and can be set to their own defaults', () => {
    for (const { name, parameters } of POLICIES) {
      const names = parameters.map((parameter) => parameter.name);
      expect(new Set(names).size, name).toBe(names.length);
      for (const parameter of parameters) {
        expect(parameter.about, `${name}.${parameter.name}`).toMatch(/^[A-Z].*\.$/);
        const text = parameterText(parameter, parameter.default);
        expect(parseParameter(parameter, text), `${name}.${parameter.name}`).toBe(parameter.default);
      }
    }
  });
});

describe('the knobs of offers', () => {
  const drf = policyNamed('drf')!;
  const build = (set: Record<string, number>) =>
    drf.build(new ParameterValues(drf.parameters, set), {
      space: CPUS,
      machines: [],
      frameworks: [],
      forecast: undefined,
    });

  test('that would let an offer come and go for ever at one instant are refused', () => {
    expect(() => build({ interval: 0, refuse: 0, hold: 0 })).toThrow(InputError);
    expect(() => build({ interval: 0, refuse: 0, hold: 1 })).not.toThrow();
    expect(() => build({ interval: 0, refuse: 1, hold: 0 })).not.toThrow();
    expect(() => build({ interval: 1, refuse: 0, hold: 0 })).not.toThrow();
  });

  test('are those of Mesos when nothing is set', () => {
    expect(build({})).toMatchObject({
      terms: { interval: 1_000_000, hold: 0, refuse: 5_000_000, timeout: Number.POSITIVE_INFINITY },
    });
  });
});
