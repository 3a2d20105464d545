import { describe, expect, test } from 'vitest';
import { fromSeconds, type MachineSpec } from '../../src/model/index.js';
import type { MachineChange } from '../../src/workloads/machine-change.js';
import { CPUS, listParts, machinesOf, type SimulationSketch, simulate, story } from '../simulate.js';
import { type RowSketch, rowsOf, traceOf } from '../traces-in-memory.js';

const quanta = (cpus: number) => CPUS.quanta({ cpus });
const at = (seconds: number) => ({ time: fromSeconds(seconds) });

function add(seconds: number, machine: number, cpus: number, attributes = {}): MachineChange {
  return { kind: 'add', ...at(seconds), machine, capacity: quanta(cpus), attributes };
}

function update(seconds: number, machine: number, cpus: number, attributes = {}): MachineChange {
  return { kind: 'update', ...at(seconds), machine, capacity: quanta(cpus), attributes };
}

function remove(seconds: number, machine: number): MachineChange {
  return { kind: 'remove', ...at(seconds), machine };
}

/** Machines of so many cores; those with a minus sign are added later. */
function machines(...cpus: number[]): MachineSpec[] {
  return machinesOf(
    CPUS,
    cpus.map((amount) => ({ cpus: Math.abs(amount) })),
  ).map((spec, i) => (cpus[i] < 0 ? { ...spec, joinsLater: true } : spec));
}

function onChanging(
  specs: readonly MachineSpec[],
  rows: readonly RowSketch[],
  machineChanges: readonly MachineChange[],
  more: Partial<SimulationSketch> = {},
) {
  return simulate({
    space: CPUS,
    machines: specs,
    trace: traceOf(CPUS, rowsOf(CPUS, rows)),
    parts: listParts(),
    machineChanges,
    ...more,
  });
}

describe('a machine that is added', () => {
  test('takes tasks from then on, and is no capacity before', async () => {
    const rows = [{ tasks: 3, needs: { cpus: 1 }, runs: 10 }];
    const result = await onChanging(machines(1, -1), rows, [add(4, 1, 1)]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '4 machine m1 added',
      '4 machine m1 up',
      '4 task 1 started m1',
      '10 task 0 ended m0 finished',
      '10 task 2 started m0',
      '14 task 1 ended m1 finished',
      '20 task 2 ended m0 finished',
    ]);
    // 30 core-seconds of the 20 and 16 that there were.
    expect(result.recorder.allocation.of(0).mean).toBeCloseTo(30 / 36, 12);
    expect(result.recorder.capacity.mean(0)).toBe((1000 * 20 + 1000 * 16) / 20);
    expect(result.recorder.machines.absentTime(1)).toBe(fromSeconds(4));
    expect(result.recorder.recovery.machineFailures).toBe(0);
  });

  test('is worth waiting for: a job that fits no other machine is not impossible', async () => {
    const result = await onChanging(machines(1, -4), [{ needs: { cpus: 4 }, runs: 5 }], [add(7, 1, 4)]);
    expect(story(result, 'started')).toEqual(['7 task 0 started m1']);
    expect(result.recorder.impossible.jobs).toBe(0);
  });

  test('is no help to a job that is larger still, which is rejected at once', async () => {
    const result = await onChanging(machines(1, -4), [{ needs: { cpus: 5 } }], [add(7, 1, 4)]);
    expect(story(result)).toEqual(['0 task 0 ended rejected']);
    expect(result.recorder.impossible.jobs).toBe(1);
  });

  test('does not keep a run going that has no task left', async () => {
    const result = await onChanging(machines(1, -1), [{ needs: { cpus: 1 }, runs: 5 }], [add(700, 1, 1)]);
    expect(result.simulation.end).toBe(fromSeconds(5));
    expect(result.recorder.capacity.mean(0)).toBe(1000);
  });

  test('was there from the start of the run if its time is before it', async () => {
    const rows = [{ at: 100, tasks: 2, needs: { cpus: 1 }, runs: 5 }];
    const result = await onChanging(machines(1, -1), rows, [add(3, 1, 1)], { startsAt: 'first-submission' });
    expect(story(result, 'started')).toEqual(['100 task 0 started m0', '100 task 1 started m1']);
  });
});

