import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RowSketch } from '../../traces-in-memory.js';
import { startsUnder } from './run-preset.js';

/** A job of `width` cores: one task on a pool, a gang of one-core tasks on machines of one core or a few. */
interface Rigid {
  readonly at: number;
  readonly width: number;
  readonly runs: number;
  readonly estimate: number;
}

const onPool = ({ width, ...job }: Rigid): RowSketch => ({ ...job, needs: { cpus: width } });

const asGang = ({ width, ...job }: Rigid): RowSketch => ({
  ...job,
  tasks: width,
  gang: true,
  needs: { cpus: 1 },
});

/** When each job starts, in the order of the jobs. */
async function starts(
  policy: string,
  set: Readonly<Record<string, string>>,
  machines: readonly { cpus: number }[],
  jobs: readonly Rigid[],
  row: (job: Rigid) => RowSketch,
): Promise<(number | undefined)[]> {
  const events = await startsUnder(policy, machines, jobs.map(row), { set, until: 100_000 });
  const timeOf = new Map<number, number>();
  for (const event of events) {
    const [, time, task] = /^(\S+) task (\d+) started/.exec(event) ?? [];
    timeOf.set(Number(task), Number(time));
  }
  let serial = 0;
  return jobs.map((job) => {
    const first = serial;
    serial += row(job).tasks ?? 1;
    return timeOf.get(first);
  });
}

const CORES = 8;

const rigid = fc.record({
  at: fc.integer({ min: 0, max: 40 }),
  width: fc.integer({ min: 1, max: CORES }),
  runs: fc.integer({ min: 1, max: 20 }),
  spare: fc.integer({ min: 0, max: 10 }),
});

const workload = fc
  .array(rigid, { minLength: 2, maxLength: 25 })
  .map((jobs) =>
    jobs
      .map(({ at, width, runs, spare }) => ({ at, width, runs, estimate: runs + spare }))
      .sort((a, b) => a.at - b.at),
  );

describe('gangs of one-core tasks start when the same jobs start on a pool', () => {
  test.each([
    ['fcfs', {}],
    ['easy', { reserve: 'free-last' }],
    ['easy-sjbf', { reserve: 'free-last' }],
    ['conservative', { reserve: 'at-start' }],
  ])('under %s %j, on machines of one core and of four', async (policy, set) => {
    const ones = Array.from({ length: CORES }, () => ({ cpus: 1 }));
    const fours = Array.from({ length: CORES / 4 }, () => ({ cpus: 4 }));
    await fc.assert(
      fc.asyncProperty(workload, async (jobs) => {
        const expected = await starts(policy, {}, [{ cpus: CORES }], jobs, onPool);
        expect(await starts(policy, set, ones, jobs, asGang)).toEqual(expected);
        expect(await starts(policy, set, fours, jobs, asGang)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test('only by free-last: by the lowest rank, a head keeps a free machine although others will be free in time', async () => {
    const jobs: Rigid[] = [
      { at: 0, width: 1, runs: 2, estimate: 2 },
      { at: 0, width: 2, runs: 10, estimate: 10 },
      { at: 0, width: 1, runs: 20, estimate: 20 },
      { at: 3, width: 2, runs: 5, estimate: 5 },
      { at: 4, width: 1, runs: 50, estimate: 50 },
    ];
    const four = Array.from({ length: 4 }, () => ({ cpus: 1 }));
    // From 2 on m0 is free, m1 and m2 run until 10, m3 until 20. So the head of width 2 has three machines at 10. By rank it
    // gets m0 and m1, and the long job waits for m2. By free-last it gets m1 and m2, and the long job starts on m0.
    expect(await starts('easy', {}, four, jobs, asGang)).toEqual([0, 0, 0, 10, 10]);
    expect(await starts('easy', { reserve: 'free-last' }, four, jobs, asGang)).toEqual([0, 0, 0, 10, 4]);
    expect(await starts('easy', {}, [{ cpus: 4 }], jobs, onPool)).toEqual([0, 0, 0, 10, 4]);
  });
});
