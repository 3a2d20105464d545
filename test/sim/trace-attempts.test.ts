import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, NO_RULE } from '../../src/model/index.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';
import { failuresOf } from './failures/outages.js';

/** The story of tasks, of one core if nothing else is said, on a machine of one core. */
async function storyOf(
  rows: RowSketch | readonly RowSketch[],
  more: Partial<SimulationSketch> = {},
): Promise<string[]> {
  const result = await simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 1 }]),
    trace: traceOf(
      CPUS,
      rowsOf(
        CPUS,
        [rows].flat().map((row) => ({ needs: { cpus: 1 }, ...row })),
      ),
    ),
    parts: listParts('none'),
    ...more,
  });
  return story(result, 'killed', 'ended');
}

/** The machine is down for a second. */
const restartAt = (seconds: number) => [
  { time: fromSeconds(seconds), machine: 0, state: 'down' as const },
  { time: fromSeconds(seconds + 1), machine: 0, state: 'up' as const },
];

describe('the attempts of a trace', () => {
  test('fail again in order, each after its own time', async () => {
    const attempts: RowSketch['attempts'] = [
      [4, 'failed'],
      [1, 'failed'],
    ];
    expect(await storyOf({ runs: 10, attempts })).toEqual([
      '4 task 0 killed m0 failed',
      '5 task 0 killed m0 failed',
      '15 task 0 ended m0 finished',
    ]);
  });

  test('are not repeated when the scheduler, the user or the machine ended them', async () => {
    const attempts: RowSketch['attempts'] = [
      [9, 'evicted'],
      [3, 'failed'],
      [9, 'killed'],
      [9, 'lost'],
    ];
    expect(await storyOf({ runs: 10, attempts })).toEqual([
      '3 task 0 killed m0 failed',
      '13 task 0 ended m0 finished',
    ]);
  });

  test('fail after their time, also when the last attempt was shorter or as long', async () => {
    expect(await storyOf({ runs: 2, attempts: [[5, 'failed']] })).toEqual([
      '5 task 0 killed m0 failed',
      '7 task 0 ended m0 finished',
    ]);
    expect(await storyOf({ runs: 5, attempts: [[5, 'failed']] })).toEqual([
      '5 task 0 killed m0 failed',
      '10 task 0 ended m0 finished',
    ]);
  });

  test.each(['merge', 'each'] as const)(
    'end for good at the time limit, with simultaneous events %s',
    async (simultaneous) => {
      const row: RowSketch = {
        runs: 3,
        timeLimit: 4,
        attempts: [
          [2, 'failed'],
          [4, 'failed'],
          [1, 'failed'],
        ],
      };
      // The second attempt would fail at its limit.
      expect(await storyOf(row, { simultaneous })).toEqual([
        '2 task 0 killed m0 failed',
        '6 task 0 ended m0 timed-out',
      ]);
    },
  );

  test('do not fail in an attempt whose work is done at the time limit', async () => {
    const row: RowSketch = { runs: 4, timeLimit: 4, attempts: [[2, 'failed']] };
    expect(await storyOf(row, { simultaneous: 'each' })).toEqual([
      '2 task 0 killed m0 failed',
      '6 task 0 ended m0 finished',
    ]);
  });

  test('fail once more after a machine failure, except the first one', async () => {
    const attempts: RowSketch['attempts'] = [
      [4, 'failed'],
      [6, 'failed'],
    ];
    // The first attempt is lost at 2, and its failure with it: as with one failure, that of the first attempt.
    expect(await storyOf({ runs: 10, attempts }, { machineEvents: restartAt(2) })).toEqual([
      '2 task 0 killed m0 lost',
      '9 task 0 killed m0 failed',
      '19 task 0 ended m0 finished',
    ]);
    // The second attempt is lost at 5. The third fails in its place, after 6 s.
    expect(await storyOf({ runs: 10, attempts }, { machineEvents: restartAt(5) })).toEqual([
      '4 task 0 killed m0 failed',
      '5 task 0 killed m0 lost',
      '12 task 0 killed m0 failed',
      '22 task 0 ended m0 finished',
    ]);
  });

  test('keep the work of their checkpoints', async () => {
    const failures = {
      ...failuresOf([]),
      checkpoints: () => ({ every: fromSeconds(3), cost: 0 }),
    };
    // 6 of 7 s are kept, so that 4 s are left.
    expect(await storyOf({ runs: 10, attempts: [[7, 'failed']] }, { failures, until: 20 })).toEqual([
      '7 task 0 killed m0 failed',
      '11 task 0 ended m0 finished',
    ]);
  });

  test('fail at their point of the work, also if checkpoints or a slow place stretch it', async () => {
    const failures = {
      ...failuresOf([]),
      checkpoints: () => ({ every: fromSeconds(2), cost: fromSeconds(1) }),
    };
    // 10 s of work take 14 s with four checkpoints. A failure after 12 s of work never comes.
    expect(await storyOf({ runs: 10, failsAfter: 12 }, { failures, until: 20 })).toEqual([
      '14 task 0 ended m0 finished',
    ]);
    // Twice as slow on a machine that is not preferred: the end is at 20, failures at 4 and 15 are at 8 and 30.
    const prefers = [
      { constraint: { attribute: 'rack', operator: 'equal' as const, values: ['elsewhere'] }, weight: 1 },
    ];
    const rules = [undefined, { spread: [], together: [], avoid: [], beside: [], prefers }];
    const elsewhere = async (row: RowSketch) => {
      const rows = rowsOf(CPUS, [{ needs: { cpus: 1 }, runs: 10, rule: NO_RULE + 1, ...row }]);
      return storyOf([], { trace: traceOf(CPUS, rows, { rules }), remoteSlowdown: 2 });
    };
    expect(await elsewhere({ failsAfter: 15 })).toEqual(['20 task 0 ended m0 finished']);
    expect(await elsewhere({ failsAfter: 4 })).toEqual([
      '8 task 0 killed m0 failed',
      '28 task 0 ended m0 finished',
    ]);
    expect(await elsewhere({ attempts: [[15, 'failed']] })).toEqual([
      '30 task 0 killed m0 failed',
      '50 task 0 ended m0 finished',
    ]);
  });

  test('of a service that never ends fail, too', async () => {
    expect(await storyOf({ runs: FOREVER, attempts: [[7, 'failed']] }, { until: 20 })).toEqual([
      '7 task 0 killed m0 failed',
    ]);
  });

  test('of one member restart the whole gang', async () => {
    const member: RowSketch = { job: 'gang', needs: { cpus: 0.5 }, runs: 3, gang: true };
    expect(await storyOf([{ ...member, attempts: [[2, 'failed']] }, member])).toEqual([
      '2 task 0 killed m0 failed',
      '2 task 1 killed m0 gang',
      '5 task 0 ended m0 finished',
      '5 task 1 ended m0 finished',
    ]);
  });
});
