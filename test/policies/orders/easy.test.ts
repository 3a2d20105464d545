import { describe, expect, test } from 'vitest';
import { startsUnder } from './run-preset.js';

const ten = [{ cpus: 10 }];

/** A task that fills six of ten cores until 10, and a head that needs so many from 1 on. */
const blockedHead = (cpus: number) => [
  { needs: { cpus: 6 }, runs: 10, estimate: 10 },
  { needs: { cpus }, runs: 10, estimate: 10, at: 1 },
];

describe('easy', () => {
  test('starts a task behind the head that ends by the time the head can start, to the microsecond', async () => {
    const starts = await startsUnder('easy', ten, [
      ...blockedHead(10),
      { needs: { cpus: 2 }, runs: 8, estimate: 8, at: 2 },
      { needs: { cpus: 2 }, runs: 8, estimate: 8.000001, at: 2 },
    ]);
    expect(starts).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '10 task 1 started m0',
      '20 task 3 started m0',
    ]);
  });

  test('starts a long task that uses all of the room that the head leaves, and no more', async () => {
    const long = (cpus: number) => ({ needs: { cpus }, runs: 100, estimate: 100, at: 2 });
    expect(await startsUnder('easy', ten, [...blockedHead(7), long(3)])).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '10 task 1 started m0',
    ]);
    expect(await startsUnder('easy', ten, [...blockedHead(7), long(4)])).toEqual([
      '0 task 0 started m0',
      '10 task 1 started m0',
      '20 task 2 started m0',
    ]);
  });

  test('uses up the room that the head leaves: of two long tasks that fit there one by one, one starts', async () => {
    const long = { needs: { cpus: 2 }, runs: 100, estimate: 100, at: 2 };
    const starts = await startsUnder('easy', ten, [...blockedHead(7), long, long]);
    expect(starts).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '10 task 1 started m0',
      '20 task 3 started m0',
    ]);
  });

  test('does not use up that room for a task that ends before the head starts', async () => {
    const starts = await startsUnder('easy', ten, [
      ...blockedHead(7),
      { needs: { cpus: 2 }, runs: 5, estimate: 5, at: 2 },
      { needs: { cpus: 2 }, runs: 100, estimate: 100, at: 2 },
    ]);
    expect(starts.slice(0, 4)).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '2 task 3 started m0',
      '10 task 1 started m0',
    ]);
  });

  test('expects the running tasks to end in the order of their estimates, not of their starts', async () => {
    const running = [20, 10, 30].map((estimate) => ({ needs: { cpus: 3 }, runs: estimate, estimate }));
    const starts = await startsUnder('easy', ten, [
      ...running,
      { needs: { cpus: 4 }, runs: 5, estimate: 5, at: 1 },
      { needs: { cpus: 1 }, runs: 12, estimate: 12, at: 2 },
      { needs: { cpus: 1 }, runs: 8, estimate: 8, at: 2 },
    ]);
    // Three cores at 10 and the idle one are enough for the head.
    expect(starts.slice(3)).toEqual(['2 task 5 started m0', '10 task 3 started m0', '15 task 4 started m0']);
  });

  test('promises the head the machine of the lowest rank on which it can start first; others are free for all', async () => {
    const starts = await startsUnder(
      'easy',
      [{ cpus: 4 }, { cpus: 4 }],
      [
        { needs: { cpus: 3 }, runs: 10, estimate: 10 },
        { needs: { cpus: 3 }, runs: 10, estimate: 10 },
        { needs: { cpus: 4 }, runs: 5, estimate: 5, at: 1 },
        { needs: { cpus: 1 }, runs: 100, estimate: 100, at: 2 },
        { needs: { cpus: 1 }, runs: 100, estimate: 100, at: 3 },
      ],
    );
    expect(starts).toEqual([
      '0 task 0 started m0',
      '0 task 1 started m1',
      '2 task 3 started m1',
      '10 task 2 started m0',
      '10 task 4 started m1',
    ]);
  });

  test('starts the head when there is room, before its promised time', async () => {
    const starts = await startsUnder('easy', ten, [
      { needs: { cpus: 6 }, runs: 5, estimate: 20 },
      { needs: { cpus: 10 }, runs: 10, estimate: 10, at: 1 },
    ]);
    expect(starts).toEqual(['0 task 0 started m0', '5 task 1 started m0']);
  });

  test('makes a promise to the head alone: a task behind it may be delayed', async () => {
    const starts = await startsUnder('easy', ten, [
      ...blockedHead(8),
      { needs: { cpus: 9 }, runs: 10, estimate: 10, at: 2 },
      { needs: { cpus: 2 }, runs: 100, estimate: 100, at: 3 },
    ]);
    expect(starts).toEqual([
      '0 task 0 started m0',
      '3 task 3 started m0',
      '10 task 1 started m0',
      '103 task 2 started m0',
    ]);
  });

  test('tries the tasks behind the head in the order of the queue', async () => {
    const behind = [8, 4].map((estimate) => ({ needs: { cpus: 4 }, runs: estimate, estimate, at: 2 }));
    expect(await startsUnder('easy', ten, [...blockedHead(10), ...behind])).toEqual([
      '0 task 0 started m0',
      '2 task 2 started m0',
      '10 task 1 started m0',
      '20 task 3 started m0',
    ]);
  });
});

describe('easy-sjbf', () => {
  test('tries the tasks behind the head in the order of their estimates, equals in the order of the queue', async () => {
    const behind = [8, 3, 3].map((estimate) => ({ needs: { cpus: 4 }, runs: estimate, estimate, at: 2 }));
    expect(await startsUnder('easy-sjbf', ten, [...blockedHead(10), ...behind])).toEqual([
      '0 task 0 started m0',
      '2 task 3 started m0',
      '5 task 4 started m0',
      '10 task 1 started m0',
      '20 task 2 started m0',
    ]);
  });

  test('keeps the order of the queue for the head: a shorter task does not become the head', async () => {
    const starts = await startsUnder('easy-sjbf', ten, [
      ...blockedHead(10),
      { needs: { cpus: 10 }, runs: 1, estimate: 1, at: 2 },
    ]);
    expect(starts).toEqual(['0 task 0 started m0', '10 task 1 started m0', '20 task 2 started m0']);
  });
});
