import { describe, expect, test } from 'vitest';
import { FOREVER, fromSeconds, InputError } from '../../src/model/index.js';
import type { TaskBatch, Trace } from '../../src/workloads/trace.js';
import {
  CPUS,
  CPUS_MEM_GPUS,
  countsOf,
  firstStarts,
  jobCountsOf,
  listParts,
  machinesOf,
  type SimulationResult,
  type SimulationSketch,
  simulate,
  story,
} from '../simulate.js';
import { inBatchesOf, type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

/** One machine of so many cores, first come first served, unless something else is said. */
function onOneMachine(
  cpus: number,
  rows: readonly RowSketch[],
  more: Partial<SimulationSketch> = {},
): Promise<SimulationResult> {
  return simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus }]),
    trace: traceOf(CPUS, rowsOf(CPUS, rows)),
    parts: listParts('none'),
    ...more,
  });
}

describe('a task', () => {
  test('runs for its duration from the moment it starts', async () => {
    const result = await onOneMachine(2, [
      { needs: { cpus: 2 }, runs: 7 },
      { at: 1, needs: { cpus: 1 }, runs: 3 },
      { at: 2, needs: { cpus: 1 }, runs: 4.5 },
    ]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '7 task 0 ended m0 finished',
      '7 task 1 started m0',
      '7 task 2 started m0',
      '10 task 1 ended m0 finished',
      '11.5 task 2 ended m0 finished',
    ]);
  });

  test('that fails is tried again from zero, once, behind those that waited', async () => {
    const result = await onOneMachine(1, [
      { needs: { cpus: 1 }, runs: 10, failsAfter: 4 },
      { at: 1, needs: { cpus: 1 }, runs: 2 },
    ]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '4 task 0 killed m0 failed',
      '4 task 1 started m0',
      '6 task 1 ended m0 finished',
      '6 task 0 started m0',
      '16 task 0 ended m0 finished',
    ]);
    expect(countsOf(result.recorder.tasks)).toMatchObject({
      submitted: 2,
      started: 2,
      finished: 2,
      retried: 1,
    });
    expect(result.recorder.recovery.lostWork).toBe(fromSeconds(4));
  });

  test('that would fail after its end does not fail', async () => {
    const result = await onOneMachine(1, [{ needs: { cpus: 1 }, runs: 4, failsAfter: 4 }]);
    expect(story(result)).toEqual(['0 task 0 started m0', '4 task 0 ended m0 finished']);
  });

  test('is stopped for ever at its estimate', async () => {
    const result = await onOneMachine(1, [
      { needs: { cpus: 1 }, runs: 10, estimate: 6 },
      { needs: { cpus: 1 }, runs: 6, estimate: 6 },
    ]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '6 task 0 ended m0 timed-out',
      '6 task 1 started m0',
      '12 task 1 ended m0 finished',
    ]);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ finished: 1, failed: 1 });
    expect(jobCountsOf(result.recorder.jobs)).toMatchObject({ finished: 1, failed: 1 });
  });

  test('has its whole estimate again after a failure', async () => {
    const result = await onOneMachine(1, [{ needs: { cpus: 1 }, runs: 10, failsAfter: 4, estimate: 6 }]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '4 task 0 killed m0 failed',
      '4 task 0 started m0',
      '10 task 0 ended m0 timed-out',
    ]);
  });

  test('whose failure lies beyond its limit is timed out, not retried', async () => {
    const result = await onOneMachine(1, [{ needs: { cpus: 1 }, runs: 10, failsAfter: 8, estimate: 6 }]);
    expect(story(result)).toEqual(['0 task 0 started m0', '6 task 0 ended m0 timed-out']);
  });

  test('that never ends needs an end of the run, and is running then', async () => {
    const rows = [{ job: 'kafka', needs: { cpus: 1 }, runs: FOREVER }];
    await expect(onOneMachine(1, rows)).rejects.toThrow(
      new InputError(
        {},
        'job "kafka" never ends, so the run needs a time limit: use --until, such as --until 1d',
      ).message,
    );
    const result = await onOneMachine(1, rows, { until: 100 });
    expect(countsOf(result.recorder.tasks)).toMatchObject({
      submitted: 1,
      started: 1,
      running: 1,
      finished: 0,
    });
    expect(result.recorder.allocation.of(0).mean).toBe(1);
  });
});

describe('a task that would never end', () => {
  test('but has a time limit ends there, also in a run without an end', async () => {
    const result = await onOneMachine(1, [{ needs: { cpus: 1 }, runs: FOREVER, estimate: 6 }]);
    expect(story(result)).toEqual(['0 task 0 started m0', '6 task 0 ended m0 timed-out']);
  });
});

