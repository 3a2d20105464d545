import fc from 'fast-check';
import type { AllocationProblem } from '../../src/studies/fairness/problem.js';
import type { Trial } from '../../src/studies/fairness/properties.js';

/** Optional features of random problems. */
interface ProblemTraits {
  /** Users with demand 0 for some resource. */
  readonly zeros?: boolean;
  readonly weights?: boolean;
  /** Users with a limited number of tasks. */
  readonly bounded?: boolean;
}

/** Random problems with integer amounts: 1 to 4 resources, 2 to 5 users. */
export function problems(traits: ProblemTraits): fc.Arbitrary<AllocationProblem> {
  return trials(traits).map(({ problem }) => problem);
}

/** Random trials of the fairness properties. */
export function trials({
  zeros = false,
  weights = false,
  bounded = false,
}: ProblemTraits): fc.Arbitrary<Trial> {
  return fc.integer({ min: 1, max: 4 }).chain((resources) => {
    const amounts = (min: number, max: number) =>
      fc.array(fc.integer({ min, max }), { minLength: resources, maxLength: resources });
    const demand = amounts(zeros ? 0 : 1, 30).filter((amounts) => amounts.some((amount) => amount > 0));
    const user = fc.record({
      demand,
      weight: weights ? fc.integer({ min: 1, max: 4 }) : fc.constant(1),
      tasks: bounded
        ? fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 20 }))
        : fc.constant(Number.POSITIVE_INFINITY),
    });
    return fc
      .record({
        capacity: amounts(50, 250),
        users: fc.array(user, { minLength: 2, maxLength: 5 }),
        claim: demand,
        growth: amounts(0, 200),
      })
      .map(({ capacity, users, claim, growth }) => ({
        problem: { capacity, users: users.map((u, i) => ({ name: `user ${i + 1}`, ...u })) },
        claim,
        grown: capacity.map((amount, resource) => amount + growth[resource]),
      }));
  });
}
