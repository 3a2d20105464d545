import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, imbalance, NONE, type TaskId } from '../../src/model/index.js';
import { drfAllocator } from '../../src/policies/allocators/drf.js';
import type { PlacementSink, Scheduler, SchedulingView, Verdict } from '../../src/policies/contract.js';
import { placementNamed } from '../../src/policies/placement/index.js';
import type { PolicyParts } from '../../src/policies/policy.js';
import { listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { highestPriorityFirst } from '../../src/policies/schedulers/waiting-list.js';
import {
  CPUS_MEM_GPUS,
  countsOf,
  jobCountsOf,
  machinesOf,
  type SimulationSketch,
  simulate,
  story,
} from '../simulate.js';
import { type RowSketch, rowsOf, type TraceParts, traceOf } from '../traces-in-memory.js';

type Script = (view: SchedulingView, act: PlacementSink) => void;

const second = fromSeconds(1);

function scripted(script: Script): Scheduler {
  return { name: 'scripted', schedule: script };
}

function monolithic(script: Script): PolicyParts {
  return { architecture: 'monolithic', scheduler: scripted(script) };
}

/** Rows on machines of so many cores; each instant of every run must balance. */
async function run(
  parts: PolicyParts,
  machines: readonly Record<string, number>[],
  rows: readonly RowSketch[],
  more: Partial<SimulationSketch> = {},
  trace: TraceParts = {},
) {
  const result = await simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, machines),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, rows), {
      frameworks: [{ name: 'a' }, { name: 'b' }],
      ...trace,
    }),
    parts,
    until: 1000,
    ...more,
    observers: (cluster) => [
      {
        passEnded: () => expect(imbalance(cluster)).toBeUndefined(),
        taskKilled: () => expect(imbalance(cluster)).toBeUndefined(),
      },
    ],
  });
  return { ...result, events: story(result, 'started', 'stopping', 'killed', 'ended') };
}

/** Starts what fits, in queue order. */
function startAll({ queue, machines }: SchedulingView, act: PlacementSink, but: TaskId = NONE): void {
  for (let task = queue.first, next = NONE; task !== NONE; task = next) {
    next = queue.next(task);
    const machine = machines.firstFit(task);
    if (task !== but && machine !== NONE) act.start(task, machine);
  }
}

const preempting = (grace: number, more: Partial<Parameters<typeof listScheduler>[0]> = {}): PolicyParts => ({
  architecture: 'monolithic',
  scheduler: listScheduler({
    name: 'list',
    order: highestPriorityFirst,
    placement: placementNamed('first-fit'),
    backfill: 'any',
    preemption: { starts: [] },
    grace: grace * second,
    ...more,
  }),
});

