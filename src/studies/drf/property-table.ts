import { RandomStreams } from '../../sim/random-streams.js';
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
} from '../fairness/properties.js';
import { randomTrials } from '../fairness/random-trials.js';
import { ASSET_FAIRNESS, CEEI, DRF, type FairnessRule } from '../fairness/rules.js';
import type { Check } from '../study.js';

const RULES: readonly FairnessRule[] = [ASSET_FAIRNESS, CEEI, DRF];

/** Ghodsi et al., NSDI 2011, Table 2: whether asset fairness, CEEI and DRF have the property. */
const TABLE_2: readonly (readonly [FairnessProperty, ...('yes' | 'no')[]])[] = [
  [SHARING_INCENTIVE, 'no', 'yes', 'yes'],
  [STRATEGY_PROOFNESS, 'yes', 'no', 'yes'],
  [ENVY_FREENESS, 'yes', 'yes', 'yes'],
  [PARETO_EFFICIENCY, 'yes', 'yes', 'yes'],
  [SINGLE_RESOURCE_FAIRNESS, 'yes', 'yes', 'yes'],
  [BOTTLENECK_FAIRNESS, 'no', 'yes', 'yes'],
  [POPULATION_MONOTONICITY, 'yes', 'no', 'yes'],
  [RESOURCE_MONOTONICITY, 'no', 'no', 'no'],
];

const TRIALS = 2000;

/** Smaller violations are rounding errors. */
const ROUNDING = 1e-9;

/** The properties of the rules, tested on random problems: "no" if a violation is found, otherwise "yes". */
export function propertyTable(): Check[] {
  const trials = randomTrials(TRIALS, new RandomStreams('drf').stream('trials'));
  return TABLE_2.flatMap(([property, ...published]) =>
    RULES.map((rule, i) => propertyCheck(property, rule, published[i], trials)),
  );
}

function propertyCheck(
  property: FairnessProperty,
  rule: FairnessRule,
  published: 'yes' | 'no',
  trials: readonly Trial[],
): Check {
  const offences = trials.map((trial) => property.offence(rule, trial));
  // Negated, so that NaN counts as a violation.
  const broken = offences.filter((offence) => !(offence <= ROUNDING)).length;
  const ours = broken === 0 ? 'yes' : 'no';
  return {
    what: `Table 2: ${property.name} of ${rule.name}`,
    published,
    ours: `${ours}: ${broken} of ${trials.length} problems violate it`,
    difference: broken === 0 ? 'none' : `by up to ${(100 * Math.max(...offences)).toFixed(1)} %`,
    passed: ours === published,
  };
}
