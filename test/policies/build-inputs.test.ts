import { describe, expect, test } from 'vitest';
import { ParameterValues, ResourceSpace } from '../../src/model/index.js';
import { isolated } from '../../src/policies/hosting/policy-context.js';
import type { OperatorSettings, PolicyContext } from '../../src/policies/policy.js';
import { reachable, tamper } from './reachable.js';

const SPACE = new ResourceSpace(['cpus', 'mem']);

function operatorOf(weights: Map<string, number>): OperatorSettings {
  return { weights, quotas: new Map([['eng', { guarantee: { cpus: 4000 }, limit: {} }]]) };
}

/** Every part of a context that a host may give. */
function contextOf(operator: OperatorSettings): PolicyContext {
  return {
    space: SPACE,
    machines: [
      {
        name: 'm0',
        capacity: Int32Array.of(4000, 1024),
        attributes: { rack: 'r1' },
        power: { startUp: 1, shutDown: 1 },
        watts: { idle: 1, full: 2 },
      },
    ],
    frameworks: [{ name: 'web', role: 'eng', weight: 2 }],
    forecast: { mean: Float64Array.of(1, 2), peak: Float64Array.of(3, 4) },
    taskMix: [
      {
        demand: Int32Array.of(1000, 1),
        gpuCount: 0,
        gpuMilliEach: 0,
        constraint: [{ attribute: 'rack', operator: 'equal', values: ['r1'] }],
        tasks: 3,
      },
    ],
    operator,
  };
}

const parameters = [{ kind: 'number', name: 'spare', default: 1, about: 'Spare machines.' }] as const;

describe('the inputs of build', () => {
  test('are frozen, with all prototypes that can be reached from them', () => {
    const settings = new ParameterValues(parameters);
    const context = isolated(contextOf(operatorOf(new Map())));
    const found = [...reachable({ settings, context })].filter(
      ([path]) => !/__proto__.*\.(next|keys|values|entries|constructor)\b/.test(path),
    );
    const open = found.filter(
      ([path, value]) =>
        typeof value !== 'function' && !Object.isFrozen(value) && !path.startsWith('context.forecast.'),
    );
    expect(open.map(([path]) => path)).toEqual([]);
    expect(found.map(([path]) => path)).toEqual(
      expect.arrayContaining([
        'settings.__proto__',
        'context.space.__proto__',
        'context.machines.0.power',
        'context.operator.weights.__proto__',
        'context.taskMix.0.constraint.0.values',
      ]),
    );
  });

  test('give the same answers after a policy tampered with everything', () => {
    const settings = new ParameterValues(parameters);
    const weights = new Map([['eng', 2]]);
    const given = contextOf(operatorOf(weights));
    const context = isolated(given);
    // Typed arrays cannot be frozen, and they lead to prototypes of JavaScript.
    const reached = reachable({ settings, context: { ...context, forecast: undefined } });
    for (const [path, value] of reached)
      if (typeof value !== 'function' && !/\.(next|keys|values|entries)\b/.test(path)) tamper(value);
    Reflect.get(context.operator?.weights ?? {}, 'set')?.('eng', 77);
    expect(settings.number('spare')).toBe(1);
    expect(SPACE.dimensionOf('mem')).toBe(1);
    expect(new ResourceSpace(['mem']).dimensionOf('mem')).toBe(0);
    expect([...weights]).toEqual([['eng', 2]]);
    expect(Array.from(given.machines[0].capacity)).toEqual([4000, 1024]);
    context.forecast?.mean.fill(9);
    expect(given.forecast?.mean[0]).toBe(1);
  });

  test('show the present weights and quota of the operator, and take no changes', () => {
    const weights = new Map([['eng', 2]]);
    const { operator } = isolated(contextOf(operatorOf(weights)));
    const view = operator?.weights as ReadonlyMap<string, number>;
    const before = [view.get('eng'), view.get('ops'), view.size, view.has('ops')];
    weights.set('ops', 3);
    expect(before).toEqual([2, undefined, 1, false]);
    expect([view.get('ops'), view.size, view.has('ops')]).toEqual([3, 2, true]);
    const pairs = [
      ['eng', 2],
      ['ops', 3],
    ];
    expect([[...view], [...view.entries()], [...view.keys()], [...view.values()]]).toEqual([
      pairs,
      pairs,
      ['eng', 'ops'],
      [2, 3],
    ]);
    const visited: unknown[] = [];
    view.forEach((value, key, map) => {
      visited.push([key, value, map === view]);
    });
    expect(visited).toEqual([
      ['eng', 2, true],
      ['ops', 3, true],
    ]);
    expect('set' in view).toBe(false);
    const quota = operator?.quotas.get('eng');
    expect(quota).toEqual({ guarantee: { cpus: 4000 }, limit: {} });
    expect([quota, quota?.guarantee].every(Object.isFrozen)).toBe(true);
  });
});
