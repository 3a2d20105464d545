import { describe, expect, test } from 'vitest';
import { placementNamed } from '../../src/policies/placement/index.js';
import { type ListSchedulerParts, listScheduler } from '../../src/policies/schedulers/list-scheduler.js';
import { highestPriorityFirst } from '../../src/policies/schedulers/waiting-list.js';
import { CPUS_MEM_GPUS, countsOf, machinesOf, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, type TraceParts, traceOf } from '../traces-in-memory.js';

const NO_RULE = { spread: [], together: [], avoid: [], beside: [], prefers: [] };
/** At most one task of the job per machine. */
const APART = { ...NO_RULE, spread: [{ attribute: 'machine', atMost: 1 }] };

/** What happens on machines of so many cores, event by event, under priorities and preemption. */
async function run(
  machines: readonly Record<string, number>[],
  rows: readonly RowSketch[],
  parts: Partial<ListSchedulerParts> = {},
  trace: TraceParts = {},
) {
  const result = await simulate({
    space: CPUS_MEM_GPUS,
    machines: machinesOf(CPUS_MEM_GPUS, machines),
    trace: traceOf(CPUS_MEM_GPUS, rowsOf(CPUS_MEM_GPUS, rows), trace),
    until: 1000,
    parts: {
      architecture: 'monolithic',
      scheduler: listScheduler({
        name: 'list',
        order: highestPriorityFirst,
        placement: placementNamed('first-fit'),
        backfill: 'any',
        preemption: { starts: [] },
        ...parts,
      }),
    },
  });
  return { ...result, events: story(result, 'started', 'killed', 'ended') };
}

