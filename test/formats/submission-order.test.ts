import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Adjustments } from '../../src/workloads/formats/adjustments.js';
import { sortedBatches } from '../../src/workloads/formats/submission-order.js';
import { PLAIN_ROW, TaskBatch, type TaskRow } from '../../src/workloads/trace.js';

const row = (job: number, submit: number): TaskRow => ({
  ...PLAIN_ROW,
  job: `job ${job}`,
  framework: job % 3,
  submit,
  tasks: job + 1,
  demand: [job, 2 * job],
  duration: 7 * job,
  usage: [0.5, job],
  ...(job % 2 === 0 && { user: `user-${job}`, labels: { part: `${job}` } }),
});

async function* batchesOf(rows: readonly TaskRow[], size: number): AsyncGenerator<TaskBatch> {
  for (let from = 0; from < rows.length; from += size) {
    const batch = new TaskBatch(2, size);
    for (const one of rows.slice(from, from + size)) batch.push(one);
    yield batch;
  }
}

async function sorted(rows: readonly TaskRow[], rowsInMemory: number) {
  const adjustments = new Adjustments();
  const found = [];
  for await (const batch of sortedBatches(batchesOf(rows, 5), adjustments, rowsInMemory))
    for (let i = 0; i < batch.length; i++)
      found.push({
        job: batch.job[i],
        framework: batch.framework[i],
        submit: batch.submit[i],
        tasks: batch.tasks[i],
        demand: [...batch.demand.subarray(2 * i, 2 * i + 2)],
        duration: batch.duration[i],
        usage: [...batch.usage.subarray(2 * i, 2 * i + 2)],
        user: batch.user[i],
        labels: batch.labels[i],
      });
  return { found, counts: adjustments.counts };
}

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('fairground-sort-'));

describe('sorting a trace by submission', () => {
  it('gives the rows of a stable sort with all their columns, in memory and with runs on disk', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(times, fc.constantFrom(5, 10, 1000), async (submits, rowsInMemory) => {
        const rows = submits.map((submit, job) => row(job, submit));
        const expected = [...rows].sort((a, b) => a.submit - b.submit);
        const { found } = await sorted(rows, rowsInMemory);
        expect(found.map(({ job }) => job)).toEqual(expected.map(({ job }) => job));
        expect(found).toEqual(
          expected.map(({ job, framework, submit, tasks, demand, duration, usage, user, labels }) => ({
            job,
            framework,
            submit,
            tasks,
            demand,
            duration,
            usage,
            user,
            labels,
          })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('counts the rows that come after a later one', async () => {
    const rows = [3, 5, 4, 4, 6, 1].map((submit, job) => row(job, submit));
    expect((await sorted(rows, 1000)).counts).toEqual({ 'lines out of order of submission, now sorted': 3 });
    expect((await sorted(rows.slice(0, 2), 1000)).counts).toEqual({});
  });

  it('removes its files, also when the reader stops early', async () => {
    const before = folders();
    const rows = Array.from({ length: 40 }, (_, job) => row(job, 40 - job));
    for await (const _ of sortedBatches(batchesOf(rows, 5), new Adjustments(), 5)) break;
    expect(folders()).toEqual(before);
    expect(existsSync(tmpdir())).toBe(true);
  });
});
