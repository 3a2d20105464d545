import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/metrics/run-record.js';
import type { Schedule } from '../../src/metrics/schedule.js';
import { loadSchedule } from '../../src/report/client/loaded-schedule.js';
import { comparedPolicies } from '../../src/report/compared-policy.js';
import { reportData } from '../../src/report/make-report-data.js';
import { packedNumbers, unpackedNumbers } from '../../src/report/packed-bytes.js';
import { reportHtml } from '../../src/report/report.js';
import { scheduleData } from '../../src/report/schedule-data.js';
import { outageRecords, traceRecords } from './records.js';

const records = await traceRecords(
  [
    ['a', 0, 100, 3],
    ['b', 1, 50, 4],
    ['a', 2, 50, 1],
  ],
  { machines: '1x4cpu', policies: ['fcfs', 'bin-packing'] },
);

/** The record with a schedule of its own. */
function withSchedule(record: RunRecord, schedule: Schedule): RunRecord {
  return { ...record, schedule };
}

/** A schedule of so many jobs of one processor. */
function manyJobs(count: number, like: Schedule): Schedule {
  const column = (value: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => value(i));
  const submitted = column((i) => i * 37);
  const from = submitted.map((time, i) => time + ((i * 7919) % 5000));
  return {
    ...like,
    jobs: {
      name: Array.from(submitted, (_, i) => i + 1),
      user: Array.from(submitted, (_, i) => `user-${(i * 31) % 200}`),
      framework: Array.from(submitted, () => 'a'),
      submitted,
      tasks: new Int32Array(count).fill(1),
      size: column((i) => 1 + ((i * 13) % 64)),
      gang: new Uint8Array(count),
      backfilled: Uint8Array.from({ length: count }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0)),
    },
    attempts: {
      job: Int32Array.from({ length: count }, (_, i) => i),
      machine: new Int32Array(count),
      from,
      to: from.map((time, i) => time + 1 + ((i * 104_729) % 20_000)),
      end: new Uint8Array(count),
    },
  };
}

describe('packed numbers', () => {
  it('come back as they were', () => {
    const numbers = [0, 1, -1, 63, 64, -64, -65, 1e6, -1e6, 2 ** 40, -(2 ** 40)];
    expect([...unpackedNumbers(packedNumbers(numbers))]).toEqual(numbers);
    expect([...unpackedNumbers(packedNumbers([]))]).toEqual([]);
  });
});

describe('the schedules of a page', () => {
  it('have the jobs of all policies once, and the times of each policy', () => {
    const loaded = loadSchedule(reportData(records));
    expect(loaded?.jobs.name).toEqual(['job-0', 'job-1', 'job-2']);
    expect(loaded?.jobs.framework).toEqual(['a', 'b', 'a']);
    expect(loaded?.jobs.size).toEqual(Float64Array.of(3, 4, 1));
    const starts = loaded?.policies.map(({ from }) => [...from]);
    expect(starts).toEqual([
      [0, 100, 150],
      [0, 100, 2],
    ]);
    expect(loaded?.policies.map(({ to }) => [...to])).toEqual([
      [100, 150, 200],
      [100, 150, 52],
    ]);
    expect(loaded?.policies.map(({ backfilled }) => [...backfilled])).toEqual([
      [0, 0, 0],
      [0, 0, 1],
    ]);
  });

  it('are those of the schedule of a run with failures, attempt by attempt', async () => {
    const [record] = await outageRecords(['drf']);
    const loaded = loadSchedule(reportData([record]));
    const { attempts, jobs } = record.schedule as Schedule;
    const [policy] = loaded?.policies ?? [];
    expect(policy.count).toBe(attempts.job.length);
    expect(loaded?.jobs.count).toBe(jobs.name.length);
    const far = attempts.from.reduce((most, from, i) => Math.max(most, Math.abs(from - policy.from[i])), 0);
    expect(far).toBeLessThanOrEqual(0.05);
    expect([...policy.machine]).toEqual([...attempts.machine]);
    expect([...policy.end]).toEqual([...attempts.end]);
  });

  it('leave out the shortest attempts where there is no room for all', () => {
    const [record] = records;
    const many = withSchedule(record, manyJobs(20_000, record.schedule as Schedule));
    const room = 60_000;
    const data = scheduleData(comparedPolicies([many]), room);
    expect(JSON.stringify(data).length).toBeLessThanOrEqual(room);
    const [columns] = data?.policies ?? [];
    const left = columns?.leftOut.attempts ?? 0;
    const lengths = [...(many.schedule?.attempts.to ?? [])].map(
      (to, i) => to - (many.schedule?.attempts.from[i] ?? 0),
    );
    const shortest = lengths.sort((a, b) => a - b).slice(0, left);
    expect(left).toBeGreaterThan(1000);
    expect(columns?.leftOut.seconds).toBe(shortest.reduce((sum, length) => sum + length, 0));
  });

  it('have all of 100,000 jobs under a policy, below two megabytes', () => {
    const [record] = records;
    const many = withSchedule(record, manyJobs(100_000, record.schedule as Schedule));
    expect(reportData([many]).schedule?.policies[0]?.leftOut.attempts).toBe(0);
    expect(Buffer.byteLength(reportHtml([many]))).toBeLessThan(2_000_000);
  });

  it('are none without a schedule in the records', () => {
    const { schedule: _, ...without } = records[0];
    expect(reportData([without]).schedule).toBeNull();
  });
});