describe('preemption', () => {
  test('stops a less important task, which runs again from zero, and counts the work that is lost', async () => {
    const { events, recorder } = await run(
      [{ cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 10 },
        { needs: { cpus: 2 }, runs: 5, priority: 1, at: 4 },
      ],
    );
    expect(events).toEqual([
      '0 task 0 started m0',
      '4 task 0 killed m0 preempted',
      '4 task 1 started m0',
      '9 task 1 ended m0 finished',
      '9 task 0 started m0',
      '19 task 0 ended m0 finished',
    ]);
    expect(countsOf(recorder.tasks).preempted).toBe(1);
    expect(recorder.recovery.lostWork).toBe(4_000_000);
  });

  test('is not tried where there is room, nor for equals', async () => {
    const { events } = await run(
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 10, priority: 1 },
        { needs: { cpus: 4 }, runs: 10, priority: 1, at: 1 },
        { needs: { cpus: 4 }, runs: 10, priority: 1, at: 2 },
      ],
    );
    expect(events.filter((event) => event.includes('killed'))).toEqual([]);
  });

  test('takes the machine whose most important victim is the least important, then the fewest, then the least work', async () => {
    const three = [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }];
    const important = await run(three, [
      { needs: { cpus: 4 }, runs: 99, priority: 2 },
      { needs: { cpus: 4 }, runs: 99, priority: 1 },
      { needs: { cpus: 4 }, runs: 99, priority: 2 },
      { needs: { cpus: 4 }, runs: 5, priority: 3, at: 10 },
    ]);
    expect(important.events).toContain('10 task 1 killed m2 preempted');
    const fewest = await run(
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { needs: { cpus: 2 }, runs: 99, at: 1 },
        { needs: { cpus: 2 }, runs: 99, at: 1 },
        { needs: { cpus: 4 }, runs: 99 },
        { needs: { cpus: 4 }, runs: 5, priority: 3, at: 10 },
      ].sort((a, b) => (a.at ?? 0) - (b.at ?? 0)),
    );
    expect(fewest.events.filter((event) => event.includes('killed'))).toEqual([
      '10 task 0 killed m0 preempted',
    ]);
    const latest = await run(
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 99 },
        { needs: { cpus: 4 }, runs: 99, at: 5 },
        { needs: { cpus: 4 }, runs: 5, priority: 3, at: 10 },
      ],
    );
    expect(latest.events).toContain('10 task 1 killed m1 preempted');
  });

  test('spares whoever is not in the way', async () => {
    const { events } = await run(
      [{ cpus: 4, mem: 8 }],
      [
        { needs: { cpus: 1, mem: 1 }, runs: 99, priority: 1 },
        { needs: { cpus: 1, mem: 6 }, runs: 99, priority: 2 },
        { needs: { cpus: 1, mem: 6 }, runs: 5, priority: 3, at: 10 },
      ],
    );
    // The least important would go first, but what is missing is the memory of the other.
    expect(events.filter((event) => event.includes('killed'))).toEqual(['10 task 1 killed m0 preempted']);
  });

  test('goes by bands where they are given: within one nobody is stopped', async () => {
    const rows = [
      { needs: { cpus: 4 }, runs: 20, priority: 110 },
      { needs: { cpus: 4 }, runs: 5, priority: 150, at: 1 },
      { needs: { cpus: 4 }, runs: 5, priority: 200, at: 2 },
    ];
    const { events } = await run([{ cpus: 4 }], rows, { preemption: { starts: [100, 200] } });
    expect(events.filter((event) => event.includes('killed') || event.includes('started'))).toEqual([
      '0 task 0 started m0',
      '2 task 0 killed m0 preempted',
      '2 task 2 started m0',
      '7 task 1 started m0',
      '12 task 0 started m0',
    ]);
  });

  test('lets what was stopped start elsewhere at the same instant', async () => {
    const { events } = await run(
      [{ cpus: 4 }, { cpus: 2 }],
      [
        { needs: { cpus: 2 }, runs: 99 },
        { needs: { cpus: 2 }, runs: 3, at: 0 },
        { needs: { cpus: 4 }, runs: 5, priority: 3, at: 1 },
      ],
    );
    expect(events.slice(0, 7)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      '1 task 0 killed m0 preempted',
      '1 task 1 killed m0 preempted',
      '1 task 2 started m0',
      '1 task 0 started m1',
      '6 task 2 ended m0 finished',
    ]);
  });

  test('does not stop whom a task needs beside it', async () => {
    const rules = [undefined, { spread: [], together: [], avoid: [], beside: ['web'], prefers: [] }];
    const result = await run(
      [{ cpus: 4 }],
      [
        { needs: { cpus: 4 }, runs: 9 },
        { framework: 1, needs: { cpus: 4 }, runs: 5, priority: 3, rule: 1, at: 1 },
      ],
      {},
      { rules, frameworks: [{ name: 'web' }, { name: 'sidecar' }] },
    );
    expect(result.events).toEqual(['0 task 0 started m0', '9 task 0 ended m0 finished']);
  });

  test('makes room for a gang as a whole, or stops nobody', async () => {
    const background = [
      { needs: { cpus: 4 }, runs: 99, priority: 0 },
      { needs: { cpus: 4 }, runs: 99, priority: 5 },
    ];
    const gang = { tasks: 2, needs: { cpus: 3 }, runs: 5, gang: true, at: 10 };
    const two = [{ cpus: 4 }, { cpus: 4 }];
    const blocked = await run(two, [...background, { ...gang, priority: 3 }]);
    expect(blocked.events.filter((event) => event.includes('killed'))).toEqual([]);
    const served = await run(two, [...background, { ...gang, priority: 9 }]);
    expect(served.events.slice(2, 6)).toEqual([
      '10 task 0 killed m1 preempted',
      '10 task 1 killed m0 preempted',
      '10 task 2 started m1',
      '10 task 3 started m0',
    ]);
  });

  test('stops all of a gang when it stops one of it', async () => {
    const { events } = await run(
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { tasks: 2, needs: { cpus: 4 }, runs: 20, gang: true },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 10 },
      ],
    );
    expect(events.filter((event) => !event.includes('ended'))).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '10 task 0 killed m0 preempted',
      '10 task 1 killed m1 preempted',
      '10 task 2 started m0',
      '15 task 0 started m0',
      '15 task 1 started m1',
    ]);
  });

  test('stops tasks that a rule keeps apart from the task', async () => {
    const { events } = await run(
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { tasks: 2, needs: { cpus: 3 }, runs: 99, rule: 1 },
        { needs: { cpus: 1 }, runs: 5, priority: 9, at: 10, framework: 1 },
      ],
      {},
      { frameworks: [{ name: 'a' }, { name: 'b' }], rules: [undefined, { ...NO_RULE, avoid: ['b'] }] },
    );
    expect(events.slice(2, 4)).toEqual(['10 task 0 killed m0 preempted', '10 task 2 started m0']);
  });

  test('makes room for a gang with a spread rule', async () => {
    const { events } = await run(
      [{ cpus: 4 }, { cpus: 4 }, { cpus: 1 }],
      [
        { tasks: 4, needs: { cpus: 2 }, runs: 99 },
        {
          tasks: 2,
          needs: { cpus: 2 },
          runs: 5,
          gang: true,
          priority: 9,
          at: 10,
          rule: 1,
        },
      ],
      {},
      { rules: [undefined, APART] },
    );
    expect(events.slice(4, 8)).toEqual([
      '10 task 1 killed m0 preempted',
      '10 task 3 killed m1 preempted',
      '10 task 4 started m0',
      '10 task 5 started m1',
    ]);
  });

  test('counts a task that has started in the same pass', async () => {
    const { events } = await run(
      [{ cpus: 4 }],
      [
        { needs: { cpus: 1 }, runs: 99, priority: 9 },
        { needs: { cpus: 4 }, runs: 5, priority: 5, at: 1 },
        { needs: { cpus: 3 }, runs: 50, priority: 0, at: 1 },
        { needs: { cpus: 3 }, runs: 5, priority: 3, at: 1 },
      ],
      { order: undefined },
    );
    expect(events.slice(1, 4)).toEqual([
      '1 task 2 started m0',
      '1 task 2 killed m0 preempted',
      '1 task 3 started m0',
    ]);
  });

  test.each([0, 1])(
    'does not count on room that another task of the job has claimed in the same pass, with rule %i',
    async (rule) => {
      const { events } = await run(
        [{ cpus: 4 }, { cpus: 4 }],
        [
          { tasks: 2, needs: { cpus: 4 }, runs: 99 },
          { tasks: 2, needs: { cpus: 3 }, runs: 5, priority: 9, at: 10, rule },
        ],
        { grace: 20_000_000 },
        { rules: [undefined, APART] },
      );
      expect(events.filter((event) => event.includes('killed')).length).toBe(2);
      expect(events.filter((event) => event.includes('task 3 started')).length).toBe(1);
    },
  );

  test('minds devices: a share of one GPU is taken from who has it', async () => {
    const { events } = await run(
      [{ cpus: 8, gpus: 2 }],
      [
        { needs: { cpus: 1 }, gpus: 1, runs: 99, priority: 2 },
        { needs: { cpus: 1 }, gpus: 1, gpuShare: 0.6, runs: 99, priority: 1 },
        { needs: { cpus: 1 }, gpus: 1, gpuShare: 0.5, runs: 5, priority: 3, at: 10 },
      ],
    );
    expect(events.slice(2, 4)).toEqual(['10 task 1 killed m0 preempted', '10 task 2 started m0']);
  });

  test('composes with EASY: the head may stop others, who backfills may not', async () => {
    const { events } = await run(
      [{ cpus: 4 }],
      [
        { needs: { cpus: 3 }, runs: 20, estimate: 20, priority: 1 },
        { needs: { cpus: 4 }, runs: 5, estimate: 5, priority: 1, at: 1 },
        { needs: { cpus: 1 }, runs: 5, estimate: 5, at: 2 },
        { needs: { cpus: 4 }, runs: 2, estimate: 2, priority: 2, at: 10 },
      ],
      { backfill: { rule: 'easy' } },
    );
    expect(events.slice(0, 5)).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '7 task 2 ended m0 finished',
      '10 task 0 killed m0 preempted',
      '10 task 3 started m0',
    ]);
  });
});
