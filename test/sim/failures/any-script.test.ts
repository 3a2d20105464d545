import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE, TaskState } from '../../../src/model/index.js';
import { countsOf, eventsOf } from '../../simulate.js';
import { runScript, scenario } from './random-scripts.js';

/** Policies of every architecture. */
const NAMES = ['bin-packing', 'easy', 'drf', 'monolithic', 'whole-cell-offers', 'omega', 'sparrow'];

describe.each(NAMES)('under any fault script %s', (name) => {
  test('loses and doubles no task, and gives no machine more than it has', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { recorder, cluster } = await runScript(drawn, name);
        const counts = countsOf(recorder.tasks);
        expect(counts.submitted).toBe(
          counts.finished +
            counts.failed +
            counts.abandoned +
            counts.rejected +
            counts.running +
            counts.pending,
        );
        const { tasks, machines, classes, free, space } = cluster;
        const taken = new Float64Array(machines.count * space.size);
        for (let task = 0; task < tasks.bound; task++) {
          if (tasks.state[task] === TaskState.unused || tasks.machine[task] === NONE) continue;
          expect(machines.stateOf(tasks.machine[task])).not.toBe('down');
          for (let d = 0; d < space.size; d++)
            taken[tasks.machine[task] * space.size + d] +=
              classes.demand[tasks.taskClass[task] * space.size + d];
        }
        for (let row = 0; row < taken.length; row++) {
          expect(taken[row]).toBeLessThanOrEqual(machines.capacity[row]);
          const machine = Math.floor(row / space.size);
          if (machines.isUp(machine) && cluster.offered.holderOf(machine) === undefined)
            expect(free.free[row]).toBe(machines.capacity[row] - taken[row]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('machines fail at the same times under every policy', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const failed = async (name: string) =>
        eventsOf(await runScript(drawn, name))
          .filter(({ event }) => event === 'failed')
          .map(({ time, machine }) => `${time} ${machine}`);
      const expected = await failed('bin-packing');
      expect(await failed('drf')).toEqual(expected);
      expect(await failed('omega')).toEqual(expected);
    }),
    { numRuns: 10 },
  );
});
