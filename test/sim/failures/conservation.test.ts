import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PENDING, RUNNING } from '../../../src/metrics/collectors/queue-metrics.js';
import { toSeconds } from '../../../src/model/index.js';
import { POLICIES } from '../../../src/policies/registry.js';
import { tasksIn } from '../../attempts.js';
import { eventsOf, integral } from '../../simulate.js';
import { type Drawn, MACHINES, runScript, scenario, UNTIL } from './random-scripts.js';

/** Demand of each task, in quanta, by its serial number. */
function demands(drawn: Drawn): number[][] {
  return [...drawn.rows]
    .sort((a, b) => a.at - b.at)
    .flatMap(({ tasks, cpus }) => Array.from({ length: tasks }, () => [cpus * 1000, 1]));
}

/** Two to a policy of each kind would do; all of them are quick enough. */
const NAMES = POLICIES.map((policy) => policy.name);

describe.each(NAMES)('under any fault script %s', (name) => {
  test("keeps Little's law, ends each task once, and accounts for the time of all resources", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const result = await runScript(drawn, name);
        const { recorder, cluster } = result;
        const asked = demands(drawn);
        let waited = 0;
        let ran = 0;
        const had = [0, 0];
        for (const task of tasksIn(result)) {
          const ends = eventsOf(result).filter((e) => e.task === String(task.task) && e.event === 'ended');
          expect(ends.length).toBe(task.outcome === undefined ? 0 : 1);
          const held = task.attempts.reduce((sum, a) => sum + Math.min(a.end, UNTIL) - a.start, 0);
          ran += held;
          waited += Math.min(task.ended, UNTIL) - task.submitted - held;
          had.forEach((_, d) => {
            had[d] += held * asked[task.task][d];
          });
        }
        // The queue and what runs, over time, are the waits and the runs of all tasks.
        expect(integral(result, recorder.queue.series, PENDING)).toBeCloseTo(waited, 3);
        expect(integral(result, recorder.queue.series, RUNNING)).toBeCloseTo(ran, 3);
        for (const [d] of cluster.space.names.entries()) {
          let allocated = 0;
          MACHINES.forEach((machine, m) => {
            const gave = toSeconds(recorder.machines.integral[m * 2 + d]);
            const down = toSeconds(recorder.machines.downTime[m]);
            const idle = machine.capacity[d] * (UNTIL - down) - gave;
            // What a machine had, less what was lost while it was down, was given to tasks or idle.
            expect(idle).toBeGreaterThanOrEqual(-1e-6 * machine.capacity[d] * UNTIL);
            allocated += gave;
          });
          expect(allocated).toBeCloseTo(had[d], 2);
        }
      }),
      { numRuns: 15 },
    );
  });
});

test('tasks arrive at the same times, with the same work, under every policy', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const arrivals = async (name: string) =>
        eventsOf(await runScript(drawn, name))
          .filter(({ event }) => event === 'submitted')
          .map(({ time, task, job, framework }) => [time, task, job, framework].join(' '));
      const expected = await arrivals(NAMES[0]);
      for (const name of ['drf', 'omega', 'sparrow', 'borg']) expect(await arrivals(name)).toEqual(expected);
    }),
    { numRuns: 5 },
  );
});
