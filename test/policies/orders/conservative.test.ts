import { describe, expect, test } from 'vitest';
import { fromSeconds } from '../../../src/model/index.js';
import { startsUnder } from './run-preset.js';

const ten = [{ cpus: 10 }];

/** A task with this demand that runs as long as its user says. */
const exact = (cpus: number, length: number, at = 0) => ({
  needs: { cpus },
  runs: length,
  estimate: length,
  at,
});

const down = (machine: number, seconds: number) => ({
  time: fromSeconds(seconds),
  machine,
  state: 'down' as const,
});
const up = (machine: number, seconds: number) => ({
  time: fromSeconds(seconds),
  machine,
  state: 'up' as const,
});

describe('conservative backfilling', () => {
  test('delays no waiting task, not only the head', async () => {
    const starts = await startsUnder('conservative', ten, [
      exact(6, 10),
      exact(8, 10, 1),
      exact(9, 10, 2),
      exact(2, 100, 3),
    ]);
    // There is room for task 3 at 3, beside the head too; but task 2 could then not start at 20.
    expect(starts).toEqual([
      '0 task 0 started m0',
      '10 task 1 started m0',
      '20 task 2 started m0',
      '30 task 3 started m0',
    ]);
  });

  test('fills a gap with a task that is exactly as long', async () => {
    const starts = await startsUnder('conservative', ten, [
      exact(6, 10),
      exact(10, 10, 1),
      exact(2, 8, 2),
      exact(2, 8.000001, 2),
    ]);
    expect(starts).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '10 task 1 started m0',
      '20 task 3 started m0',
    ]);
  });

  test('gives a machine that returns to the first job in the queue that had no place without it', async () => {
    const starts = await startsUnder(
      'conservative',
      [{ cpus: 4 }, { cpus: 8 }],
      [exact(4, 300, 10), exact(5, 100, 11), exact(4, 300, 12)],
      { machineEvents: [down(1, 5), up(1, 40)] },
    );
    // Task 2 waits for machine 0 when machine 1 returns. Task 1 could wait only for machine 1.
    expect(starts).toEqual(['10 task 0 started m0', '40 task 1 started m1', '140 task 2 started m1']);
  });

  test('places all waiting tasks again when one has ended early, in the order of the queue', async () => {
    const starts = await startsUnder('conservative', ten, [
      { needs: { cpus: 6 }, runs: 5, estimate: 20 },
      exact(8, 10, 1),
      exact(6, 3, 2),
      exact(2, 12, 3),
    ]);
    // Until 5 the plan is: task 1 at 20, task 2 at 30, task 3 at 3. It runs until 15, beside task 1.
    expect(starts).toEqual([
      '0 task 0 started m0',
      '3 task 3 started m0',
      '5 task 1 started m0',
      '15 task 2 started m0',
    ]);
  });

  test('does not place a task again whose time has come, when others end early at that instant', async () => {
    const starts = await startsUnder('conservative', ten, [
      { needs: { cpus: 4 }, runs: 10 },
      exact(4, 10),
      exact(8, 10, 1),
      exact(4, 5, 2),
    ]);
    // Nobody knows when task 0 ends, so task 2 has no time; task 3 has that at which task 1 ends.
    expect(starts).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m0',
      '10 task 3 started m0',
      '15 task 2 started m0',
    ]);
  });

  test('keeps the machine of a task whose time has come, though another of a lower rank has become free', async () => {
    const starts = await startsUnder(
      'conservative',
      [{ cpus: 4 }, { cpus: 4 }],
      [{ needs: { cpus: 4 }, runs: 10, estimate: 20 }, exact(4, 10), exact(4, 5, 1)],
    );
    expect(starts).toEqual(['0 task 0 started m0', '0 task 1 started m1', '10 task 2 started m1']);
  });

  test('takes the machine of the lowest rank among those that are free first', async () => {
    const starts = await startsUnder(
      'conservative',
      [{ cpus: 4 }, { cpus: 4 }, { cpus: 4 }],
      [exact(4, 20), exact(4, 10), exact(4, 10), exact(4, 5, 1), exact(4, 5, 2), exact(4, 5, 3)],
    );
    expect(starts).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '0 task 2 started m2',
      '10 task 3 started m1',
      '10 task 4 started m2',
      '15 task 5 started m1',
    ]);
  });

  test('gives back the room of a waiting task that left, though its number stands for another task', async () => {
    const starts = await startsUnder(
      'conservative',
      [{ cpus: 4 }],
      [exact(4, 10), exact(3, 10, 1), exact(1, 10, 5), exact(1, 10, 10), exact(2, 10, 11)],
      { patience: 3 },
    );
    // Task 1 leaves at 4, task 2 at 8. Task 4 would wait if their plans had left something behind.
    expect(starts).toEqual(['0 task 0 started m0', '10 task 3 started m0', '11 task 4 started m0']);
  });

  describe('with reserve=at-start', () => {
    const set = { reserve: 'at-start' };
    const ones = [{ cpus: 1 }, { cpus: 1 }, { cpus: 1 }];
    const gang = (tasks: number, length: number, at = 0) => ({ ...exact(1, length, at), tasks, gang: true });

    test('counts machines, where reservations of machines would leave one unused', async () => {
      // m1 and m2 run until 10, m0 until 2. The gang of two waits for 10. By rank it holds m0 and m1 from 10 on, so the long
      // task at 3 finds no machine. Counted, one of three machines is free at 3, and still beside the gang.
      const rows = [gang(1, 2), gang(2, 10), gang(2, 5, 1), gang(1, 50, 3)];
      const named = await startsUnder('conservative', ones, rows);
      expect(named.at(-1)).toMatch(/^10 task 5 started/);
      expect(await startsUnder('conservative', ones, rows, { set })).toEqual([
        '0 task 0 started m0',
        '0 task 1 started m1',
        '0 task 2 started m2',
        '3 task 5 started m0',
        '10 task 3 started m1',
        '10 task 4 started m2',
      ]);
    });

    test('plans again when a machine goes down, and starts on those that are left', async () => {
      const rows = [gang(3, 10), gang(2, 10, 1), gang(1, 10, 2)];
      const starts = await startsUnder('conservative', ones, rows, { set, machineEvents: [down(2, 10)] });
      // At 10 two machines are left: for the gang of two until 20, then for the task.
      expect(starts.slice(3)).toEqual([
        '10 task 3 started m0',
        '10 task 4 started m1',
        '20 task 5 started m0',
      ]);
    });

    test('holds machines when a job comes whose tasks are of another size', async () => {
      // Until 3 all tasks take one of three slots. The task of half a core shares a machine, so slots count no more.
      const rows = [gang(1, 2), gang(2, 10), gang(2, 5, 1), { ...exact(0.5, 9, 3) }, gang(1, 50, 3)];
      const starts = await startsUnder('conservative', ones, rows, { set });
      expect(starts).toEqual(await startsUnder('conservative', ones, rows));
      expect(starts.slice(3)).toEqual([
        '10 task 3 started m0',
        '10 task 4 started m1',
        '10 task 5 started m2',
        '15 task 6 started m0',
      ]);
    });
  });
});
