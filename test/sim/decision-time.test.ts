import { describe, expect, test } from 'vitest';
import { fromSeconds, NONE } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import { decisionTime } from '../../src/sim/decision-time.js';
import { CPUS, firstStarts, listParts, machinesOf, simulate, story } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

const decisionTimes = { perJob: fromSeconds(1), perTask: fromSeconds(0.5) };

describe('decision time', () => {
  test('grows with the jobs and the tasks that a scheduler looks at', () => {
    expect(decisionTime(decisionTimes, 3, 4)).toBe(fromSeconds(5));
    expect(decisionTime(decisionTimes, 0, 0)).toBe(0);
  });

  test('of a monolithic scheduler delays all starts, and the decision takes in what came meanwhile', async () => {
    const thoughts: unknown[] = [];
    const rows = rowsOf(CPUS, [
      { tasks: 2, needs: { cpus: 1 }, runs: 10 },
      { at: 1, needs: { cpus: 1 }, runs: 1 },
      { at: 3, needs: { cpus: 1 }, runs: 1 },
    ]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 8 }]),
      trace: traceOf(CPUS, rows),
      parts: listParts(),
      decisionTimes,
      observers: () => [{ decided: (framework, thought, now) => thoughts.push([framework, thought, now]) }],
    });
    // 1 job and 2 tasks: 2 s. The job that comes at 1 is seen at 2; the one that comes at 3 takes 1.5 s alone.
    expect(firstStarts(result)).toEqual([2, 2, 2, 4.5]);
    expect(thoughts).toEqual([
      [NONE, fromSeconds(2), fromSeconds(2)],
      [NONE, fromSeconds(1.5), fromSeconds(4.5)],
    ]);
    expect(result.recorder.schedulers.busy).toEqual({ count: 2, time: fromSeconds(3.5) });
  });

  test('is spent anew when something changed after a decision that could not place all', async () => {
    const rows = rowsOf(CPUS, [
      { needs: { cpus: 1 }, runs: 10 },
      { needs: { cpus: 1 }, runs: 1 },
    ]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 1 }]),
      trace: traceOf(CPUS, rows),
      parts: listParts(),
      decisionTimes,
    });
    // Two jobs, two tasks: 3 s. The first ends at 13, then one job and one task: 1.5 s.
    expect(firstStarts(result)).toEqual([3, 14.5]);
  });

  test('of a framework locks what it was offered, and nobody else', async () => {
    const rows = rowsOf(CPUS, [
      { framework: 0, tasks: 2, needs: { cpus: 1 }, runs: 100 },
      { at: 0.5, framework: 1, needs: { cpus: 1 }, runs: 100 },
    ]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 3 }]),
      trace: traceOf(CPUS, rows, { frameworks: [{ name: 'a' }, { name: 'b' }] }),
      parts: {
        architecture: 'two-level',
        allocator: drfAllocator({ minimum: [{ cpus: 10 }] }),
        scheduler: () => listParts().scheduler,
        terms: {
          interval: fromSeconds(1),
          hold: 0,
          refuse: fromSeconds(5),
          timeout: Number.POSITIVE_INFINITY,
        },
      },
      decisionTimes,
      until: 10,
    });
    expect(story(result, 'offered', 'offer-ended', 'started')).toEqual([
      '0 a offered m0',
      '2 task 0 started m0',
      '2 task 1 started m0',
      '2 a offer-ended m0 accepted after 2 s',
      '2 b offered m0',
      '3.5 task 2 started m0',
      '3.5 b offer-ended m0 accepted after 1.5 s',
    ]);
  });
});