describe('a kill', () => {
  test('frees no room inside the call, and all of it at the same instant', async () => {
    const seen: unknown[] = [];
    const script: Script = (view, act) => {
      const { machines, tasks, space, now } = view;
      const cpus = space.dimension('cpus');
      if (now === 5 * second && tasks.state(0) === 'running') {
        seen.push(act.kill(0), tasks.state(0), machines.free(0, cpus), tasks.goneBy(0) === now);
        seen.push(machines.whyNot(1, 0), act.kill(0));
        return;
      }
      if (now === 5 * second) seen.push(tasks.state(0), tasks.goneBy(0), machines.free(0, cpus));
      if (now < 5 * second) startAll(view, act);
      else act.start(1, 0);
    };
    const { events } = await run(
      monolithic(script),
      [{ cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 10 },
        { needs: { cpus: 4 }, runs: 3, at: 5 },
      ],
      { until: 8 },
    );
    expect(seen).toEqual([
      'done',
      'stopping',
      0,
      true,
      'does-not-fit',
      'not-running',
      'pending',
      FOREVER,
      4000,
    ]);
    expect(events).toEqual([
      '0 task 0 started m0',
      '5 task 0 killed m0 preempted',
      '5 task 1 started m0',
      '8 task 1 ended m0 finished',
    ]);
  });

  test('with grace lets the task run on, and finish if it ends within it', async () => {
    const script: Script = (view, act) => {
      startAll(view, act);
      if (view.now === 5 * second)
        for (const task of [0, 1]) act.kill(task, { grace: 4 * second, requeue: false });
    };
    const { events, recorder, cluster } = await run(
      monolithic(script),
      [{ cpus: 4 }],
      [
        { needs: { cpus: 1 }, runs: 8 },
        { needs: { cpus: 1 }, runs: 20 },
        { needs: { cpus: 1 }, runs: 1, at: 5 },
      ],
    );
    expect(events.slice(3)).toEqual([
      '5 task 0 stopping m0 by 9',
      '5 task 1 stopping m0 by 9',
      '6 task 2 ended m0 finished',
      '8 task 0 ended m0 finished',
      '9 task 1 ended m0 killed',
    ]);
    expect(countsOf(recorder.tasks)).toMatchObject({
      finished: 2,
      failed: 0,
      killed: 1,
      running: 0,
      pending: 0,
    });
    expect(jobCountsOf(recorder.jobs)).toMatchObject({ finished: 2, failed: 1 });
    expect(cluster.tasks.live).toBe(0);
  });

  test('is refused with a bad grace, and with a checkpoint that the task cannot write', async () => {
    const verdicts: Verdict[] = [];
    const script: Script = (view, act) => {
      startAll(view, act);
      for (const options of [{ grace: -1 }, { grace: 0.5 }, { grace: Number.NaN }, { save: true }])
        verdicts.push(act.kill(0, options));
    };
    await run(monolithic(script), [{ cpus: 4 }], [{ needs: { cpus: 1 }, runs: 8 }], { until: 1 });
    expect(verdicts).toEqual(['in-the-past', 'in-the-past', 'in-the-past', 'unsupported']);
  });

  test.each([
    [
      'at its cost, in the time that this takes',
      undefined,
      [
        '5 task 0 stopping m0 by 7',
        '7 task 0 killed m0 preempted',
        '8 task 0 started m0',
        '23 task 0 ended m0 finished',
      ],
    ],
    [
      'unless the grace is too short',
      1 * second,
      [
        '5 task 0 stopping m0 by 6',
        '6 task 0 killed m0 preempted',
        '7 task 0 started m0',
        '27 task 0 ended m0 finished',
      ],
    ],
  ])('with save keeps the work up to now %s', async (_, grace, expected) => {
    let isStopped = false;
    const facts: unknown[] = [];
    const script: Script = (view, act) => {
      startAll(view, act);
      if (view.now === 5 * second && !isStopped) {
        isStopped = true;
        facts.push(view.tasks.savesOnStop(0), view.tasks.checkpoint(0));
        act.kill(0, { save: true, ...(grace !== undefined && { grace }) });
      } else if (isStopped) facts.push(view.tasks.checkpoint(0));
    };
    const checkpoints = () => ({ every: 100 * second, cost: 2 * second });
    const { events } = await run(
      monolithic(script),
      [{ cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 20 },
        { needs: { cpus: 4 }, runs: 1, at: 5 },
      ],
      {
        failures: {
          outages: [],
          detection: { kind: 'at-once' } as never,
          recovery: () => ({ wait: 0, restart: 'anywhere', scope: 'task' }) as never,
          checkpoints,
          pingPhase: () => 0,
          registrationDelay: () => 0,
        },
      },
    );
    expect(facts.slice(0, 2)).toEqual([true, Number.NaN]);
    expect(facts[2]).toBe(grace === undefined ? 7 * second : Number.NaN);
    expect(events.filter((event) => event.includes('task 0')).slice(1)).toEqual(expected);
  });
});

