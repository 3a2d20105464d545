import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowSketch } from '../../src/workloads/row-sketch.js';
import { runPreset } from '../policies/orders/run-preset.js';

const row: fc.Arbitrary<RowSketch> = fc.record({
  at: fc.integer({ min: 0, max: 30 }),
  needs: fc.record({ cpus: fc.integer({ min: 1, max: 8 }), mem: fc.integer({ min: 1, max: 64 }) }),
  gpus: fc.constantFrom(0, 0, 1, 2),
  tasks: fc.integer({ min: 1, max: 3 }),
  gang: fc.boolean(),
  priority: fc.integer({ min: 0, max: 3 }),
  estimate: fc.constantFrom(1, 2, 3, 5, 8, Number.POSITIVE_INFINITY),
  runs: fc.integer({ min: 1, max: 12 }),
});
const machine = fc.record({
  cpus: fc.integer({ min: 2, max: 8 }),
  mem: fc.integer({ min: 16, max: 128 }),
  gpus: fc.integer({ min: 0, max: 2 }),
});
const rows = fc
  .array(row, { minLength: 5, maxLength: 40 })
  .map((all) => all.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)));
const machines = fc.array(machine, { minLength: 1, maxLength: 6 });

const BEST_FIT = '-(leftOver(cpus) + leftOver(mem) + leftOver(gpus))';

describe('a list scheduler by formulas decides as a built-in policy', () => {
  it.each([
    ['sjf-skip', { order: '-estimate' }],
    // The same keys, sorted anew at each pass.
    ['sjf-skip', { order: '-estimate + 0 * waited' }],
    ['sjf', { order: '-estimate', backfill: 'none' }],
    ['fcfs', { backfill: 'none' }],
    ['bin-packing', { score: BEST_FIT }],
    // The same score, computed anew for each decision.
    ['bin-packing', { score: `${BEST_FIT} + 0 * waited / 1 s` }],
    ['bin-packing', { score: `${BEST_FIT} + 0 * tasksOn` }],
    ['easy', { backfill: 'easy' }],
    ['easy', { backfill: 'easy', order: '-submitted' }],
    ['easy-sjbf', { backfill: 'easy', behind: 'shortest' }],
  ])('%s as list(%j)', async (policy, set) => {
    await fc.assert(
      fc.asyncProperty(machines, rows, async (some, all) => {
        const builtIn = await runPreset(policy, some, all);
        const byFormula = await runPreset('list', some, all, { set });
        expect(byFormula.events).toEqual(builtIn.events);
      }),
      { numRuns: 40 },
    );
  });

  // A preempted task joins the queue again. In the second order it has another place in a list that is sorted anew.
  it.each(['priority', 'priority + 0 * waited / 1 s'])(
    'as borg orders and preempts, with the order %s',
    async (order) => {
      await fc.assert(
        fc.asyncProperty(machines, rows, async (some, all) => {
          const builtIn = await runPreset('borg', some, all, { set: { placement: 'best-fit' } });
          const set = { order, score: BEST_FIT, preemption: 'lower-band' };
          expect((await runPreset('list', some, all, { set })).events).toEqual(builtIn.events);
        }),
        { numRuns: 40 },
      );
    },
  );
});