describe('a task that fits no machine', () => {
  test('is turned away at once, and holds nobody up', async () => {
    const result = await onOneMachine(2, [
      { needs: { cpus: 3 }, runs: 1 },
      { needs: { cpus: 2 }, runs: 1 },
    ]);
    expect(story(result)).toEqual([
      '0 task 0 ended rejected',
      '0 task 1 started m0',
      '1 task 1 ended m0 finished',
    ]);
    expect(jobCountsOf(result.recorder.jobs)).toMatchObject({
      submitted: 2,
      started: 1,
      finished: 1,
      failed: 1,
    });
  });

  test('because of its constraint, or its GPUs, is turned away likewise', async () => {
    const machines = machinesOf(CPUS_MEM_GPUS, [{ cpus: 8, gpus: 1 }], [{ rack: 'r1' }]);
    const rows = rowsOf(CPUS_MEM_GPUS, [
      { needs: { cpus: 1 }, constraint: 1 },
      { needs: { cpus: 1 }, constraint: 2 },
      { needs: { cpus: 1 }, gpus: 2, gpuShare: 0.5 },
    ]);
    const constraints = ['r1', 'r2'].map((rack) => [
      { attribute: 'rack', operator: 'equal' as const, values: [rack] },
    ]);
    const trace = traceOf(CPUS_MEM_GPUS, rows, { constraints: [[], ...constraints] });
    const result = await simulate({ space: CPUS_MEM_GPUS, machines, trace, parts: listParts() });
    expect(story(result, 'ended')).toEqual([
      '0 task 1 ended rejected',
      '0 task 2 ended rejected',
      '1 task 0 ended m0 finished',
    ]);
  });

  test('but would fit one that is down, waits for it', async () => {
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 1 }, { cpus: 4 }]),
      trace: traceOf(CPUS, rowsOf(CPUS, [{ at: 1, needs: { cpus: 4 } }])),
      parts: listParts(),
      machineEvents: [
        { time: 0, machine: 1, state: 'down' },
        { time: fromSeconds(30), machine: 1, state: 'up' },
      ],
    });
    expect(story(result, 'started', 'ended')).toEqual([
      '30 task 0 started m1',
      '31 task 0 ended m1 finished',
    ]);
  });

  test('is one task of its job; the others run', async () => {
    const result = await onOneMachine(2, [
      { job: 'j', needs: { cpus: 3 }, runs: 1 },
      { job: 'j', needs: { cpus: 1 }, runs: 1 },
    ]);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ rejected: 1, finished: 1 });
    expect(jobCountsOf(result.recorder.jobs)).toMatchObject({
      submitted: 1,
      started: 1,
      finished: 0,
      failed: 1,
    });
  });
});

describe('patience', () => {
  test('ends for a task that has waited so long without a start', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 20 },
      { at: 2, needs: { cpus: 1 }, runs: 1 },
      { at: 15, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await onOneMachine(1, rows, { patience: 10 });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '12 task 1 ended abandoned',
      '20 task 0 ended m0 finished',
      '20 task 2 started m0',
      '21 task 2 ended m0 finished',
    ]);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ abandoned: 1, finished: 2, started: 2 });
  });

  test('is not at an end where the room comes in the same instant', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 10 },
      { needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await onOneMachine(1, rows, { patience: 10 });
    expect(firstStarts(result)).toEqual([0, 10]);
  });

  test('is not counted for a task that has started once, however long it waits after a failure', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 3, failsAfter: 1 },
      { at: 0.5, needs: { cpus: 1 }, runs: 50 },
    ];
    const result = await onOneMachine(1, rows, { patience: 10 });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '1 task 0 killed m0 failed',
      '1 task 1 started m0',
      '51 task 1 ended m0 finished',
      '51 task 0 started m0',
      '54 task 0 ended m0 finished',
    ]);
  });

  test('ends for the task in the way, and the one behind it starts', async () => {
    const rows = [
      { needs: { cpus: 2 }, runs: 1000 },
      { at: 1, needs: { cpus: 3 }, runs: 5 },
      { at: 2, needs: { cpus: 1 }, runs: 5 },
    ];
    const result = await onOneMachine(4, rows, { patience: 10 });
    expect(firstStarts(result)).toEqual([0, undefined, 11]);
  });

  test('is not cut short by an earlier task that had the same row', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 1 },
      { at: 0.5, needs: { cpus: 1 }, runs: 100 },
      { at: 5, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await onOneMachine(1, rows, { patience: 10 });
    // The third task has the row that the first left at 1; the first would have lost its patience at 10.
    expect(story(result, 'ended')).toEqual([
      '1 task 0 ended m0 finished',
      '15 task 2 ended abandoned',
      '101 task 1 ended m0 finished',
    ]);
  });
});

describe('a trace', () => {
  const unsorted = [
    { job: 'late', at: 5, needs: { cpus: 1 } },
    { job: 'early', at: 4, needs: { cpus: 1 } },
  ];

  test('that is not sorted is a mistake of its author', async () => {
    const message =
      'job "early" is submitted earlier than the job before it; a trace must be sorted by submit time';
    const trace = traceOf(CPUS, rowsOf(CPUS, unsorted));
    for (const cut of [trace, inBatchesOf(1, trace)]) {
      await expect(onOneMachine(1, [], { trace: cut })).rejects.toThrow(new InputError({}, message).message);
    }
  });

  test('without rows is a run in which nothing happens', async () => {
    const result = await onOneMachine(1, []);
    expect(result.simulation.eventCount).toBe(0);
    expect([result.simulation.start, result.simulation.end]).toEqual([0, 0]);
  });

  test('is closed when the run is over, and when it stops on the way', async () => {
    let closed = 0;
    const closing = (rows: readonly RowSketch[]): Trace => {
      const trace = traceOf(CPUS, rowsOf(CPUS, rows));
      async function* batches(): AsyncIterable<TaskBatch> {
        try {
          yield* trace.batches();
        } finally {
          closed++;
        }
      }
      return { ...trace, batches };
    };
    await onOneMachine(1, [], { trace: closing([{ needs: { cpus: 1 } }]) });
    expect(closed).toBe(1);
    await expect(onOneMachine(1, [], { trace: inBatchesOf(1, closing(unsorted)) })).rejects.toThrow(
      InputError,
    );
    expect(closed).toBe(2);
    await onOneMachine(1, [], {
      trace: closing([{ needs: { cpus: 1 } }, { at: 50, needs: { cpus: 1 } }]),
      until: 10,
    });
    expect(closed).toBe(3);
  });
});
