import { figuresCheck, type Printed } from '../checks.js';
import { ASSET_FAIRNESS, CEEI, DRF, type FairnessRule } from '../fairness/rules.js';
import { bundleOf } from '../fairness/shares.js';
import type { Check } from '../study.js';

/** A problem with a printed solution: tasks per user, or the amounts that they use. */
interface WorkedExample {
  readonly what: string;
  readonly rule: FairnessRule;
  readonly capacity: readonly number[];
  /** Demand of one task, per user. */
  readonly demands: readonly (readonly number[])[];
  /** Tasks of the first users; the results of equal users are printed once. */
  readonly tasks?: readonly Printed[];
  /** Amounts of each resource, user by user. */
  readonly amounts?: readonly Printed[];
}

/** The first user, and nine others that need only the second resource. */
function tenUsers(first: readonly number[]): readonly (readonly number[])[] {
  return [first, ...Array.from({ length: 9 }, () => [0, 1])];
}

/** Ghodsi et al., "Dominant Resource Fairness", NSDI 2011: examples and counter-examples. */
const EXAMPLES: readonly WorkedExample[] = [
  {
    what: 'the example, DRF',
    rule: DRF,
    capacity: [9, 18],
    demands: [
      [1, 4],
      [3, 1],
    ],
    tasks: ['3', '2'],
    amounts: ['3', '12', '6', '2'],
  },
  {
    what: 'the example, asset fairness',
    rule: ASSET_FAIRNESS,
    capacity: [9, 18],
    demands: [
      [1, 4],
      [3, 1],
    ],
    tasks: ['2.52', '2.16'],
    amounts: ['2.5', '10.1', '6.5', '2.2'],
  },
  {
    what: 'the example, CEEI',
    rule: CEEI,
    capacity: [9, 18],
    demands: [
      [1, 4],
      [3, 1],
    ],
    tasks: ['45/11', '18/11'],
    amounts: ['4.1', '16.4', '4.9', '1.6'],
  },
  {
    what: 'asset fairness breaks the sharing incentive: 12 is below 15',
    rule: ASSET_FAIRNESS,
    capacity: [30, 30],
    demands: [
      [1, 3],
      [1, 1],
    ],
    tasks: ['6', '12'],
    amounts: ['6', '18', '12', '12'],
  },
  {
    what: 'asset fairness breaks bottleneck fairness',
    rule: ASSET_FAIRNESS,
    capacity: [21, 21],
    demands: [
      [3, 2],
      [4, 1],
    ],
    tasks: ['3', '3'],
  },
  {
    what: 'asset fairness, 77 of both resources',
    rule: ASSET_FAIRNESS,
    capacity: [77, 77],
    demands: [
      [4, 2],
      [1, 1],
    ],
    amounts: ['44', '22', '33', '33'],
  },
  {
    what: 'asset fairness, second resource doubled: user 1 gets less',
    rule: ASSET_FAIRNESS,
    capacity: [77, 154],
    demands: [
      [4, 2],
      [1, 1],
    ],
    amounts: ['42', '21', '35', '35'],
  },
  {
    what: 'CEEI, user 1 is honest',
    rule: CEEI,
    capacity: [100, 100],
    demands: [
      [16, 1],
      [1, 2],
    ],
    // The paper prints 48.8 for the second, where 1500/31 is 48.39.
    tasks: ['100/31', '1500/31'],
  },
  {
    what: 'CEEI, user 1 claims <16, 8> and gains',
    rule: CEEI,
    capacity: [100, 100],
    demands: [
      [16, 8],
      [1, 2],
    ],
    tasks: ['25/6', '100/3'],
  },
  {
    what: 'CEEI, three users',
    rule: CEEI,
    capacity: [100, 100],
    demands: [
      [4, 1],
      [1, 16],
      [16, 1],
    ],
    tasks: ['11.3', '5.4', '3.1'],
  },
  {
    what: 'CEEI, user 3 leaves: user 2 gets less',
    rule: CEEI,
    capacity: [100, 100],
    demands: [
      [4, 1],
      [1, 16],
    ],
    tasks: ['23.8', '4.8'],
  },
  {
    what: 'DRF, user 1 needs <1, 0>, nine others <0, 1>',
    rule: DRF,
    capacity: [1, 1],
    demands: tenUsers([1, 0]),
    tasks: ['1', '1/9'],
  },
  {
    what: 'DRF, user 1 asks for <1, 1>',
    rule: DRF,
    capacity: [1, 1],
    demands: tenUsers([1, 1]),
    tasks: ['1/10', '1/10'],
  },
];

/** Every worked example, user by user. */
export function workedExamples(): Check[] {
  return EXAMPLES.flatMap(checksOf);
}

function checksOf({ what, rule, capacity, demands, tasks, amounts }: WorkedExample): Check[] {
  const users = demands.map((demand, i) => ({ name: `user ${i + 1}`, demand }));
  const ours = rule.allocate({ capacity, users });
  const bundles = users.flatMap((user, i) => bundleOf(user, ours[i]));
  return [
    ...(tasks === undefined ? [] : [figuresCheck(`${what}: tasks`, tasks, ours.slice(0, tasks.length))]),
    ...(amounts === undefined ? [] : [figuresCheck(`${what}: amounts`, amounts, bundles)]),
  ];
}
