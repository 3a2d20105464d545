import { describe, expect, test } from 'vitest';
import { Cluster } from '../../../src/model/index.js';
import { WorkerChoice, WorkerQueues } from '../../../src/sim/architectures/workers.js';
import { CPUS, machinesOf } from '../../simulate.js';
import { decisionTimePerJob, startsUnder } from './run-preset.js';

const FIRST_FIT = { placement: 'first-fit' };

describe('monolithic', () => {
  test('decides on one job after another, in the order of their coming, whatever framework they are of', async () => {
    const starts = await startsUnder(
      'monolithic',
      [{ cpus: 9 }],
      [
        { framework: 0, needs: { cpus: 1 }, runs: 50 },
        { framework: 1, needs: { cpus: 1 }, runs: 50 },
        { framework: 0, needs: { cpus: 1 }, runs: 50, at: 1 },
      ],
      { set: FIRST_FIT, frameworks: [{ name: 'a' }, { name: 'b' }], decisionTimes: decisionTimePerJob(2) },
    );
    expect(starts).toEqual(['2 task 0 started m0', '4 task 1 started m0', '6 task 2 started m0']);
  });

  test('tries what it could not place again, a retry later, at the back of the line', async () => {
    const starts = await startsUnder(
      'monolithic',
      [{ cpus: 2 }],
      [
        { tasks: 3, needs: { cpus: 1 }, runs: 4 },
        { needs: { cpus: 1 }, runs: 4, at: 1 },
      ],
      { set: { ...FIRST_FIT, retry: '2s' }, decisionTimes: decisionTimePerJob(1) },
    );
    // Job 0 is placed in part at 1 and is back in line at 3, 6 and so on; job 1 is decided on at 2, 5 and so on.
    expect(starts).toEqual([
      '1 task 0 started m0',
      '1 task 1 started m0',
      '5 task 3 started m0',
      '7 task 2 started m0',
    ]);
  });
});

describe('omega', () => {
  const two = [{ cpus: 4 }, { cpus: 4 }];
  const terms = (set: Readonly<Record<string, string>> = {}) => ({
    set: { ...FIRST_FIT, retry: '1s', ...set },
    frameworks: [{ name: 'a' }, { name: 'b' }],
    decisionTimes: decisionTimePerJob(1),
  });
  const full = (framework: number, tasks = 1) => ({ framework, tasks, needs: { cpus: 4 }, runs: 50 });

  test('lets schedulers decide at the same time; the second that claims a full machine has a conflict and tries again', async () => {
    // Both claim m0 at 1. Framework b is back in line at 2, sees that only m1 is free, and commits at 3.
    expect(await startsUnder('omega', two, [full(0), full(1)], terms())).toEqual([
      '1 task 0 started m0',
      '3 task 1 started m1',
    ]);
  });

  test('finds a conflict by sequence numbers where there is room, and none by fit', async () => {
    const small = [0, 1].map((framework) => ({ framework, needs: { cpus: 1 }, runs: 50 }));
    expect(await startsUnder('omega', two, small, terms())).toEqual([
      '1 task 0 started m0',
      '1 task 1 started m0',
    ]);
    expect(await startsUnder('omega', two, small, terms({ conflict: 'sequence-number' }))).toEqual([
      '1 task 0 started m0',
      '3 task 1 started m0',
    ]);
  });

  test('keeps what does not conflict, or undoes all of a transaction', async () => {
    // Framework b decides at 1, 3, 5 and so on, each time on what was free a second before.
    const rows = [full(0), full(1, 2)];
    expect(await startsUnder('omega', two, rows, terms())).toEqual([
      '1 task 0 started m0',
      '1 task 2 started m1',
      '53 task 1 started m0',
    ]);
    const whole = await startsUnder('omega', two, rows, terms({ transaction: 'all-or-nothing' }));
    expect(whole.slice(0, 2)).toEqual(['1 task 0 started m0', '3 task 1 started m1']);
  });

  test('gives the jobs of a framework to its schedulers in turn, which decide at the same time', async () => {
    const rows = [0, 0, 0].map((framework) => ({ framework, needs: { cpus: 1 }, runs: 50 }));
    expect(await startsUnder('omega', two, rows, terms())).toEqual([
      '1 task 0 started m0',
      '2 task 1 started m0',
      '3 task 2 started m0',
    ]);
    expect(await startsUnder('omega', two, rows, terms({ schedulers: '2' }))).toEqual([
      '1 task 0 started m0',
      '1 task 1 started m0',
      '2 task 2 started m0',
    ]);
  });
});

describe('sparrow', () => {
  const NO_DELAY = { delay: '0s' };

  test('spends on a job only the decision time of that job: others do not wait for it', async () => {
    const rows = [0, 0].map(() => ({ needs: { cpus: 1 }, runs: 50 }));
    expect(
      await startsUnder('sparrow', [{ cpus: 4 }], rows, {
        set: NO_DELAY,
        decisionTimes: decisionTimePerJob(2),
      }),
    ).toEqual(['2 task 0 started m0', '2 task 1 started m0']);
  });

  test('serves the queue of a worker first come, first served, whatever the priorities', async () => {
    const rows = [10, 5, 1].map((runs, at) => ({ needs: { cpus: 1 }, runs, priority: at, at }));
    expect(await startsUnder('sparrow', [{ cpus: 1 }], rows, { set: NO_DELAY })).toEqual([
      '0 task 0 started m0',
      '10 task 1 started m0',
      '15 task 2 started m0',
    ]);
  });

  test('sends a task to the least loaded of the workers that it probes, and of equal loads to the one drawn first', () => {
    const cluster = new Cluster(CPUS);
    for (const machine of machinesOf(CPUS, [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }]))
      cluster.addMachine(machine);
    const framework = cluster.addFramework({ name: 'a' });
    const job = cluster.addJob({ name: 'j', framework, submitted: 0, gang: false });
    const taskClass = cluster.classes.acquire({ demand: CPUS.quanta({ cpus: 1 }) });
    const task = cluster.submit({
      job,
      taskClass,
      estimate: Number.POSITIVE_INFINITY,
      priority: 0,
      submitted: 0,
    });
    const workers = new WorkerQueues();
    // A draw of 0 takes the first machine that is left: m0, then m1.
    const choice = new WorkerChoice(cluster, workers, () => 0);
    expect(choice.leastOfEach([task], 2)).toEqual([0]);
    expect(choice.leastLoaded([task], 2)).toEqual([0]);
    workers.add(0, { job, tasks: [task], probes: 0 });
    expect(choice.leastOfEach([task], 2)).toEqual([1]);
    expect(choice.leastLoaded([task], 2)).toEqual([1]);
    expect(choice.leastOfEach([task], 1)).toEqual([0]);
    workers.add(1, { job, tasks: [task], probes: 0 });
    workers.add(1, { job, tasks: [task], probes: 0 });
    expect(choice.leastOfEach([task], 2)).toEqual([0]);
    expect(choice.leastOfEach([task], 3)).toEqual([2]);
  });
});