describe('a machine that is removed', () => {
  test('loses its tasks, which run elsewhere, and is no failure', async () => {
    const rows = [{ tasks: 2, needs: { cpus: 1 }, runs: 10 }];
    const result = await onChanging(machines(1, 1), rows, [remove(4, 1)]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '4 task 1 killed m1 lost',
      '4 machine m1 removed',
      '10 task 0 ended m0 finished',
      '10 task 1 started m0',
      '20 task 1 ended m0 finished',
    ]);
    // It was full as long as it existed, and so is the other one.
    expect(result.recorder.allocation.of(0).mean).toBe(1);
    expect(result.recorder.recovery.machineFailures).toBe(0);
    expect(result.recorder.recovery.tasksLost).toBe(1);
    expect(result.cluster.total[0]).toBe(1000);
  });

  test('ends the wait of a job that fits no other machine, now or later', async () => {
    const rows = [{ tasks: 2, needs: { cpus: 4 }, runs: 10 }];
    const result = await onChanging(machines(1, 4), rows, [update(2, 0, 2), remove(4, 1)]);
    expect(story(result, 'started', 'killed', 'ended')).toEqual([
      '0 task 0 started m1',
      '4 task 0 killed m1 lost',
      '4 task 0 ended rejected',
      '4 task 1 ended rejected',
    ]);
  });

  test('may be added again, with another capacity', async () => {
    const rows = [{ tasks: 2, needs: { cpus: 2 }, runs: 10 }];
    const result = await onChanging(machines(2), rows, [remove(4, 0), add(6, 0, 4)]);
    expect(story(result, 'started', 'killed')).toEqual([
      '0 task 0 started m0',
      '4 task 0 killed m0 lost',
      '6 task 1 started m0',
      '6 task 0 started m0',
    ]);
  });

  test('lets a gang wait until the last machine has been added, and rejects it then', async () => {
    const gang = { tasks: 3, gang: true, needs: { cpus: 1 }, runs: 5 };
    const waits = await onChanging(machines(1, -1, -1), [gang], [add(2, 1, 1), add(4, 2, 1)]);
    expect(story(waits, 'started').map((line) => line.split(' ')[0])).toEqual(['4', '4', '4']);
    const never = await onChanging(machines(1, -1), [gang], [add(2, 1, 1)]);
    expect(story(never, 'ended')).toEqual([
      '2 task 0 ended rejected',
      '2 task 1 ended rejected',
      '2 task 2 ended rejected',
    ]);
    expect(never.recorder.impossible).toMatchObject({ jobs: 1, tasks: 3 });
  });
});

describe('a machine with another capacity', () => {
  test('takes more tasks when it is larger', async () => {
    const rows = [{ tasks: 2, needs: { cpus: 1 }, runs: 10 }];
    const result = await onChanging(machines(1), rows, [update(3, 0, 2)]);
    expect(story(result)).toEqual([
      '0 task 0 started m0',
      '3 machine m0 updated',
      '3 task 1 started m0',
      '10 task 0 ended m0 finished',
      '13 task 1 ended m0 finished',
    ]);
    expect(result.recorder.machines.capacityOf(0, 0)).toBeCloseTo((1000 * 3 + 2000 * 10) / 13, 9);
  });

  test('keeps its first tasks when it is smaller: the latest started leave', async () => {
    const rows = [
      { needs: { cpus: 1 }, runs: 20 },
      { at: 1, needs: { cpus: 1 }, runs: 20 },
      { at: 2, needs: { cpus: 1 }, runs: 20 },
    ];
    const result = await onChanging(machines(3), rows, [update(5, 0, 1)]);
    expect(story(result, 'killed', 'machine')).toEqual([
      '5 task 2 killed m0 lost',
      '5 task 1 killed m0 lost',
      '5 machine m0 updated',
    ]);
    expect(result.recorder.tasks.finished).toBe(3);
  });

  test('keeps a task that has nothing of what is missing', async () => {
    const rows = [
      { needs: { cpus: 2 }, runs: 20 },
      { at: 1, needs: { cpus: 0 }, runs: 20 },
    ];
    const result = await onChanging(machines(2, 2), rows, [update(5, 0, 1)]);
    expect(story(result, 'killed', 'started')).toEqual([
      '0 task 0 started m0',
      '1 task 1 started m0',
      '5 task 0 killed m0 lost',
      '5 task 0 started m1',
    ]);
  });
});

describe('a machine with other attributes', () => {
  const constraints = [[], [{ attribute: 'rack', operator: 'equal' as const, values: ['b'] }]];

  test('keeps its tasks, and takes those that require the new ones', async () => {
    const rows = rowsOf(CPUS, [
      { needs: { cpus: 1 }, constraint: 1, runs: 9 },
      { at: 1, needs: { cpus: 1 }, constraint: 1, runs: 9 },
    ]);
    const specs = machines(1, 1).map((spec, i) => ({ ...spec, attributes: { rack: 'ab'[i] } }));
    const result = await simulate({
      space: CPUS,
      machines: specs,
      trace: traceOf(CPUS, rows, { constraints }),
      parts: listParts(),
      machineChanges: [update(3, 1, 1, { rack: 'c' }), update(4, 0, 1, { rack: 'b' })],
    });
    expect(story(result, 'started', 'ended')).toEqual([
      '0 task 0 started m1',
      '4 task 1 started m0',
      '9 task 0 ended m1 finished',
      '13 task 1 ended m0 finished',
    ]);
  });

  test('counts its tasks for rules by the new ones', async () => {
    const spread = [{ attribute: 'rack', atMost: 1 }];
    const rule = { spread, together: [], avoid: [], beside: [], prefers: [] };
    const rows = rowsOf(CPUS, [{ tasks: 2, needs: { cpus: 1 }, rule: 1, runs: 9 }]);
    const specs = machines(1, 1).map((spec) => ({ ...spec, attributes: { rack: 'a' } }));
    const result = await simulate({
      space: CPUS,
      machines: specs,
      trace: traceOf(CPUS, rows, { rules: [undefined, rule] }),
      parts: listParts(),
      machineChanges: [update(3, 0, 1, { rack: 'b' })],
    });
    // The first task is in rack b from 3 s on, so the second one may start in rack a.
    expect(story(result, 'started')).toEqual(['0 task 0 started m0', '3 task 1 started m1']);
  });
});
