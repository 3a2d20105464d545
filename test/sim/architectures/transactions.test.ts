import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, type Cluster, fromSeconds, ParameterValues } from '../../../src/model/index.js';
import type { CommitTerms } from '../../../src/policies/policy.js';
import { omega } from '../../../src/policies/presets/omega.js';
import { CPUS, machinesOf, simulate } from '../../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../../traces-in-memory.js';

/** Jobs of three frameworks that press for room on a few machines while their schedulers decide. */
interface Rush {
  readonly rows: readonly RowSketch[];
  readonly machines: number;
  readonly seed: number;
}

const rushes: fc.Arbitrary<Rush> = fc.record({
  rows: fc
    .array(
      fc.record({
        at: fc.nat(12).map((halves) => halves / 2),
        framework: fc.nat(2),
        tasks: fc.integer({ min: 1, max: 5 }),
        needs: fc.record({ cpus: fc.constantFrom(1, 1, 2, 3) }),
        runs: fc.integer({ min: 1, max: 9 }),
        gang: fc.constantFrom(false, false, true),
      }),
      { minLength: 4, maxLength: 24, size: 'max' },
    )
    .map((rows) => rows.toSorted((a, b) => a.at - b.at)),
  machines: fc.integer({ min: 2, max: 4 }),
  seed: fc.nat(1000),
});

/** What became of a rush under some terms. */
interface Outcome {
  readonly attempts: readonly Attempt[];
  readonly overcommitted: boolean;
}

async function run(rush: Rush, terms: Partial<CommitTerms>): Promise<Outcome> {
  const attempts: Attempt[] = [];
  let overcommitted = false;
  const watch = (cluster: Cluster) => ({
    attempted: (attempt: Attempt) => void attempts.push({ ...attempt }),
    taskStarted: () => {
      if (cluster.free.free.some((amount) => amount < 0)) overcommitted = true;
    },
  });
  const frameworks = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  await simulate({
    space: CPUS,
    machines: machinesOf(
      CPUS,
      Array.from({ length: rush.machines }, () => ({ cpus: 4 })),
    ),
    trace: traceOf(CPUS, rowsOf(CPUS, rush.rows), { frameworks }),
    parts: omega.build(new ParameterValues(omega.parameters, { schedulers: '2', ...terms }), {
      space: CPUS,
      machines: [],
      frameworks,
      forecast: undefined,
    }),
    decisionTimes: { perJob: fromSeconds(0.5), perTask: fromSeconds(0.25) },
    until: 200,
    seed: String(rush.seed),
    observers: (cluster) => [watch(cluster)],
    withLog: false,
  });
  return { attempts, overcommitted };
}

const TERMS: readonly Partial<CommitTerms>[] = (['resource-fit', 'sequence-number'] as const).flatMap(
  (conflict) =>
    (['incremental', 'all-or-nothing'] as const).flatMap((transaction) =>
      (['machine', 'claim'] as const).map((numbering) => ({ conflict, transaction, numbering })),
    ),
);

describe('transactions on shared state', () => {
  test.each(TERMS)('never overcommit a machine: $conflict, $transaction, $numbering', async (terms) => {
    await fc.assert(
      fc.asyncProperty(rushes, async (rush) => {
        expect((await run(rush, terms)).overcommitted).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('that are all or nothing start everything that was placed, or nothing', async () => {
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(rushes, async (rush) => {
        const { attempts } = await run(rush, { transaction: 'all-or-nothing' });
        for (const { placed, conflicts } of attempts) {
          if (conflicts > 0) expect(placed).toBe(0);
          failed += conflicts > 0 ? 1 : 0;
        }
      }),
      { numRuns: 60 },
    );
    expect(failed, 'no transaction conflicted').toBeGreaterThan(20);
  });

  test('find every conflict of too little room by sequence numbers too, and more', async () => {
    let [byRoom, byNumber] = [0, 0];
    await fc.assert(
      fc.asyncProperty(rushes, async (rush) => {
        const fit = await run(rush, { conflict: 'resource-fit' });
        const numbers = await run(rush, { conflict: 'sequence-number' });
        // Up to the first conflict of either kind both runs are the same, attempt by attempt.
        const first = numbers.attempts.findIndex(({ conflicts }) => conflicts > 0);
        const same = first < 0 ? fit.attempts.length : first;
        expect(fit.attempts.slice(0, same)).toEqual(numbers.attempts.slice(0, same));
        if (first >= 0)
          expect(fit.attempts[first]?.conflicts).toBeLessThanOrEqual(numbers.attempts[first].conflicts);
        byRoom += fit.attempts.filter(({ conflicts }) => conflicts > 0).length;
        byNumber += numbers.attempts.filter(({ conflicts }) => conflicts > 0).length;
      }),
      { numRuns: 60 },
    );
    expect(byNumber).toBeGreaterThan(byRoom);
    expect(byRoom).toBeGreaterThan(20);
  });
});
