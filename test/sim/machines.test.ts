import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../src/model/index.js';
import type { MachineEvent } from '../../src/sim/machine-changes.js';
import { onCores } from '../on-cores.js';
import { countsOf, type SimulationSketch, story } from '../simulate.js';
import type { RowSketch } from '../traces-in-memory.js';

/** `[seconds, machine, state]` in a form that reads as a table. */
function changes(...list: readonly (readonly [number, number, MachineEvent['state']])[]): MachineEvent[] {
  return list.map(([time, machine, state]) => ({ time: fromSeconds(time), machine, state }));
}

function onMachines(
  cpus: readonly number[],
  rows: readonly RowSketch[],
  machineEvents: readonly MachineEvent[],
  more: Partial<SimulationSketch> = {},
) {
  return onCores(cpus, rows, { machineEvents, ...more });
}

describe('a machine that goes down', () => {
  test('loses its tasks, which run elsewhere from zero', async () => {
    const rows = [{ tasks: 2, needs: { cpus: 1 }, runs: 10 }];
    const result = await onMachines([2, 2], rows, changes([4, 0, 'down']));
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      '4 task 0 killed m0 lost',
      '4 task 1 killed m0 lost',
      '4 machine m0 down',
      '4 task 0 started m1',
      '4 task 1 started m1',
      '14 task 0 ended m1 finished',
      '14 task 1 ended m1 finished',
    ]);
    expect(result.recorder.recovery.lostWork).toBe(fromSeconds(8));
    expect(result.recorder.recovery.tasksLost).toBe(2);
    expect(countsOf(result.recorder.tasks)).toMatchObject({ retried: 2, finished: 2, started: 2 });
  });

  test('takes nothing until it is up again, and then as much as ever', async () => {
    const rows = [{ at: 1, tasks: 3, needs: { cpus: 1 }, runs: 10 }];
    const result = await onMachines([2], rows, changes([0, 0, 'down'], [7, 0, 'up']));
    expect(story(result, 'started')).toEqual([
      '7 task 0 started m0',
      '7 task 1 started m0',
      '17 task 2 started m0',
    ]);
  });

  test('loses the first attempt of a task that would have failed; the second one does not', async () => {
    const rows = [{ needs: { cpus: 1 }, runs: 10, failsAfter: 6 }];
    const result = await onMachines([1, 1], rows, changes([4, 0, 'down']));
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m0',
      '4 task 0 killed m0 lost',
      '4 task 0 started m1',
      '14 task 0 ended m1 finished',
    ]);
  });

  test('does not end a task twice when its old end comes', async () => {
    const rows = [{ needs: { cpus: 1 }, runs: 10 }];
    const result = await onMachines(
      [1],
      rows,
      changes([4, 0, 'down'], [5, 0, 'up'], [8, 0, 'down'], [9, 0, 'up']),
    );
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m0',
      '4 task 0 killed m0 lost',
      '5 task 0 started m0',
      '8 task 0 killed m0 lost',
      '9 task 0 started m0',
      '19 task 0 ended m0 finished',
    ]);
  });

  test('counts as down from there on, and its capacity still exists', async () => {
    const rows = [{ needs: { cpus: 4 }, runs: 10, usage: [0.5] }];
    const events = changes([5, 1, 'down']);
    const { recorder, cluster } = await onMachines([4, 4], rows, events);
    expect(cluster.total[0]).toBe(4000);
    expect(recorder.allocation.of(0).mean).toBe(0.5);
    expect(recorder.usage.of(0).mean).toBe(0.25);
    expect(recorder.frameworks[0].dominantShare.mean).toBe(0.5);
    expect(recorder.machines.downTime[1]).toBe(fromSeconds(5));
    expect(recorder.recovery.machineFailures).toBe(1);
  });

  test('that is down already, or up already, changes nothing', async () => {
    const rows = [{ needs: { cpus: 1 }, runs: 1 }];
    const events = changes([1, 0, 'up'], [2, 0, 'down'], [3, 0, 'down']);
    const result = await onMachines([1], rows, events);
    expect(story(result, 'machine')).toEqual(['2 machine m0 down']);
  });
});

describe('a draining machine', () => {
  test('keeps its tasks, takes no new ones, and goes on when it is up again', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 10 },
      { at: 3, needs: { cpus: 1 }, runs: 5 },
      { at: 3, needs: { cpus: 1 }, runs: 5 },
    ];
    const result = await onMachines([2, 1], rows, changes([2, 0, 'draining'], [20, 0, 'up']));
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '2 machine m0 draining',
      '3 task 1 started m1',
      '8 task 1 ended m1 finished',
      '8 task 2 started m1',
      '10 task 0 ended m0 finished',
      '13 task 2 ended m1 finished',
      '20 machine m0 up',
    ]);
  });
});

describe('the times of machine events', () => {
  test('are counted from the start of the run, in whatever order they are given', async () => {
    const rows = [{ at: 1000, needs: { cpus: 1 }, runs: 10 }];
    const events = changes([8, 0, 'up'], [4, 0, 'down']);
    const result = await onMachines([1], rows, events, { startsAt: 'first-submission' });
    expect(story(result)).toEqual([
      '1000 task 0 started m0',
      '1004 task 0 killed m0 lost',
      '1004 machine m0 down',
      '1008 machine m0 up',
      '1008 task 0 started m0',
      '1018 task 0 ended m0 finished',
    ]);
  });
});
