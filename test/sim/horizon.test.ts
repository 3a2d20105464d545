import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../src/model/index.js';
import {
  CPUS,
  countsOf,
  jobCountsOf,
  listParts,
  machinesOf,
  type SimulationSketch,
  simulate,
  story,
} from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

function run(rows: readonly RowSketch[], more: Partial<SimulationSketch> = {}) {
  return simulate({
    space: CPUS,
    machines: machinesOf(CPUS, [{ cpus: 1 }]),
    trace: traceOf(CPUS, rowsOf(CPUS, rows)),
    parts: listParts(),
    ...more,
  });
}

describe('the horizon', () => {
  test('ends the run on time: what runs is running, what waits is waiting, what comes later never came', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 100 },
      { at: 5, needs: { cpus: 1 }, runs: 1 },
      { at: 11, needs: { cpus: 1 }, runs: 1 },
    ];
    const { simulation, recorder } = await run(rows, { until: 10 });
    expect(simulation.end).toBe(fromSeconds(10));
    expect(countsOf(recorder.tasks)).toMatchObject({
      submitted: 2,
      started: 1,
      running: 1,
      pending: 1,
      finished: 0,
    });
    expect(jobCountsOf(recorder.jobs)).toMatchObject({ submitted: 2, started: 1, unfinished: 2 });
  });

  test('belongs to the run: what happens at that very instant still happens, with its pass', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 10 },
      { at: 10, needs: { cpus: 1 }, runs: 1 },
    ];
    const result = await run(rows, { until: 10 });
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '10 task 0 ended m0 finished',
      '10 task 1 started m0',
    ]);
  });

  test('is the length of the run even when all is done before', async () => {
    const { simulation, recorder } = await run([{ needs: { cpus: 1 }, runs: 4 }], { until: 16 });
    expect(simulation.end).toBe(fromSeconds(16));
    expect(recorder.allocation.of(0).mean).toBe(0.25);
    expect(recorder.lastEnd).toBe(fromSeconds(4));
  });

  test('left out, the run ends with the last thing that happens', async () => {
    const { simulation } = await run([{ needs: { cpus: 1 }, runs: 4 }]);
    expect(simulation.end).toBe(fromSeconds(4));
  });

  test('cannot be later than times are exact: the run stops with an error before a time is wrong', async () => {
    // The second task waits for the first, so it would end at 1.2e10 s, beyond 2^53 us.
    const rows = [
      { at: 6e9, needs: { cpus: 1 }, runs: 3e9 },
      { at: 6e9, needs: { cpus: 1 }, runs: 3e9 },
    ];
    await expect(run(rows)).rejects.toThrow(
      /the next event is at 12000000000 s, but times are exact only up to 9007199254 s \(285 years\)/,
    );
    const { recorder } = await run(rows, { until: 3.001e9, startsAt: 'first-submission' });
    expect(countsOf(recorder.tasks)).toMatchObject({ finished: 1, running: 1 });
  });

  test('is counted from the first submission where the run starts there', async () => {
    const rows = [
      { at: 100, needs: { cpus: 1 }, runs: 4 },
      { at: 109, needs: { cpus: 1 }, runs: 4 },
      { at: 111, needs: { cpus: 1 }, runs: 4 },
    ];
    const { simulation, recorder } = await run(rows, { startsAt: 'first-submission', until: 10 });
    expect([simulation.start, simulation.end]).toEqual([fromSeconds(100), fromSeconds(110)]);
    expect(recorder.tasks.submitted).toBe(2);
    expect(recorder.allocation.of(0).mean).toBeCloseTo(0.5, 12);
  });

  test.each<[string, readonly RowSketch[], Partial<SimulationSketch>]>([
    ['the patience of a task that has ended', [{ needs: { cpus: 1 }, runs: 4 }], { patience: 100 }],
    [
      // Work of 8 takes 16 at half speed. On m1, which joins at 1, it takes 2, after m0 was removed at 2.
      'the end of an attempt that was stopped',
      [{ needs: { cpus: 1 }, runs: 8 }],
      {
        machines: [
          { ...machinesOf(CPUS, [{ cpus: 1 }])[0], speeds: { all: 0.5, byClass: {} } },
          { name: 'm1', capacity: [1000], joinsLater: true, speeds: { all: 4, byClass: {} } },
        ],
        machineChanges: [
          { kind: 'add', time: fromSeconds(1), machine: 1, capacity: [1000], attributes: {} },
          { kind: 'remove', time: fromSeconds(2), machine: 0 },
        ],
      },
    ],
  ])('without one, the run ends with its last task and not with %s', async (_, rows, more) => {
    const { simulation } = await run(rows, more);
    expect(simulation.end).toBe(fromSeconds(4));
  });
});
