import { expect, test } from 'vitest';
import { summarize } from '../../src/metrics/catalogue/catalogue.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { highestPriorityFirst } from '../../src/policies/schedulers/waiting-list.js';
import { CPUS, machinesOf, simulate } from '../simulate.js';
import { rowsOf, traceOf } from '../traces-in-memory.js';

test('a preempted job has the run time of its last attempt, and its later wait and lost work are counted', async () => {
  const { recorder } = await simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 4 }]),
    trace: traceOf(
      CPUS,
      rowsOf(CPUS, [
        { needs: { cpus: 4 }, runs: 20 },
        { needs: { cpus: 2 }, runs: 1000, priority: 1, at: 10 },
      ]),
    ),
    parts: {
      architecture: 'monolithic',
      scheduler: listScheduler({
        name: 'list',
        order: highestPriorityFirst,
        placement: placementNamed('first-fit'),
        backfill: 'any',
        preemption: { starts: [] },
      }),
    },
  });
  const summary = summarize({ recorder, run: { policy: { name: 'list', parameters: {} } } as never });
  // 0 to 10 is lost; the second attempt runs from 1010 to 1030: 1030 s / 20 s.
  expect(summary.response.max).toBe(1030);
  expect(summary.boundedSlowdown.max).toBeCloseTo(51.5, 9);
  expect(summary.wait).toMatchObject({ count: 2, max: 0 });
  expect(summary.taskWait).toMatchObject({ count: 2, max: 0 });
  expect(summary.requeueWait).toMatchObject({ count: 1, mean: 1000 });
  expect(summary.recovery.lostWork).toBe(10);
  // 4 cores for 10 s.
  expect(summary.recovery.wastedWork?.cpus).toBeCloseTo(40 / 3600, 12);
  // 4 x 10 + 2 x 1000 + 4 x 20 core-seconds of 4 x 1030.
  expect(summary.utilization.cpus.allocated.mean).toBeCloseTo(2120 / 4120, 12);
  expect(summary.utilization.cpus.allocated.mean).toBe(
    Object.values(summary.byFramework)[0].utilization.cpus.allocated,
  );
  // One task waits from 10 to 1010.
  expect(summary.queue.mean).toBeCloseTo(1000 / 1030, 12);
});
