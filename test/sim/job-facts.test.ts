import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, NONE, type TaskId, toSeconds } from '../../src/model/index.js';
import type { SchedulingView } from '../../src/policies/contract.js';
import { RESTART_ELSEWHERE } from '../../src/workloads/recovery.js';
import { type Script, scriptedParts } from '../scripted.js';
import { CPUS, CPUS_MEM, eventsOf, machinesOf, simulate } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

function run(script: Script, rows: readonly RowSketch[], more: object = {}) {
  return simulate({
    space: CPUS_MEM,
    machines: machinesOf(CPUS_MEM, [{ cpus: 8, mem: 1000 }]),
    trace: traceOf(CPUS_MEM, rowsOf(CPUS_MEM, rows)),
    parts: scriptedParts(script),
    until: 100,
    ...more,
  });
}

function walk(first: TaskId, next: (task: TaskId) => TaskId): TaskId[] {
  const tasks: TaskId[] = [];
  for (let task = first; task !== NONE; task = next(task)) tasks.push(task);
  return tasks;
}

const pendingOf = ({ jobs }: SchedulingView, job: number) =>
  walk(jobs.firstPending(job), (t) => jobs.nextPending(t));
const tasksOf = ({ jobs }: SchedulingView, job: number) => walk(jobs.firstTask(job), (t) => jobs.nextTask(t));

describe('what a scheduler knows of a job', () => {
  test('is what its row says, and "unknown" where the row says nothing', async () => {
    const seen: unknown[] = [];
    const rows = [
      {
        job: 'a',
        user: 'ann',
        group: 'dev',
        queue: 'short',
        labels: { team: 'ads' },
        deadline: 90,
        tasks: 2,
        needs: { cpus: 1 },
      },
      { job: 7, tasks: 3, gang: true, needs: { cpus: 2, mem: 10 } },
    ];
    await run(({ jobs, space }, _act, call) => {
      if (call > 0) return;
      const [cpus, mem] = space.dimensions;
      for (const job of [0, 1])
        seen.push({
          name: jobs.name(job),
          user: jobs.user(job),
          group: jobs.group(job),
          queue: jobs.queue(job),
          team: jobs.label(job, 'team'),
          proto: jobs.label(job, 'toString'),
          deadline: toSeconds(jobs.deadline(job)),
          minimum: jobs.minimum(job),
          tasks: jobs.tasks(job),
          demand: [jobs.demand(job, cpus), jobs.demand(job, mem)],
          mayLose: jobs.mayLose(job),
        });
    }, rows);
    const common = { proto: undefined, mayLose: FOREVER };
    expect(seen).toEqual([
      {
        ...common,
        name: 'a',
        user: 'ann',
        group: 'dev',
        queue: 'short',
        team: 'ads',
        deadline: 90,
        minimum: 0,
        tasks: 2,
        demand: [2000, 0],
      },
      {
        ...common,
        name: '7',
        user: undefined,
        team: undefined,
        deadline: FOREVER,
        minimum: 3,
        tasks: 3,
        demand: [6000, 30],
      },
    ]);
  });

  test('has its tasks in order of submission, and the pending ones with the longest wait first', async () => {
    const seen: unknown[] = [];
    const rows = [{ job: 'a', tasks: 4, needs: { cpus: 1 }, runs: 50 }];
    await run((view, act, call) => {
      if (call === 0) {
        act.start(1, 0);
        act.start(0, 0);
        seen.push([tasksOf(view, 0), pendingOf(view, 0)]);
        act.kill(1);
        act.kill(0);
      }
      // The stopped tasks are gone after the call that stopped them.
      if (call === 1) seen.push([tasksOf(view, 0), pendingOf(view, 0)]);
    }, rows);
    expect(seen).toEqual([
      [
        [0, 1, 2, 3],
        [2, 3],
      ],
      [
        [0, 1, 2, 3],
        [2, 3, 1, 0],
      ],
    ]);
  });

  test('includes since when none of it runs', async () => {
    const seen: number[] = [];
    const rows = [
      { at: 1, job: 'a', tasks: 2, needs: { cpus: 1 }, runs: 3 },
      { at: 9, job: 'other', needs: { cpus: 1 }, runs: 1 },
    ];
    await run(({ jobs, now }, act) => {
      const at = toSeconds(now);
      if (at === 1) {
        seen.push(toSeconds(jobs.waitingSince(0)));
        act.start(0, 0);
        seen.push(toSeconds(jobs.waitingSince(0)));
      }
      // The first task ended at 4 s; the second one waits.
      if (at === 9) seen.push(toSeconds(jobs.waitingSince(0)));
    }, rows);
    expect(seen).toEqual([1, Number.NaN, 4]);
  });
});

