import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Summary } from '../../src/metrics/catalogue/catalogue.js';
import { variantsOf } from '../../src/results/variants.js';

/** What tells runs apart. */
interface RunSketch {
  readonly policy?: string;
  readonly seed?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly machines?: string;
  readonly horizon?: number | null;
}

/** A summary of which only the description of its run is there. */
function summaryOf(sketch: RunSketch): Summary {
  const { policy = 'drf', seed = '1', parameters = {}, machines = '10x4cpu', horizon = null } = sketch;
  return {
    run: {
      policy: { name: policy, parameters },
      workload: { name: 'smack', parameters: {} },
      settings: {},
      machines: { source: machines },
      seed,
      horizon,
    },
  } as unknown as Summary;
}

const namesOf = (runs: readonly RunSketch[]) => variantsOf(runs.map(summaryOf)).map(({ name }) => name);

describe('variants', () => {
  test('are the policies by name, in the order in which they come, each over its seeds', () => {
    const runs = [
      { policy: 'silos', seed: '1' },
      { policy: 'drf', seed: '1' },
      { policy: 'silos', seed: '2' },
      { policy: 'drf', seed: '2' },
    ].map(summaryOf);
    expect(
      variantsOf(runs).map(({ name, summaries }) => [name, summaries.map(({ run }) => run.seed)]),
    ).toEqual([
      ['silos', ['1', '2']],
      ['drf', ['1', '2']],
    ]);
  });

  test('of one policy are called by what they differ in, and by nothing else', () => {
    expect(
      namesOf([
        { parameters: { refuse: '5s', hold: '0s' } },
        { parameters: { refuse: '10s', hold: '0s' } },
        { policy: 'silos', parameters: { refuse: '10s' } },
      ]),
    ).toEqual(['drf (refuse=5s)', 'drf (refuse=10s)', 'silos']);
    expect(namesOf([{ machines: '10x4cpu' }, { machines: '20x4cpu', horizon: 60 }])).toEqual([
      'drf (machines=10x4cpu, until=never)',
      'drf (machines=20x4cpu, until=60)',
    ]);
  });

  test('of the same policy, conditions and seed are told apart by number', () => {
    expect(namesOf([{}, {}])).toEqual(['drf (1)', 'drf (2)']);
  });

  test('hold each run once, with those that differ from it in the seed alone', () => {
    const sketch = fc.record({
      policy: fc.constantFrom('drf', 'silos'),
      seed: fc.constantFrom('1', '2', '3'),
      parameters: fc.record({ refuse: fc.constantFrom('5s', '10s') }),
    });
    const keyOf = ({ policy, seed, parameters }: RunSketch) => `${policy} ${seed} ${parameters?.refuse}`;
    const sketches = fc.uniqueArray(sketch, { minLength: 1, maxLength: 12, selector: keyOf });
    fc.assert(
      fc.property(sketches, (drawn) => {
        const summaries = drawn.map(summaryOf);
        const variants = variantsOf(summaries);
        expect(variants.flatMap((variant) => variant.summaries)).toHaveLength(drawn.length);
        const naive = new Map<string, Summary[]>();
        for (const [i, { policy, parameters }] of drawn.entries()) {
          const key = `${policy} ${parameters.refuse}`;
          naive.set(key, [...(naive.get(key) ?? []), summaries[i]]);
        }
        expect(variants.map((variant) => variant.summaries)).toEqual([...naive.values()]);
        expect(new Set(variants.map(({ name }) => name)).size).toBe(naive.size);
      }),
    );
  });
});
