import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../src/model/index.js';
import type { Scheduler } from '../../src/policies/contract.js';
import { CPUS, listParts, machinesOf, simulate, story } from '../simulate.js';
import { inBatchesOf, rowsOf, traceOf } from '../traces-in-memory.js';

/** The list scheduler, with a note of each time it was called. */
function watched(calls: number[]): { architecture: 'monolithic'; scheduler: Scheduler } {
  const { scheduler } = listParts();
  return {
    architecture: 'monolithic',
    scheduler: {
      ...scheduler,
      name: 'watched',
      schedule(view, act) {
        calls.push(view.now);
        scheduler.schedule(view, act);
      },
    },
  };
}

describe('the events of one instant', () => {
  test('happen in the order machine up, task end, machine down, arrival, decision', async () => {
    const rows = rowsOf(CPUS, [
      { needs: { cpus: 1 }, runs: 10 },
      { at: 10, needs: { cpus: 1 }, runs: 5 },
    ]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 1 }, { cpus: 1 }]),
      trace: traceOf(CPUS, rows),
      parts: listParts(),
      machineEvents: [
        { time: 0, machine: 1, state: 'down' },
        { time: fromSeconds(10), machine: 0, state: 'down' },
        { time: fromSeconds(10), machine: 1, state: 'up' },
      ],
    });
    expect(story(result, 'submitted', 'started', 'ended', 'machine')).toEqual([
      '0 machine m1 down',
      '0 task 0 submitted',
      '0 task 0 started m0',
      '10 machine m1 up',
      '10 task 0 ended m0 finished',
      '10 machine m0 down',
      '10 task 1 submitted',
      '10 task 1 started m1',
      '15 task 1 ended m1 finished',
    ]);
  });

  test('are all applied before the scheduler is called, once', async () => {
    const calls: number[] = [];
    const rows = rowsOf(CPUS, [
      { tasks: 3, needs: { cpus: 1 }, runs: 10 },
      { at: 10, tasks: 2, needs: { cpus: 1 }, runs: 1 },
      { at: 10, needs: { cpus: 3 }, runs: 1 },
      { at: 10.5, needs: { cpus: 1 }, runs: 1 },
    ]);
    await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 3 }]),
      trace: traceOf(CPUS, rows),
      parts: watched(calls),
    });
    // At 10 three tasks end and three arrive; at 11 two end, at 11.5 the one of 10.5, and the wide one starts.
    expect(calls).toEqual([0, 10, 10.5, 11, 11.5].map(fromSeconds));
  });

  test('do not wait for a scheduler that has nothing in its queue', async () => {
    const calls: number[] = [];
    const rows = rowsOf(CPUS, [{ needs: { cpus: 1 }, runs: 10 }]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 1 }]),
      trace: traceOf(CPUS, rows),
      parts: watched(calls),
    });
    expect(calls).toEqual([0]);
    expect(result.simulation.eventCount).toBe(2);
  });

  test('come again when a task takes no time, and the next one gets its room at that instant', async () => {
    const rows = rowsOf(CPUS, [
      { needs: { cpus: 1 }, runs: 0 },
      { needs: { cpus: 1 }, runs: 0 },
      { needs: { cpus: 1 }, runs: 2 },
    ]);
    const result = await simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 1 }]),
      trace: traceOf(CPUS, rows),
      parts: listParts(),
    });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '0 task 0 ended m0 finished',
      '0 task 1 started m0',
      '0 task 1 ended m0 finished',
      '0 task 2 started m0',
      '2 task 2 ended m0 finished',
    ]);
  });

  test('do not depend on how the trace is cut into batches', async () => {
    const rows = rowsOf(CPUS, [
      { job: 'a', tasks: 2, needs: { cpus: 1 }, runs: 3 },
      { job: 'a', tasks: 1, needs: { cpus: 2 }, runs: 3 },
      { job: 'b', at: 1, gang: true, tasks: 2, needs: { cpus: 1 }, runs: 3 },
      { job: 'b', at: 1, gang: true, tasks: 1, needs: { cpus: 2 }, runs: 3 },
      { job: 'c', at: 1, needs: { cpus: 1 }, runs: 1 },
    ]);
    const whole = traceOf(CPUS, rows);
    const logs = [];
    for (const trace of [whole, inBatchesOf(1, whole), inBatchesOf(2, whole), inBatchesOf(3, whole)]) {
      const machines = machinesOf(CPUS, [{ cpus: 2 }, { cpus: 2 }]);
      const result = await simulate({ space: CPUS, machines, trace, parts: listParts() });
      logs.push(result.log);
      expect(result.recorder.jobs.submitted).toBe(3);
    }
    expect(new Set(logs).size).toBe(1);
  });
});

describe('a policy that does not come to rest', () => {
  test('is stopped with a message that names the time', async () => {
    const neverContent: Scheduler = {
      name: 'never content',
      schedule(_view, act) {
        act.decline(0, 0);
      },
    };
    const run = simulate({
      space: CPUS,
      machines: machinesOf(CPUS, [{ cpus: 1 }]),
      trace: traceOf(CPUS, rowsOf(CPUS, [{ at: 3, needs: { cpus: 1 } }])),
      parts: {
        architecture: 'two-level',
        allocator: {
          name: 'at once',
          allocate: (view, offers) => view.candidateCount > 0 && offers.offer(0, 0),
        },
        scheduler: () => neverContent,
        terms: { interval: 0, hold: Number.POSITIVE_INFINITY, refuse: 0, timeout: Number.POSITIVE_INFINITY },
      },
      withLog: false,
    });
    await expect(run).rejects.toThrow(/more than 100000 scheduling passes at 3000000 us; it never settles/);
  });
});