describe('the time limit of a task', () => {
  test('stops it, and the estimate does not; without an estimate, the limit is the estimate', async () => {
    const seen: number[][] = [];
    const rows = [
      { job: 'both', estimate: 2, timeLimit: 5, needs: { cpus: 1 }, runs: 9 },
      { job: 'limit', timeLimit: 6, needs: { cpus: 1 }, runs: 9 },
      { job: 'estimate', estimate: 7, needs: { cpus: 1 }, runs: 9 },
      { job: 'neither', needs: { cpus: 1 }, runs: 9 },
    ];
    const result = await run(({ tasks }, act, call) => {
      for (let task = 0; call === 0 && task < 4; task++) {
        seen.push([toSeconds(tasks.estimate(task)), toSeconds(tasks.timeLimit(task))]);
        act.start(task, 0);
      }
    }, rows);
    expect(seen).toEqual([
      [2, 5],
      [6, 6],
      [7, 7],
      [FOREVER, FOREVER],
    ]);
    expect(
      eventsOf(result).flatMap(({ event, time, detail }) => (event === 'ended' ? [[time, detail]] : [])),
    ).toEqual([
      ['5', 'timed-out'],
      ['6', 'timed-out'],
      ['7', 'timed-out'],
      ['9', 'finished'],
    ]);
  });
});

describe('the service that a job has attained', () => {
  const cpuSeconds = (amount: number) => amount / 1000 / fromSeconds(1);

  test('is amount x time of all attempts, and the kept part leaves out what was lost', async () => {
    const seen: number[][] = [];
    const rows = [
      { job: 'a', tasks: 2, needs: { cpus: 2 }, runs: 8 },
      ...[3, 5, 10, 20].map((at) => ({ at, job: `probe ${at}`, needs: { cpus: 1 }, runs: 1 })),
    ];
    await run(({ jobs, now, space }, act) => {
      const cpus = space.dimension('cpus');
      const look = () => [toSeconds(now), cpuSeconds(jobs.attained(0, cpus)), cpuSeconds(jobs.kept(0, cpus))];
      const at = toSeconds(now);
      if (at === 0) act.start(0, 0);
      if (at === 3 && jobs.running(0) === 1) {
        seen.push(look());
        act.kill(0);
        // It has its room until it is gone, after this call.
        seen.push(look());
      } else if (at === 3 && jobs.running(0) === 0) {
        seen.push(look());
        act.start(0, 0);
        act.start(1, 0);
      }
      if (at === 5 || at === 10) seen.push(look());
    }, rows);
    // 2 cores: 3 s that were lost; then two tasks since 3 s.
    expect(seen).toEqual([
      [3, 6, 6],
      [3, 6, 6],
      [3, 6, 0],
      [5, 6 + 8, 8],
      [10, 6 + 28, 28],
    ]);
  });

  test('is that of the size that a task had when it is resized while it runs', async () => {
    const seen: number[] = [];
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 8 }]),
      trace: traceOf(
        CPUS,
        rowsOf(CPUS, [
          { job: 'a', tasks: 2, needs: { cpus: 1 }, runs: 50 },
          { at: 10, job: 'probe', needs: { cpus: 8 }, runs: 1 },
        ]),
      ),
      parts: scriptedParts(({ jobs, now, space, queue }, act) => {
        const cpus = space.dimension('cpus');
        if (now === 0) act.start(0, 0);
        else if (queue.length > 1)
          seen.push(cpuSeconds(jobs.attained(0, cpus)), cpuSeconds(jobs.kept(0, cpus)));
      }),
      until: 20,
      controls: {
        mayResize: () => true,
        controllers: [
          {
            name: 'resizer',
            begin: () => fromSeconds(4),
            control: (_view, act) => void act.resize(0, [3000]),
          },
        ],
      },
    });
    // 1 core for 4 s, then 3 cores. Calls happen at the resize (4 s) and at the arrival of the probe (10 s).
    expect(seen.slice(-2)).toEqual([4 + 18, 4 + 18]);
    expect(result.recorder.refusals.size).toBe(0);
  });

  test('keeps the work up to the last checkpoint of an attempt', async () => {
    const seen: number[] = [];
    await run(
      ({ jobs, now, space }, act) => {
        const cpus = space.dimension('cpus');
        if (now === 0) act.start(0, 0);
        if (toSeconds(now) !== 7) return;
        if (jobs.running(0) === 1) act.kill(0);
        else seen.push(cpuSeconds(jobs.attained(0, cpus)), cpuSeconds(jobs.kept(0, cpus)));
      },
      [
        { job: 'a', needs: { cpus: 2 }, runs: 50 },
        { at: 7, job: 'probe', needs: { cpus: 1 }, runs: 1 },
      ],
      { failures: withCheckpoints() },
    );
    // Checkpoints every 3 s without cost: 6 of 7 s are kept.
    expect(seen).toEqual([14, 12]);
  });
});

function withCheckpoints() {
  return {
    outages: [],
    detection: {
      pingInterval: fromSeconds(15),
      pingTimeouts: 5,
      removalGap: 0,
      reregisterTimeout: fromSeconds(600),
    },
    recovery: () => RESTART_ELSEWHERE,
    checkpoints: () => ({ every: fromSeconds(3), cost: 0 }),
    pingPhase: () => 0,
    registrationDelay: () => 0,
  };
}