describe('a preemption', () => {
  test('keeps the room of its victims, and what is free, for the task that needs it', async () => {
    const { events } = await run(
      preempting(10),
      [{ cpus: 4 }],
      [
        { needs: { cpus: 3 }, runs: 99 },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 4 },
        // It would fit beside the victim, but that room is claimed.
        { needs: { cpus: 1 }, runs: 2, at: 6 },
      ],
    );
    expect(events.slice(0, 6)).toEqual([
      '0 task 0 started m0',
      '4 task 0 stopping m0 by 14',
      '14 task 0 killed m0 preempted',
      '14 task 1 started m0',
      '19 task 1 ended m0 finished',
      '19 task 2 started m0',
    ]);
  });

  test('starts its task as soon as the victims are gone, also by an end of their own', async () => {
    const { events } = await run(
      preempting(10),
      [{ cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 7 },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 4 },
      ],
    );
    expect(events.slice(1)).toEqual([
      '4 task 0 stopping m0 by 14',
      '7 task 0 ended m0 finished',
      '7 task 1 started m0',
      '12 task 1 ended m0 finished',
    ]);
  });

  test('with grace lets others preempt and start meanwhile, each on its own claim', async () => {
    const { events } = await run(
      preempting(10),
      [{ cpus: 4 }, { cpus: 4 }, { cpus: 2 }],
      [
        { needs: { cpus: 4 }, runs: 99, tasks: 2 },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 4, tasks: 2 },
        { needs: { cpus: 2 }, runs: 2, at: 5 },
      ],
    );
    expect(events.filter((event) => /^([4-9]|14) /.test(event))).toEqual([
      '4 task 0 stopping m0 by 14',
      '4 task 1 stopping m1 by 14',
      '5 task 4 started m2',
      '7 task 4 ended m2 finished',
      '14 task 0 killed m0 preempted',
      '14 task 1 killed m1 preempted',
      '14 task 2 started m0',
      '14 task 3 started m1',
    ]);
  });

  test('of a gang starts it when its last victim is gone', async () => {
    const { events } = await run(
      preempting(10),
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 8 },
        { needs: { cpus: 4 }, runs: 99 },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 4, tasks: 2, gang: true },
      ],
    );
    expect(events.filter((event) => event.includes('started')).slice(2, 4)).toEqual([
      '14 task 2 started m0',
      '14 task 3 started m1',
    ]);
  });

  test('with EASY leaves the rest of the cluster to the tasks behind', async () => {
    const { events } = await run(
      preempting(10, { backfill: { rule: 'easy' } }),
      [{ cpus: 4 }, { cpus: 2 }],
      [
        { needs: { cpus: 4 }, runs: 99, estimate: 200 },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 4 },
        { needs: { cpus: 2 }, runs: 50, estimate: 50, at: 5 },
      ],
    );
    expect(events).toContain('5 task 2 started m1');
    expect(events).toContain('14 task 1 started m0');
  });

  test('is refused with a reason, and then stops nobody', async () => {
    const verdicts: Verdict[] = [];
    const script: Script = (view, act) => {
      const { tasks, now } = view;
      if (now < second) {
        act.startGang(tasks.job(1), { tasks: [1, 2], machines: [1, 1] });
        startAll(view, act);
        return;
      }
      if (verdicts.length > 0) return;
      const job = tasks.job(5);
      const on = (machine: number) => ({ tasks: [5], machines: [machine] });
      verdicts.push(
        act.preempt([], job, on(0)),
        act.preempt([0], job, on(1)),
        act.preempt([1], job, on(1)),
        act.preempt([0], job, { tasks: [0], machines: [0] }),
        act.preempt([0], 77, on(0)),
        act.preempt([0], job, on(9)),
        act.preempt([0], job, on(0), -1),
        act.preempt([4], job, on(0)),
        act.forgo(job),
        act.preempt([0], job, on(0), 20 * second),
        act.preempt([1, 2], job, on(1)),
      );
    };
    const { events } = await run(
      monolithic(script),
      [{ cpus: 4 }, { cpus: 4 }, { cpus: 1 }],
      [
        { needs: { cpus: 4 }, runs: 9 },
        { needs: { cpus: 2 }, runs: 9, tasks: 2, gang: true },
        { needs: { cpus: 1 }, runs: 9, tasks: 2 },
        { needs: { cpus: 4 }, runs: 5, at: 1 },
      ],
      { until: 2 },
    );
    expect(verdicts).toEqual([
      'insufficient-victims',
      'insufficient-victims',
      'incomplete-gang',
      'not-pending',
      'unknown-job',
      'unknown-machine',
      'in-the-past',
      'not-running',
      'unknown-job',
      'done',
      'claimed',
    ]);
    expect(events.slice(4)).toEqual(['1 task 0 stopping m0 by 21']);
  });

  test('cannot stop the gang that needs the room', async () => {
    const verdicts: Verdict[] = [];
    const script: Script = (view, act) => {
      const { tasks } = view;
      if (view.now === 0) act.startGang(tasks.job(0), { tasks: [0, 1], machines: [0, 0] });
      else if (tasks.state(0) === 'pending')
        verdicts.push(act.preempt([1], tasks.job(0), { tasks: [0], machines: [0] }));
    };
    // One of its tasks fails in the instant in which the other ends by itself.
    const rows = [
      { job: 0, gang: true, needs: { cpus: 2 }, runs: 9, failsAfter: 1 },
      { job: 0, gang: true, needs: { cpus: 2 }, runs: 1 },
    ];
    await run(monolithic(script), [{ cpus: 4 }], rows, { until: 2, simultaneous: 'each' });
    expect(verdicts[0]).toBe('not-preemptible');
  });
});

