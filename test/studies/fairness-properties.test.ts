import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drf } from '../../src/studies/fairness/progressive-filling.js';
import {
  BOTTLENECK_FAIRNESS,
  ENVY_FREENESS,
  type FairnessProperty,
  PARETO_EFFICIENCY,
  POPULATION_MONOTONICITY,
  RESOURCE_MONOTONICITY,
  SHARING_INCENTIVE,
  SINGLE_RESOURCE_FAIRNESS,
  STRATEGY_PROOFNESS,
  type Trial,
} from '../../src/studies/fairness/properties.js';
import { ASSET_FAIRNESS, CEEI, DRF, type FairnessRule } from '../../src/studies/fairness/rules.js';
import { trials } from './fairness-problems.js';

const ROUNDING = 1e-9;

function expectAlways(property: FairnessProperty, rule: FairnessRule, trial: fc.Arbitrary<Trial>): void {
  fc.assert(
    fc.property(trial, (t) => {
      expect(property.offence(rule, t)).toBeLessThanOrEqual(ROUNDING);
    }),
    { numRuns: 300 },
  );
}

/** A trial of a problem; claim and growth where the property needs them. */
function trial(
  capacity: readonly number[],
  demands: readonly (readonly number[])[],
  { claim = demands[0], grown = capacity }: { claim?: readonly number[]; grown?: readonly number[] } = {},
): Trial {
  const users = demands.map((demand, i) => ({ name: `user ${i + 1}`, demand }));
  return { problem: { capacity, users }, claim, grown };
}

describe('DRF', () => {
  it.each([SHARING_INCENTIVE, STRATEGY_PROOFNESS, ENVY_FREENESS, PARETO_EFFICIENCY])(
    'has $name, for weights, bounded tasks and demands of nothing as well',
    (property) => {
      expectAlways(property, DRF, trials({ zeros: true, weights: true, bounded: true }));
    },
  );

  it.each([SINGLE_RESOURCE_FAIRNESS, BOTTLENECK_FAIRNESS, POPULATION_MONOTONICITY])(
    'has $name, where everybody needs everything',
    (property) => {
      expectAlways(property, DRF, trials({}));
    },
  );

  it('loses population monotonicity where users may need nothing of a resource, which the paper excludes', () => {
    // Without the last user the second one takes more of resource 1, and with it of resource 2, from the third.
    const offence = POPULATION_MONOTONICITY.offence(
      DRF,
      trial(
        [1, 1],
        [
          [1, 0],
          [1, 1],
          [0, 1],
          [1, 0],
        ],
      ),
    );
    expect(offence).toBeCloseTo(1 / 4, 12);
  });

  it('has no resource monotonicity: more of a resource can leave a user with less', () => {
    const found = fc.check(
      fc.property(trials({}), (t) => RESOURCE_MONOTONICITY.offence(DRF, t) <= ROUNDING),
      { numRuns: 1000 },
    );
    expect(found.failed).toBe(true);
  });

  it('lets a user who claims more than it needs be worse off, or at best as well', () => {
    const needs = { name: 'user 1', demand: [1, 0] };
    const others = Array.from({ length: 9 }, (_, i) => ({ name: `other ${i + 1}`, demand: [0, 1] }));
    const honest = drf({ capacity: [1, 1], users: [needs, ...others] });
    const greedy = drf({ capacity: [1, 1], users: [{ ...needs, demand: [1, 1] }, ...others] });
    expect(honest[0]).toBeCloseTo(1, 12);
    expect(greedy[0]).toBeCloseTo(1 / 10, 12);
  });
});

describe('asset fairness', () => {
  it.each([
    STRATEGY_PROOFNESS,
    ENVY_FREENESS,
    PARETO_EFFICIENCY,
    SINGLE_RESOURCE_FAIRNESS,
    POPULATION_MONOTONICITY,
  ])('has $name', (property) => {
    expectAlways(property, ASSET_FAIRNESS, trials({}));
  });

  it('has no sharing incentive: in the example of the paper user 2 has 12 tasks, and half of everything holds 15', () => {
    const example = trial(
      [30, 30],
      [
        [1, 3],
        [1, 1],
      ],
    );
    expect(SHARING_INCENTIVE.offence(ASSET_FAIRNESS, example)).toBeCloseTo(3 / 15, 12);
  });

  it('has no bottleneck fairness: in the example of the paper user 1 has 9 of 21, not 10.5', () => {
    const example = trial(
      [21, 21],
      [
        [3, 2],
        [4, 1],
      ],
    );
    expect(BOTTLENECK_FAIRNESS.offence(ASSET_FAIRNESS, example)).toBeCloseTo(1.5 / 21, 12);
  });

  it('has no resource monotonicity: in the example of the paper user 1 falls from 11 tasks to 10.5', () => {
    const demands = [
      [4, 2],
      [1, 1],
    ];
    const example = trial([77, 77], demands, { grown: [77, 154] });
    expect(RESOURCE_MONOTONICITY.offence(ASSET_FAIRNESS, example)).toBeCloseTo(0.5 / 11, 12);
  });
});

describe('CEEI', () => {
  it.each([
    SHARING_INCENTIVE,
    ENVY_FREENESS,
    PARETO_EFFICIENCY,
    SINGLE_RESOURCE_FAIRNESS,
    BOTTLENECK_FAIRNESS,
  ])('has $name', (property) => {
    expectAlways(property, CEEI, trials({}));
  });

  it('can be manipulated: in the example of the paper user 1 claims <16, 8> and has 25/6 tasks, not 100/31', () => {
    const demands = [
      [16, 1],
      [1, 2],
    ];
    const offence = STRATEGY_PROOFNESS.offence(CEEI, trial([100, 100], demands, { claim: [16, 8] }));
    expect(offence).toBeCloseTo(1 - 100 / 31 / (25 / 6), 9);
  });

  it('has no population monotonicity: in the example of the paper user 2 has less when user 3 goes', () => {
    const example = trial(
      [100, 100],
      [
        [4, 1],
        [1, 16],
        [16, 1],
      ],
    );
    expect(POPULATION_MONOTONICITY.offence(CEEI, example)).toBeCloseTo(1 - 4.7619 / 5.3514, 4);
  });
});
