import { describe, expect, test } from 'vitest';
import { startsUnder } from './run-preset.js';

const four = [{ cpus: 4 }];

describe('fcfs', () => {
  test('starts tasks in the order of their coming, and nothing passes one that does not fit', async () => {
    const starts = await startsUnder('fcfs', four, [
      { needs: { cpus: 3 }, runs: 10 },
      { needs: { cpus: 2 }, runs: 5, at: 1 },
      { needs: { cpus: 1 }, runs: 1, at: 2, priority: 9, estimate: 1 },
    ]);
    expect(starts).toEqual(['0 task 0 started m0', '10 task 1 started m0', '10 task 2 started m0']);
  });
});

describe('bin-packing', () => {
  test('lets the tasks behind pass a task that fits nowhere', async () => {
    const starts = await startsUnder('bin-packing', four, [
      { needs: { cpus: 3 }, runs: 10 },
      { needs: { cpus: 2 }, runs: 5, at: 1 },
      { needs: { cpus: 1 }, runs: 20, at: 2 },
    ]);
    expect(starts).toEqual(['0 task 0 started m0', '2 task 2 started m0', '10 task 1 started m0']);
  });
});

describe('sjf', () => {
  test('starts the task with the shortest estimate first, and nothing passes it', async () => {
    const starts = await startsUnder('sjf', four, [
      { needs: { cpus: 3 }, runs: 10, estimate: 10 },
      { needs: { cpus: 1 }, runs: 8, estimate: 8, at: 1 },
      { needs: { cpus: 3 }, runs: 9, estimate: 9, at: 2 },
      { needs: { cpus: 2 }, runs: 3, estimate: 3, at: 2 },
      { needs: { cpus: 1 }, runs: 4, estimate: 4, at: 3 },
    ]);
    // At 3 the shortest is task 3, with two cores: task 4 would fit once task 1 has ended at 9, and waits behind it.
    expect(starts).toEqual([
      '0 task 0 started m0',
      '1 task 1 started m0',
      '10 task 3 started m0',
      '10 task 4 started m0',
      '13 task 2 started m0',
    ]);
  });

  test('starts tasks with equal estimates in the order of the queue, and those without one last', async () => {
    const starts = await startsUnder(
      'sjf',
      [{ cpus: 1 }],
      [
        { needs: { cpus: 1 }, runs: 10, estimate: 10 },
        { needs: { cpus: 1 }, runs: 1, at: 1 },
        { needs: { cpus: 1 }, runs: 2, estimate: 5, at: 2 },
        { needs: { cpus: 1 }, runs: 3, estimate: 5, at: 3 },
        { needs: { cpus: 1 }, runs: 4, estimate: 5, at: 4 },
      ],
    );
    expect(starts).toEqual([
      '0 task 0 started m0',
      '10 task 2 started m0',
      '12 task 3 started m0',
      '15 task 4 started m0',
      '19 task 1 started m0',
    ]);
  });
});

describe('sjf-skip', () => {
  test('goes by estimates too, and every task that fits passes one that does not', async () => {
    const starts = await startsUnder('sjf-skip', four, [
      { needs: { cpus: 2 }, runs: 10, estimate: 10 },
      { needs: { cpus: 3 }, runs: 1, estimate: 1, at: 1 },
      { needs: { cpus: 2 }, runs: 9, estimate: 9, at: 2 },
      { needs: { cpus: 2 }, runs: 3, estimate: 3, at: 2 },
      { needs: { cpus: 1 }, runs: 4, estimate: 4, at: 2 },
    ]);
    // The shortest needs three cores, and the others take turns at two.
    expect(starts).toEqual([
      '0 task 0 started m0',
      '2 task 3 started m0',
      '5 task 4 started m0',
      '9 task 2 started m0',
      '18 task 1 started m0',
    ]);
  });
});

describe('borg', () => {
  test('tries the most important task first, and equals in the order of the queue', async () => {
    const starts = await startsUnder(
      'borg',
      [{ cpus: 1 }],
      [
        { needs: { cpus: 1 }, runs: 10, priority: 9 },
        { needs: { cpus: 1 }, runs: 1, priority: 1, at: 1 },
        { needs: { cpus: 1 }, runs: 2, priority: 2, at: 2 },
        { needs: { cpus: 1 }, runs: 3, priority: 2, at: 3 },
        { needs: { cpus: 1 }, runs: 4, priority: 3, at: 4 },
      ],
    );
    expect(starts).toEqual([
      '0 task 0 started m0',
      '10 task 4 started m0',
      '14 task 2 started m0',
      '16 task 3 started m0',
      '19 task 1 started m0',
    ]);
  });

  test('lets every task that fits pass one that does not', async () => {
    const starts = await startsUnder('borg', four, [
      { needs: { cpus: 3 }, runs: 10, priority: 9 },
      { needs: { cpus: 2 }, runs: 5, priority: 8, at: 1 },
      { needs: { cpus: 1 }, runs: 20, priority: 0, at: 1 },
    ]);
    // At 10 there are three cores: nothing need be stopped for task 1.
    expect(starts).toEqual(['0 task 0 started m0', '1 task 2 started m0', '10 task 1 started m0']);
  });

  test('stops tasks of lower bands only: a band begins at its lowest priority', async () => {
    const rows = (priority: number) => [
      { needs: { cpus: 4 }, runs: 50, priority: 199 },
      { needs: { cpus: 4 }, runs: 5, priority, at: 10 },
    ];
    const bands = { set: { bands: '100,200' } };
    expect(await startsUnder('borg', four, rows(200), bands)).toEqual([
      '0 task 0 started m0',
      '10 task 1 started m0',
      '15 task 0 started m0',
    ]);
    const sameBand = [rows(200)[0], { ...rows(200)[1], priority: 199 }];
    expect(await startsUnder('borg', four, sameBand, bands)).toEqual([
      '0 task 0 started m0',
      '50 task 1 started m0',
    ]);
    // Without bands each priority is one of its own.
    expect(await startsUnder('borg', four, [{ ...rows(1)[0], priority: 0 }, rows(1)[1]])).toContain(
      '10 task 1 started m0',
    );
  });

  test('tries a more important task although a less important one of its kind has just found no room', async () => {
    const starts = await startsUnder(
      'borg',
      four,
      [
        { needs: { cpus: 4 }, runs: 50, priority: 1 },
        { needs: { cpus: 4 }, runs: 5, priority: 1, at: 10 },
        { needs: { cpus: 4 }, runs: 5, priority: 2, at: 10 },
      ],
      { set: { order: 'queue' } },
    );
    expect(starts.slice(0, 2)).toEqual(['0 task 0 started m0', '10 task 2 started m0']);
  });
});