describe('a claim', () => {
  /** Task 0 holds m0 (4 cores), task 1 needs it, task 2 (1 core) would take any room. */
  const ROWS: readonly RowSketch[] = [
    { needs: { cpus: 3 }, runs: 99 },
    { needs: { cpus: 4 }, runs: 5, at: 1 },
    { needs: { cpus: 1 }, runs: 99, at: 1 },
  ];

  test('is free for its own job only, in all answers of the view, and gone after forgo', async () => {
    const seen: unknown[] = [];
    const script: Script = (view, act) => {
      const { machines, tasks, whatIf } = view;
      if (view.now < second) return startAll(view, act);
      if (seen.length > 0) return;
      const choice = machines.prepare({ score: { name: 'any', reads: [], make: () => () => 0 } });
      const small = machines.whyNot(2, 0);
      const verdict = act.preempt([0], tasks.job(1), { tasks: [1], machines: [0] }, 50 * second);
      whatIf.reset('now');
      seen.push(small, verdict, tasks.state(1), machines.whyNot(2, 0), machines.whyNot(1, 0));
      seen.push(machines.firstFit(2), choice.best(2), whatIf.machines.whyNot(2, 0));
      const mark = whatIf.mark();
      seen.push(whatIf.remove(0), whatIf.machines.whyNot(2, 0), whatIf.put(1, 0));
      whatIf.undo(mark);
      seen.push(whatIf.machines.whyNot(1, 0), whatIf.remove(0), whatIf.put(1, 0));
      seen.push(act.forgo(tasks.job(1)), tasks.state(1), machines.whyNot(2, 0), tasks.state(0));
    };
    await run(monolithic(script), [{ cpus: 4 }], ROWS, { until: 2 });
    expect(seen).toEqual([
      'done',
      'done',
      'claiming',
      'claimed',
      'does-not-fit',
      NONE,
      NONE,
      'claimed',
      'done',
      'claimed',
      'done',
      'does-not-fit',
      'done',
      'done',
      'done',
      'pending',
      'done',
      'stopping',
    ]);
  });

  test('ends when its machine is lost, and its job waits as before', async () => {
    const states: string[] = [];
    const script: Script = (view, act) => {
      if (view.now === second && view.tasks.state(0) === 'running')
        act.preempt([0], view.tasks.job(1), { tasks: [1], machines: [0] }, 50 * second);
      else startAll(view, act);
      states.push(view.tasks.state(1));
    };
    const { events, cluster } = await run(monolithic(script), [{ cpus: 4 }, { cpus: 1 }], ROWS.slice(0, 2), {
      until: 30,
      machineEvents: [{ time: 10 * second, machine: 0, state: 'down' }],
    });
    expect(states).toEqual(['unknown', 'claiming', 'pending']);
    expect(cluster.claims.size).toBe(0);
    expect(events).toEqual(['0 task 0 started m0', '1 task 0 stopping m0 by 51', '10 task 0 killed m0 lost']);
  });

  test('of the older job fills first where two jobs claim one machine', async () => {
    let step = 0;
    const script: Script = (view, act) => {
      const { tasks } = view;
      if (view.now < second) return startAll(view, act);
      if (step++ === 0) {
        act.preempt([0], tasks.job(2), { tasks: [2], machines: [0] }, 20 * second);
        act.preempt([1], tasks.job(3), { tasks: [3], machines: [0] }, 5 * second);
        return;
      }
      startAll(view, act);
    };
    const { events } = await run(
      monolithic(script),
      [{ cpus: 4 }],
      [
        { needs: { cpus: 2 }, runs: 99 },
        { needs: { cpus: 2 }, runs: 99 },
        { needs: { cpus: 2 }, runs: 50, at: 1 },
        { needs: { cpus: 2 }, runs: 50, at: 1 },
      ],
      { until: 30 },
    );
    // The victim of the younger claim leaves first, and its room goes to the older one.
    expect(events.slice(4)).toEqual([
      '6 task 1 killed m0 preempted',
      '6 task 2 started m0',
      '21 task 0 killed m0 preempted',
      '21 task 3 started m0',
    ]);
  });

  test('keeps devices, not only amounts', async () => {
    let isDone = false;
    const seen: unknown[] = [];
    const script: Script = (view, act) => {
      if (view.now < second) return startAll(view, act);
      if (!isDone) {
        isDone = true;
        seen.push(
          act.preempt([0], view.tasks.job(2), { tasks: [2], machines: [0], devices: [0b11] }, 10 * second),
        );
        seen.push(view.machines.whyNot(3, 0));
        return;
      }
      startAll(view, act);
    };
    const { events } = await run(
      monolithic(script),
      [{ cpus: 8, gpus: 3 }],
      [
        { needs: { cpus: 1 }, gpus: 1, runs: 99 },
        { needs: { cpus: 1 }, gpus: 1, runs: 99 },
        { needs: { cpus: 1 }, gpus: 2, runs: 50, at: 1 },
        { needs: { cpus: 1 }, gpus: 1, runs: 50, at: 1 },
      ],
      { until: 30 },
    );
    expect(seen).toEqual(['wrong-devices', 'done']);
    expect(events).not.toContain('11 task 0 killed m0 preempted');
  });
});

