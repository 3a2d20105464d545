import { describe, expect, test } from 'vitest';
import { runEngine } from '../../bench/engine-run.js';
import { bareLoop, drawTasks, hostPool } from '../../bench/host-task.js';
import { makeMonth } from '../../bench/month.js';
import { GROWTH_CASES, growthRow } from '../../bench/rows-of-growth.js';
import { compareReaders } from '../../bench/trace-reader.js';

// The bench runs last in CI, and for minutes. Here its parts run small, so that a change that breaks them shows at once.
describe('the bench', () => {
  test('reads a trace as csv-parse does', async () => {
    const readers = await compareReaders(30);
    await readers.byPackage();
    await readers.byUs();
    readers.remove();
  });

  test('runs tasks on hosts, as its bare loop does', async () => {
    const tasks = drawTasks(10, 100);
    const recorder = await runEngine(hostPool(10), tasks, 'fcfs');
    expect(recorder.tasks.finished).toBe(100);
    expect(bareLoop(10, tasks)).toBeGreaterThan(0);
  });

  test.each(GROWTH_CASES)('measures the growth of $name', async (one) => {
    const row = await growthRow(one, 0.002);
    expect(row.ratio).toBeGreaterThan(0);
  });

  test('simulates a part of a month and reads it', async () => {
    const month = await makeMonth(0.001);
    expect(month.tasks).toBeGreaterThan(0);
    await month.simulate();
    await month.read();
    month.remove();
  });
});
