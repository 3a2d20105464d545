import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/lab/run/node/run.js';
import type { Cluster } from '../../src/model/index.js';
import { DATA } from '../reference-data.js';

/** When each job of the log starts, in microseconds, by its number. */
async function startsOn(machines: string, policy: string): Promise<Map<string | number, number>> {
  const starts = new Map<string | number, number>();
  let jobs = 0;
  const observer = ({ tasks, jobs: { name } }: Cluster) => ({
    jobSubmitted: () => {
      jobs++;
    },
    taskStarted(task: number, now: number) {
      const job = name[tasks.job[task]];
      if (!starts.has(job)) starts.set(job, now);
    },
  });
  const path = join(DATA as string, 'swf', 'KTH-SP2.swf');
  await run(
    { policy, machines, seed: '1', workload: { kind: 'trace', path }, set: {} },
    { observers: (cluster) => [observer(cluster)] },
  );
  expect(jobs).toBe(28_481);
  return starts;
}

describe.skipIf(DATA === undefined)('the jobs of KTH-SP2 as gangs on 100 machines of one core', () => {
  test.each([
    ['fcfs', 'fcfs'],
    // Reservations of the machines of lowest rank would hold free machines that the pool leaves to others.
    ['easy', 'easy(reserve=free-last)'],
    ['conservative', 'conservative(reserve=at-start)'],
  ])(
    'start under %s at the same second on the pool of 100 as with %s',
    async (onPool, onMachines) => {
      const [pool, gangs] = [await startsOn('1x100cpu', onPool), await startsOn('100x1cpu', onMachines)];
      expect(pool.size).toBe(28_481);
      expect([...gangs].filter(([job, start]) => pool.get(job) !== start)).toEqual([]);
      expect(gangs.size).toBe(pool.size);
    },
    180_000,
  );
});