describe('under offers', () => {
  test('a framework preempts its own tasks, and its claim goes before offers to others', async () => {
    let isDone = false;
    const script: Script = (view, act) => {
      if (view.now >= second && !isDone && view.tasks.state(1) === 'pending') {
        isDone = true;
        expect(act.preempt([0], view.tasks.job(1), { tasks: [1], machines: [0] }, 10 * second)).toBe('done');
        return;
      }
      startAll(view, act);
    };
    const parts: PolicyParts = {
      architecture: 'two-level',
      allocator: drfAllocator({ minimum: [{ cpus: 10 }] }),
      scheduler: (framework) => (framework === 0 ? scripted(script) : scripted(startAll)),
      terms: { interval: second, hold: 0, refuse: 5 * second, timeout: FOREVER },
    };
    const { events } = await run(
      parts,
      [{ cpus: 4 }, { cpus: 1 }],
      [
        { framework: 0, needs: { cpus: 4 }, runs: 99 },
        { framework: 0, needs: { cpus: 4 }, runs: 5, at: 1 },
        { framework: 1, needs: { cpus: 2 }, runs: 5, at: 3 },
      ],
      { until: 40 },
    );
    expect(events.slice(0, 5)).toEqual([
      '0 task 0 started m0',
      '1 task 0 stopping m0 by 11',
      '11 task 0 killed m0 preempted',
      '11 task 1 started m0',
      '16 task 1 ended m0 finished',
    ]);
  });
});
