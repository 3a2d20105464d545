import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runPreset } from '../policies/orders/run-preset.js';
import { DATA } from '../reference-data.js';
import type { RowSketch } from '../traces-in-memory.js';

const MACHINES = Array.from({ length: 32 }, () => ({ cpus: 1 }));

interface Row {
  readonly [column: string]: number;
}

function read(name: string): Row[] {
  const [header, ...lines] = readFileSync(`${DATA}/hpc/${name}`, 'utf8').trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, i) => [columns[i], Number(cell)])),
  );
}

/** Start of each job in seconds. */
async function startsUnder(policy: string, jobs: readonly Row[]): Promise<number[]> {
  const rows: RowSketch[] = jobs.map(({ submit, duration, tasks, estimate }) => ({
    at: submit,
    runs: duration,
    estimate,
    tasks,
    gang: tasks > 1,
    needs: { cpus: 1 },
  }));
  const { events } = await runPreset(policy, MACHINES, rows, { until: 1e6 });
  const first: number[] = [];
  let serial = 0;
  for (const { tasks } of jobs) {
    first.push(serial);
    serial += tasks;
  }
  const startOf = new Map<number, number>();
  for (const event of events) {
    const [, time, task] = /^(\S+) task (\d+) started/.exec(event) ?? [];
    if (time !== undefined && !startOf.has(Number(task))) startOf.set(Number(task), Number(time));
  }
  return first.map((task) => startOf.get(task) ?? Number.NaN);
}

/** First come, first served: each job starts when the one before has, and enough cores are free. */
function recurrence(jobs: readonly Row[]): number[] {
  const free = MACHINES.map(() => 0);
  let previous = 0;
  return jobs.map(({ submit, duration, tasks }) => {
    free.sort((a, b) => a - b);
    previous = Math.max(previous, submit, free[tasks - 1]);
    free.fill(previous + duration, 0, tasks);
    return previous;
  });
}

function expectEqual(found: readonly number[], expected: readonly number[]): void {
  const differing = found.flatMap((start, job) => (Math.abs(start - expected[job]) < 1e-5 ? [] : [job]));
  expect(differing).toEqual([]);
}

describe.skipIf(DATA === undefined)('801 jobs over several machines', () => {
  test('fcfs starts them by its recurrence', async () => {
    const jobs = read('801-gangs.csv');
    expectEqual(await startsUnder('fcfs', jobs), recurrence(jobs));
  });

  test('conservative starts each when Batsim did', async () => {
    const recorded = read('801-gangs.batsim-starts.csv').map((row) => row.conservative_start);
    expectEqual(await startsUnder('conservative', read('801-gangs.csv')), recorded);
  });

  test('easy has the mean wait of Batsim within 3 %', async () => {
    const jobs = read('801-gangs.csv');
    const starts = await startsUnder('easy', jobs);
    const waits = starts.map((start, job) => start - jobs[job].submit);
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / jobs.length;
    expect(Math.abs(mean / 9.516 - 1)).toBeLessThan(0.03);
  });
});
